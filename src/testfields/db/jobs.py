"""Work for later, written down in the transaction that makes it necessary: rolled back with it, lost with nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from testfields.db.statements import Statement

QUEUE = "events"

_DEFER = Statement(f"""
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW('{QUEUE}', job.task, 0, NULL, NULL, job.arguments, job.at)::procrastinate_job_to_defer_v1
    ))
    FROM jsonb_to_recordset(CAST(:jobs AS jsonb))
         AS job (task text, arguments jsonb, at timestamptz)
""")


@dataclass(frozen=True)
class Job:
    """One call of one of the worker's tasks, run no sooner than `at`."""

    task: str
    arguments: Mapping[str, object]
    at: datetime | None = None


async def defer(jobs: Sequence[Job]) -> None:
    """Write `jobs` down in the transaction at hand; the worker sees them once it is committed."""
    if jobs:
        await _DEFER.value(jobs=msgspec.json.encode(jobs).decode())
