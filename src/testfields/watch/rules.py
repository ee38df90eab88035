"""How the portal stands, in the eyes of whoever runs it. Values in, verdicts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

GB = 10**9
# Below the first somebody should see to the disk, below the second the database soon stops; whichever is more.
DISK_WARNS, DISK_ENDS = (0.15, 5 * GB), (0.05, GB)


class Standing(StrEnum):
    """Whether there is something to be done about it."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class Owner:
    """An owner of land."""

    id: int
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class Disk:
    """Bytes of the disk that holds the portal's data folder."""

    free: int
    total: int


@dataclass(frozen=True)
class Stored:
    """What the database knows of itself and of the portal; `mails_since` is when the oldest unsent mail was written."""

    mails_unsent: int
    mails_since: datetime | None
    mails_overdue: int
    mails_failed: int
    jobs_failed: int
    database_bytes: int
    postgresql: str
    postgis: str
    migrations: int
    last_migration: str
    owners_without_approver: Sequence[Owner]


@dataclass(frozen=True)
class Worker:
    """Whether one is `there`, when it was last alive, whether it is `late`, and since when the oldest job is due."""

    there: bool
    late: bool
    heartbeat: datetime | None
    due_since: datetime | None


@dataclass(frozen=True)
class Status:
    """All of it at one moment."""

    at: datetime
    work: Worker
    stored: Stored
    disk: Disk
    portal: str
    python: str

    @property
    def worker(self) -> Standing:
        """Whether a worker is there."""
        return Standing.GOOD if self.work.there else Standing.BAD

    @property
    def jobs(self) -> Standing:
        """Whether what is due is done."""
        return Standing.LOOK if self.work.late or self.stored.jobs_failed else Standing.GOOD

    @property
    def mails(self) -> Standing:
        """Whether mails go out."""
        return Standing.LOOK if self.stored.mails_overdue or self.stored.mails_failed else Standing.GOOD

    @property
    def owners(self) -> Standing:
        """Whether every owner can decide."""
        return Standing.LOOK if self.stored.owners_without_approver else Standing.GOOD

    @property
    def room(self) -> Standing:
        """Whether there is room on the disk."""
        if _short(self.disk, *DISK_ENDS):
            return Standing.BAD
        return Standing.LOOK if _short(self.disk, *DISK_WARNS) else Standing.GOOD


def _short(disk: Disk, share: float, least: int) -> bool:
    """Of a small disk the share counts: nobody can keep 5 GB of 4 free."""
    return disk.free < min(max(disk.total * share, least), disk.total / 2)
