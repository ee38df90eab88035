"""Every row of the table of authority against every kind of caller, at every address that names it.

What is expected is read off the table here anew, not asked of `accounts.access`. That the table itself has become
another is told by docs/authority.md, which is compared in `tests/house/test_authority.py`, and by `test_table`.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Set
from contextlib import suppress
from contextvars import Context
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from testfields.accounts.authority import Kind, May, To
from testfields.accounts.guards import rows_of_handlers
from testfields.accounts.rules import MemberRole
from testfields.app import create_app
from testfields.db.engine import DB
from testfields.settings import load
from tests.authority.cases import CASES, Case
from tests.authority.world import NOBODY, SECRETS, Caller, World, build

PORTAL = create_app(load({"TESTFIELDS_BASE_URL": "http://portal.test", "TESTFIELDS_DEMO": "1"}))
DOORS = {address: may for address, _, may in rows_of_handlers(PORTAL)}


@pytest.fixture(scope="module")
async def client(_pool: None) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(PORTAL), base_url="http://portal.test") as client:
        yield client


@pytest.fixture(scope="module")
async def world(client: AsyncClient) -> AsyncIterator[World]:
    """Seeded once, and taken back when the last address has been asked."""
    transaction = DB.transaction()
    await transaction.__aenter__()
    try:
        yield await build(client)
    finally:
        await transaction.rollback()
        await transaction.__aexit__(None, None, None)


# It exports a snapshot, which no transaction inside another can. So it is asked from outside, where nobody is known.
OUTSIDE = {"GET /readyz"}


@pytest.mark.parametrize("address", sorted(DOORS))
async def test_a_door_lets_in_whom_its_row_names_and_nobody_else(
    address: str, world: World, client: AsyncClient
) -> None:
    may, is_page = DOORS[address], not address.split()[1].startswith("/api/")
    wrong = []
    for case in CASES.get(address, (Case(),)):
        for caller in callers_at(is_page, case, may, world):
            answer = await ask(client, address, case, caller, world.things)
            # Pages know no tokens.
            known = NOBODY if is_page and caller.scope else caller
            expected = expected_of(may, case, known)
            if not fits(answer, expected, may, case, known, world.things):
                wrong.append(f"{caller}: expected {expected}, got {answer.status_code} at {answer.url}")
            wrong += [f"{caller}: was shown {text} at {answer.url}" for text in secrets_in(answer, known)]
    assert wrong == []


def test_every_line_of_the_cases_is_an_address() -> None:
    assert set(CASES) - set(DOORS) == set()


def callers_at(is_page: bool, case: Case, may: May, world: World) -> Iterator[Caller]:
    """Everybody; where it makes no difference who has a token, or who calls at all, one of them."""
    browsers, tokens = [one for one in world.callers if one.in_browser], [one for one in world.callers if one.scope]
    open_to_all = Kind.ANYBODY in may.value.who and case.behind is None
    yield NOBODY
    yield from browsers[:1] if open_to_all else browsers
    yield from tokens[:1] if open_to_all or is_page else tokens


async def ask(client: AsyncClient, address: str, case: Case, caller: Caller, things: Mapping[str, Any]) -> Response:
    """Send the request; all that it does is taken back."""
    method, path = address.split()
    places = {**things, **{name: filled(text, things) for name, text in case.places.items()}}
    asked = {name[1:]: value for name, value in places.items() if name.startswith("?")}
    path = re.sub(r"\{(\w+)\}", lambda place: str(places.get(place[1], "x")), path)
    headers = {"Accept": "application/json", "If-Match": "*", **caller.headers}
    json, form = filled(case.json, things), filled(case.form, things)
    request = client.request(method, path, params=asked, json=json, data=form, headers=headers)
    if address in OUTSIDE:
        return await asyncio.create_task(request, context=Context())
    with suppress(Undone):
        async with DB.transaction():
            answer = await request
            raise Undone
    client.cookies.clear()
    return answer


class Undone(Exception):
    """Ends a request so that nothing of it stays."""


def filled(value: Any, things: Mapping[str, Any]) -> Any:
    """With the world's things in their places; what is nothing but a place becomes the thing itself."""
    if isinstance(value, Mapping):
        return {name: filled(one, things) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, things) for one in value]
    if isinstance(value, str) and (place := re.fullmatch(r"\{(\w+)\}", value)):
        return things[place[1]]
    return value.format_map(things) if isinstance(value, str) else value


def expected_of(may: May, case: Case, caller: Caller) -> Set[int] | None:
    """The statuses that the table asks for; None where the caller is let in."""
    if refused_at_the_door(may, caller):
        return {401} if caller is NOBODY else {403}
    if case.crossed:
        return {404, 422}
    if case.elsewhere is None or reached(may, case, caller):
        return None
    return {403} if caller.own and caller.role in case.told else {case.elsewhere}


def refused_at_the_door(may: May, caller: Caller) -> bool:
    row, roles = may.value, {caller.role, caller.hat}
    if Kind.ANYBODY in row.who:
        return False
    theirs = [to for to in row.people if to.roles is None or to.roles & roles]
    if caller is NOBODY or (not theirs and row.refusal):
        return True
    return not any(carries(caller, to) for to in theirs or row.people)


def reached(may: May, case: Case, caller: Caller) -> bool:
    """Whether the rows of the door and of the thing let the caller reach the first tenant's thing."""
    if case.mine:
        return caller.own and caller.role is MemberRole.MEMBER and caller.hat is None
    rows = [one for one in (may, case.behind) if one and Kind.ANYBODY not in one.value.who]
    return (
        caller.near
        and caller.role not in case.apart
        and all(
            any(to.roles and caller.role in to.roles and carries(caller, to) for to in one.value.people) for one in rows
        )
    )


def carries(caller: Caller, to: To) -> bool:
    return caller.in_browser or (caller.scope is not None and caller.scope is to.scope)


def fits(
    answer: Response, expected: Set[int] | None, may: May, case: Case, caller: Caller, things: Mapping[str, Any]
) -> bool:
    if expected is not None:
        return answer.status_code in expected
    # What is open to anybody need not be there.
    refused = {401, 403} if Kind.ANYBODY in may.value.who and case.behind is None else {401, 403, 404, case.elsewhere}
    if answer.status_code in refused or answer.status_code >= 500:
        return False
    return not case.shows or (filled(case.shows, things) in answer.text) is reached(may, case, caller)


def secrets_in(answer: Response, caller: Caller) -> list[str]:
    """What the answer tells that is not for the caller to know, whatever the table says."""
    return [
        text for text, roles in SECRETS.items() if text in answer.text and not (caller.near and caller.role in roles)
    ]
