"""How the portal stands, for its administrators."""

import asyncio
import platform
import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from testfields.accounts.authority import May
from testfields.db import jobs
from testfields.db.jobs import LATE_AFTER
from testfields.watch import queries
from testfields.watch.rules import Disk, Owner, Status, Stored, Worker

OWNERS = msgspec.json.Decoder(tuple[Owner, ...])


async def status(data: Path, now: datetime) -> Status:
    """The figures at this moment; `data` is the portal's data folder."""
    found = await jobs.work(now)
    work = Worker(
        there=found.pace(now) is not jobs.Pace.DEAD,
        late=found.due_since is not None and found.due_since < now - LATE_AFTER,
        heartbeat=found.heartbeat,
        due_since=found.due_since,
    )
    row = await queries.STORED.row(overdue=now - LATE_AFTER, deciding=sorted(May.DECIDE.value.roles))
    assert row is not None  # noqa: S101 (a statement without a condition)
    owners = OWNERS.decode(row["owners_without_approver"])
    stored = Stored(**dict(row.items()) | {"owners_without_approver": owners})
    disk = await asyncio.to_thread(_disk, data)
    return Status(now, work, stored, disk, version("testfields"), platform.python_version())


def _disk(folder: Path) -> Disk:
    """Of the folder, or of the one in which it would be made."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(there)
    return Disk(usage.free, usage.total)
