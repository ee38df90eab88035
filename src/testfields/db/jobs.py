"""Work for later, written down in the transaction that makes it necessary: rolled back with it, lost with nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

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


# The worker beats every ten seconds. The oldest job that is due: by its time where it has one, else by the first that
# was enqueued; served by procrastinate_jobs_priority_idx_v1 and procrastinate_events_job_id_fkey_v1.
_WORK = Statement("""
    SELECT (SELECT max(last_heartbeat) FROM procrastinate_workers) AS heartbeat,
           least(
               (SELECT min(scheduled_at) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at <= :now),
               (SELECT min(event.at) FROM procrastinate_events event WHERE event.job_id = (
                   SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL
                   ORDER BY priority DESC, id LIMIT 1))
           ) AS due_since
""")
DEAD_AFTER = timedelta(seconds=45)
LATE_AFTER = timedelta(minutes=2)


class Pace(StrEnum):
    """Whether there is a worker that keeps up."""

    WORKING = "working"
    LATE = "late"
    DEAD = "dead"


@dataclass(frozen=True)
class Work:
    """When a worker was last alive, and since when the oldest job has been due; None for never and for none."""

    heartbeat: datetime | None
    due_since: datetime | None

    def pace(self, now: datetime) -> Pace:
        """The worker's pace."""
        if self.heartbeat is None or self.heartbeat < now - DEAD_AFTER:
            return Pace.DEAD
        return Pace.LATE if self.due_since is not None and self.due_since < now - LATE_AFTER else Pace.WORKING


async def work(now: datetime) -> Work:
    """How the work stands."""
    (found,) = await _WORK.all(Work, now=now)
    return found


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
