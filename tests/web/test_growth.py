"""What a client sends costs no more than in proportion to its size, wherever it is sent.

Work is counted as the time that this thread was at work; a first look that is out of proportion is taken again, since
other work on the machine may have slowed it. What is answered is bounded by what was sent.
"""

import base64
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from testfields.accounts.rules import Actor
from tests import factories
from tests.api import test_bad_bodies as api
from tests.web.test_hostile_pages import FORMS, QUERY, filled, things

LOOKS = 4
# Four times the size costs four times as much, with room for noise; where each is compared with each it is sixteen.
TIMES = 8
# Less than this is the price of any request.
FLOOR_S = 0.005
WIDTH = "%(a)4000000s"
TEXTS = {
    "marks on one letter": "\u0300\u0323",
    "digits": "9",
    "full-width digits": "９",
    "blanks": " ",
    "line ends": "\r\n",
    "commas": "1,",
    "dots": "a.",
    "brackets": "[",
    "widths": WIDTH,
}
HEADER_TEXTS = {
    "letters": "a",
    "digits": "9",
    "blanks": "a ",
    "commas": "a,",
    "semicolons": "a;q=1,",
    "quotes": '"\\',
    "widths": WIDTH,
}
# What is read in full only where its ends are right, and what is read again and again where its end is wrong.
ENDS = {"quoted": ('"', "\\", '"'), "blanks before a wrong sign": ("for=1,", " ", '"')}
HEADERS = [
    "Accept", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Forwarded", "Host", "HX-Request",
    "Idempotency-Key", "If-Match", "If-None-Match", "Origin", "Referer", "Sec-Fetch-Site", "X-CSRF-Token",
    "X-Forwarded-For",
]  # fmt: skip
COOKIES = ["browser", "flash", "lang", "session"]
# What a form chooses from a list, or knows a thing by; where that is nonsense, the rest may not be looked at.
CHOSEN = {
    "version", "do", "kind", "use", "theme", "company_id", "project_id", "site", "area", "draft", "place", "then",
    "organisation_id", "roles", "locale", "scopes", "days", "filters", "time0_start", "time0_end",
}  # fmt: skip

Send = Callable[[int], Awaitable[httpx.Response]]


def text(pattern: str, size: int) -> str:
    return (pattern * size)[:size] + "x"


def header(kind: str, size: int) -> str:
    begin, pattern, end = ENDS.get(kind) or ("", HEADER_TEXTS[kind], "x")
    return begin + (pattern * size)[:size] + end


async def seconds(send: Send, size: int) -> float:
    before = time.thread_time()
    answer = await send(size)
    spent = time.thread_time() - before
    assert answer.status_code < 500, answer.text
    assert len(answer.content) < 300_000 + 100 * size
    return max(spent, FLOOR_S)


async def assert_in_proportion(send: Send, size: int) -> None:
    """Compare a request of `size` with one of four times that; raises AssertionError with what both cost."""
    for _ in range(LOOKS):
        small, large = await seconds(send, size), await seconds(send, 4 * size)
        if large < TIMES * small:
            return
    raise AssertionError(f"{size}: {small:.3f} s, {4 * size}: {large:.3f} s")


@pytest.fixture
async def stage(db: None, client: httpx.AsyncClient) -> tuple[Actor, dict[str, str], dict[str, str]]:
    """Somebody logged in who may do everything, the things to do it to, and what their forms carry."""
    actor, places = await things()
    return actor, places, await factories.log_in(client, actor)


@pytest.mark.parametrize("kind", [*HEADER_TEXTS, *ENDS])
async def test_headers_and_cookies(db: None, client: httpx.AsyncClient, kind: str) -> None:
    for name in HEADERS:
        await assert_in_proportion(
            lambda size, name=name: client.get("/login", headers={name: header(kind, size)}), 5000
        )
        await assert_in_proportion(
            lambda size, name=name: client.post("/logout", headers={name: header(kind, size)}), 5000
        )
    for name in COOKIES:
        await assert_in_proportion(
            lambda size, name=name: client.get("/login", headers={"Cookie": f"{name}={header(kind, size)}"}), 5000
        )


