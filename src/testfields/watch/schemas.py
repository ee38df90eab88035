"""What the API answers about how the portal stands."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from testfields.watch.rules import Standing, Status
from testfields.web.schemas import NamedText


class OwnerView(msgspec.Struct, frozen=True):
    """An owner of land."""

    id: int
    name: NamedText


class VersionsView(msgspec.Struct, frozen=True):
    """What runs, and the last migration of the database."""

    portal: str
    python: str
    postgresql: str
    postgis: str
    migration: str


class StatusView(msgspec.Struct, frozen=True):
    """How the portal stands at one moment; `standing` says of each figure whether there is something to be done.

    `mails_unsent_since` is when the oldest unsent mail was written, `job_due_since` since when the oldest job has
    waited that is due. Sizes are in bytes.
    """

    at: datetime
    standing: dict[str, Standing]
    last_heartbeat: datetime | None
    job_due_since: datetime | None
    jobs_failed: int
    mails_unsent: int
    mails_unsent_since: datetime | None
    mails_overdue: int
    mails_failed: int
    owners_without_approver: Sequence[OwnerView]
    disk_free: int
    disk_total: int
    database_size: int
    versions: VersionsView


def status_view(found: Status) -> StatusView:
    """How the portal stands, as the API tells it."""
    stored = found.stored
    return StatusView(
        at=found.at,
        standing={name: getattr(found, name) for name in ("worker", "jobs", "mails", "owners", "room")},
        last_heartbeat=found.work.heartbeat,
        job_due_since=found.work.due_since,
        jobs_failed=stored.jobs_failed,
        mails_unsent=stored.mails_unsent,
        mails_unsent_since=stored.mails_since,
        mails_overdue=stored.mails_overdue,
        mails_failed=stored.mails_failed,
        owners_without_approver=[
            OwnerView(one.id, NamedText(one.name_ja, one.name_en)) for one in stored.owners_without_approver
        ],
        disk_free=found.disk.free,
        disk_total=found.disk.total,
        database_size=stored.database_bytes,
        versions=VersionsView(found.portal, found.python, stored.postgresql, stored.postgis, stored.last_migration),
    )
