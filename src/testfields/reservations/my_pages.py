"""My page: what needs the company first, then what is coming, then what is past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from litestar import Request, get
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.local_time import format_instant
from testfields.reservations import deadlines, reading
from testfields.reservations.deadlines import Times
from testfields.reservations.rules import Action, State
from testfields.reservations.views import day_of, periods_in_words, periods_left
from testfields.reservations.words import WHAT_TO_DO, time_left
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.parameters import LARGEST_ID, Before

PAST_SHOWN = 10
PAST_PAGE = 50


@get("/my", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def my_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """What needs the company first, then what is coming, then what is past."""
    at = now()
    rows = await reading.under_way(actor)
    over = await reading.past(actor, LARGEST_ID, PAST_SHOWN)
    standing = [(row, _standing(row)) for row in rows]
    needs = sorted(
        ((need, row) for row, one in standing if (need := deadlines.need_of(one, at)) is not None),
        key=lambda pair: (pair[0], pair[1]["deadline"] or pair[1]["starts_at"]),
    )
    gone = [row for row, one in standing if deadlines.is_past(one, at)]
    coming = [row for row, one in standing if deadlines.need_of(one, at) is None and not deadlines.is_past(one, at)]
    return page(
        request,
        "reservations/my.html",
        needs=[{**_line(row, at), "todo": locale.translate(WHAT_TO_DO[need])} for need, row in needs],
        coming=[_line(row, at) for row in coming],
        past=[_line(row, at) for row in [*gone, *over]],
        more_past=len(over) == PAST_SHOWN,
        most=reading.MOST_UNDER_WAY if len(rows) == reading.MOST_UNDER_WAY else 0,
    )


@get("/my/past", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def past_page(request: Request[Any, Any, Any], actor: Caller, before: Before = LARGEST_ID) -> Template:
    """Everything that is over, newest first."""
    rows = await reading.past(actor, before, PAST_PAGE)
    older = f"/my/past?before={rows[-1]['id']}" if len(rows) == PAST_PAGE else ""
    return page(request, "reservations/past.html", past=[_line(row, now()) for row in rows], older=older)


def _standing(row: asyncpg.Record) -> deadlines.Standing:
    times = Times(row["deadline"], row["starts_at"], row["last_starts_at"], row["ends_at"])
    return deadlines.Standing(State(row["state"]), Action(row["last_action"]), times)


def _line(row: asyncpg.Record, at: datetime) -> dict[str, Any]:
    """One reservation in a list."""
    state, zone = State(row["state"]), row["timezone"]
    draft = state is State.DRAFT
    return {
        "id": row["id"],
        "href": f"/my/apply?draft={row['id']}" if draft else f"/my/reservations/{row['id']}",
        "state": state,
        "title": locale.named(row, "project_title"),
        "place": f"{locale.named(row, 'site_name')} · {locale.named(row, 'area_name')}",
        "when": periods_in_words(periods_left(row), zone),
        "until": format_instant(row["deadline"], zone, locale.current()) if row["deadline"] else "",
        "left": locale.said(time_left(row["deadline"], at)) if row["deadline"] else "",
        "due": day_of(row["due_at"], zone) if row["due_at"] else "",
        "why": row["last_reason"] if state is State.RETURNED else "",
    }


my_pages: Sequence[Any] = (my_page, past_page)