@pytest.mark.parametrize("place", ["kind", "text", "values", "more"])
async def test_messages_that_a_client_keeps(db: None, client: httpx.AsyncClient, place: str) -> None:
    for pattern in TEXTS.values():

        async def send(size: int, pattern: str = pattern) -> httpx.Response:
            long = text(pattern, size)
            message: dict[str, Any] = {"kind": "info", "text": "“%(name)s” is added.", "values": {"name": "a"}}
            message[place] = {"name": long, "a": "b"} if place == "values" else long
            packed = base64.urlsafe_b64encode(json.dumps(message).encode()).decode()
            return await client.get("/login", headers={"Cookie": f"flash={packed}"})

        await assert_in_proportion(send, 5000)


@pytest.mark.parametrize("kind", ["parameters", "cookies", "fields", "one field", "parts", "members"])
async def test_many_small_things(
    stage: tuple[Actor, dict[str, str], dict[str, str]], client: httpx.AsyncClient, kind: str
) -> None:
    csrf = stage[2]
    token = {"X-CSRF-Token": csrf["_csrf"]}

    async def send(count: int) -> httpx.Response:
        names = [f"a{number}" for number in range(count)]
        pairs = "&".join(f"{name}=" for name in names)
        form = {"Content-Type": "application/x-www-form-urlencoded", **token}
        match kind:
            case "parameters":
                return await client.get(f"/api/v1/sites?{pairs}")
            case "cookies":
                return await client.get("/login", headers={"Cookie": "; ".join(f"{name}=1" for name in names)})
            case "fields":
                return await client.post("/my/tokens", content=pairs, headers=form)
            case "one field":
                return await client.post("/my/tokens", content="a=&" * count, headers=form)
            case "parts":
                return await client.post("/my/tokens", files=[(name, (None, "1")) for name in names], headers=token)
        return await client.put("/api/v1/me", json=dict.fromkeys(names, 1), headers={**token, "If-Match": "*"})

    await assert_in_proportion(send, 2000)


@pytest.mark.parametrize("kind", ["marks on one letter", "digits"])
@pytest.mark.parametrize("page", ["/", "/sites", "/my/apply"])
async def test_addresses_of_pages(
    stage: tuple[Actor, dict[str, str], dict[str, str]], client: httpx.AsyncClient, page: str, kind: str
) -> None:
    for name in QUERY:

        async def send(size: int, name: str = name) -> httpx.Response:
            return await client.get(page, params={name: text(TEXTS[kind], size)}, headers={"Accept": "text/html"})

        await assert_in_proportion(send, 2500)


@pytest.mark.parametrize("kind", ["marks on one letter", "blanks", "commas"])
async def test_forms(stage: tuple[Actor, dict[str, str], dict[str, str]], client: httpx.AsyncClient, kind: str) -> None:
    _, places, csrf = stage
    for path, fields in FORMS.items():
        # Logging out would end the session that the others need.
        if path == "/logout":
            continue

        async def send(size: int, path: str = path, fields: Mapping[str, str] = fields) -> httpx.Response:
            long = text(TEXTS[kind], size)
            typed = {name: filled(one, places) if name in CHOSEN else long for name, one in fields.items()}
            parts = {name: (None, one) for name, one in {**typed, **csrf}.items()}
            return await client.post(filled(path, places), files=parts, headers={"Accept": "text/html"})

        await assert_in_proportion(send, 5000)


@pytest.mark.parametrize("kind", ["marks on one letter", "number", "fraction", "exponent", "nested"])
async def test_bodies(
    stage: tuple[Actor, dict[str, str], dict[str, str]], client: httpx.AsyncClient, kind: str
) -> None:
    actor, places, csrf = stage
    ours = actor.companies[0], actor.person_id
    place = api.Place(int(places["draft"]), int(places["project"]), 1, places["site"], *ours, {})
    headers = {"X-CSRF-Token": csrf["_csrf"], "If-Match": "*", "Content-Type": "application/json"}
    for operation, good in api.bodies(place).items():
        method, path = place.path(operation)

        async def send(
            size: int, method: str = method, path: str = path, good: Mapping[str, Any] = good
        ) -> httpx.Response:
            raw = {
                "number": "9" * size,
                "fraction": "0." + "1" * size,
                "exponent": "1e" + "9" * size,
                "nested": "[" * size,
            }
            if kind in TEXTS:
                long = text(TEXTS[kind], size)
                content = json.dumps({name: long if isinstance(one, str) else one for name, one in good.items()})
            else:
                content = json.dumps(dict.fromkeys(good, "@")).replace('"@"', raw[kind])
            return await client.request(method, path, content=content, headers=headers)

        await assert_in_proportion(send, 5000)
