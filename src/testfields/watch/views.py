"""How the portal stands, as the page shows it: a row a figure, each with a word, a sign and a number."""

from datetime import datetime
from typing import Any

from testfields.core.errors import N_
from testfields.core.local_time import JAPANS_ZONE
from testfields.watch.rules import GB, Standing, Status
from testfields.web import locale
from testfields.web.words import instant

# Its word, sign and colour.
SIGNS = {
    Standing.GOOD: (N_("In order"), "check-circle", "green"),
    Standing.LOOK: (N_("To be looked at"), "warning", "orange"),
    Standing.BAD: (N_("Not working"), "error", "red full"),
}
# How long ago something is told in seconds.
SECONDS = 120


def rows_of(found: Status) -> list[dict[str, Any]]:
    """What is watched, in the order in which it would be seen to."""
    stored, none = found.stored, locale.translate(N_("None"))
    return [
        _row(N_("Worker"), found.worker, _alive(found), "" if found.worker is Standing.GOOD else NO_WORKER),
        _row(
            N_("Jobs"),
            found.jobs,
            locale.translate(N_("Failed: %(count)s"), count=stored.jobs_failed),
            N_("The oldest that is due waits since: %(when)s"),
            when=_since(found.work.due_since) or none,
        ),
        _row(
            N_("Mails"),
            found.mails,
            locale.translate(N_("Unsent: %(count)s"), count=stored.mails_unsent),
            N_("The oldest was written: %(when)s. Overdue: %(overdue)s. Given up: %(failed)s"),
            when=_since(stored.mails_since) or none,
            overdue=stored.mails_overdue,
            failed=stored.mails_failed,
            links=[{"href": "/admin/mails?state=failed", "text": locale.translate(N_("Mails that were given up"))}]
            if stored.mails_failed
            else [],
        ),
        _row(
            N_("Owners without an approver"),
            found.owners,
            str(len(stored.owners_without_approver)),
            N_("Nobody can decide on applications for their land.") if stored.owners_without_approver else "",
            links=[
                {"href": f"/admin/organisations/{one.id}", "text": locale.named(one, "name")}
                for one in stored.owners_without_approver
            ],
        ),
        _row(
            N_("Disk of the data folder"),
            found.room,
            locale.translate(N_("%(free)s free"), free=size(found.disk.free)),
            N_("of %(total)s; the database has %(database)s"),
            total=size(found.disk.total),
            database=size(stored.database_bytes),
        ),
    ]


NO_WORKER = N_("Mails, permits and deadlines wait until the worker runs again: testfields serve, or testfields worker.")


def _row(
    what: str, standing: Standing, number: str, note: str, links: list[dict[str, str]] | None = None, **values: object
) -> dict[str, Any]:
    word, icon, tone = SIGNS[standing]
    return {
        "what": locale.translate(what),
        "word": locale.translate(word),
        "icon": icon,
        "tone": tone,
        "number": number,
        "note": locale.translate(note, None, **values) if note else "",
        "links": links or [],
    }


def _alive(found: Status) -> str:
    heartbeat = found.work.heartbeat
    if heartbeat is None:
        return locale.translate(N_("No sign of life yet"))
    seconds = max(0, int((found.at - heartbeat).total_seconds()))
    if seconds <= SECONDS:
        return locale.plural("Sign of life %(num)s second ago", "Sign of life %(num)s seconds ago", seconds)
    return locale.translate(N_("Last sign of life: %(when)s"), None, when=_since(heartbeat))


def _since(at: datetime | None) -> str:
    return instant(at, JAPANS_ZONE)


def size(number: int) -> str:
    """Bytes in the unit that people say."""
    return f"{number / GB:.1f} GB" if number >= GB else f"{number / 10**6:.0f} MB"
