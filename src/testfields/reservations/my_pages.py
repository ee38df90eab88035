"""My page: a company's applications by what they wait for, sought by words, page by page."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import asyncpg
from litestar import Request, get
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.texts import normal
from testfields.reservations import reading
from testfields.reservations.my_views import TAB_WORDS, Tab, by_urgency, calendar_tab, has_words, line, tab_of
from testfields.web import locale
from testfields.web.pages import page
from testfields.web.parameters import LARGEST_ID, Before, QueryId

A_PAGE = 50
LONGEST_WORDS = 200


@get("/my", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def my_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    show: FromQuery[str] = "",
    words: FromQuery[str] = "",
    nth: QueryId = None,
) -> Template:
    """What needs the company, or what else was asked for; `nth` counts pages from 1."""
    asked = next((tab for tab in Tab if tab == show), None)
    return await _shown(request, actor, asked, _clean(words), nth or 1, LARGEST_ID)


@get("/my/past", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def past_page(
    request: Request[Any, Any, Any], actor: Caller, words: FromQuery[str] = "", before: Before = LARGEST_ID
) -> Template:
    """Everything that is over, newest first."""
    return await _shown(request, actor, Tab.PAST, _clean(words), 1, before)


async def _shown(
    request: Request[Any, Any, Any], actor: Actor, asked: Tab | None, words: str, nth: int, before: int
) -> Template:
    at, sought = now(), words.lower()
    every = await reading.under_way(actor)
    found: dict[Tab, list[asyncpg.Record]] = {tab: [] for tab in Tab}
    for row in every:
        if has_words(row, sought):
            found[tab_of(row, at)].append(row)
    found[Tab.NEEDS] = by_urgency(found[Tab.NEEDS], at)
    gone = found[Tab.PAST]
    over = await reading.count_past(actor, sought)
    counts = {tab: len(rows) for tab, rows in found.items()} | {Tab.PAST: len(gone) + over}
    tab = asked or next((one for one in Tab if counts[one]), Tab.NEEDS)
    if tab is Tab.PAST:
        rows = await reading.past(actor, before, A_PAGE, sought)
        following = _address("/my/past", words=words, before=rows[-1]["id"]) if len(rows) == A_PAGE else ""
        rows, previous = (gone if before == LARGEST_ID else []) + rows, ""
    else:
        rows = found[tab][(nth - 1) * A_PAGE : nth * A_PAGE]
        following = _address("/my", show=tab, words=words, nth=nth + 1) if nth * A_PAGE < counts[tab] else ""
        previous = _address("/my", show=tab, words=words, nth=nth - 1) if nth > 1 else ""
    return page(
        request,
        "reservations/my.html",
        tab=tab,
        heading=locale.translate(TAB_WORDS[tab]),
        tabs=[*(_tab(one, counts[one], tab, words) for one in Tab), calendar_tab()],
        rows=[line(row, at) for row in rows],
        words=words,
        anything=bool(every) or over > 0 or bool(words),
        previous=previous,
        following=following,
        most=reading.MOST_UNDER_WAY if len(every) == reading.MOST_UNDER_WAY else 0,
    )


def _clean(words: str) -> str:
    """What is looked for, as it is kept in names: without signs that none of them holds."""
    kept = "".join(sign for sign in words if sign.isprintable())
    return normal("NFKC", kept[:LONGEST_WORDS]).strip()


def _tab(tab: Tab, count: int, chosen: Tab, words: str) -> dict[str, Any]:
    path = "/my/past" if tab is Tab.PAST else "/my"
    href = _address(path, words=words) if tab is Tab.PAST else _address(path, show=tab, words=words)
    return {"label": locale.translate(TAB_WORDS[tab]), "href": href, "count": count, "current": tab is chosen}


def _address(path: str, **asked: object) -> str:
    kept = {name: str(value) for name, value in asked.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


my_pages: Sequence[Any] = (my_page, past_page)
