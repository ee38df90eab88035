"""The main job by API alone: a company books, staff approve, the public sees it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from testfields.core.clock import now
from testfields.demo import seed
from testfields.piccolo_app import data_folder
from testfields.sites.exchange import importing
from tests import factories
from tests.server import serving

PROJECT = {
    "title_ja": "公園での荷物搬送ロボットの実証",
    "title_en": "Delivery robots in a park",
    "purpose": "人と譲り合う動きを確かめます。",
    "theme": "logistics",
    "use": "robot",
    "equipment": "搬送ロボット 3台",
    "safety_plan": "監視員を置き、非常停止ボタンを備えます。",
    "name_public": True,
}


async def until(ask: Callable[[], Awaitable[httpx.Response]], wanted: Callable[[Any], bool]) -> Any:
    """Ask until the worker has done its part; the answer's JSON."""
    for _ in range(300):
        answer = await ask()
        if answer.status_code == 200 and wanted(answer.json()):
            return answer.json()
        await asyncio.sleep(0.1)
    raise AssertionError(answer.text)


async def test_a_company_books_staff_approve_and_the_public_sees_it(own_db: str, tmp_path: Path) -> None:
    await travel(own_db, tmp_path)


async def travel(database_url: str, tmp_path: Path) -> None:
    """The whole journey, through a portal on `database_url`."""
    people = await seed.people()
    await importing.import_file(data_folder("maps") / "sample-sites.geojson", None, now())
    tokens = {key: await factories.token(people[key]) for key in ("company", "rival", "reviewer", "approver")}
    with serving(database_url, tmp_path, worker=True) as server:
        async with httpx.AsyncClient(base_url=f"{server.base_url}/api/v1", timeout=60) as http:
            await _journey(http, {key: {"Authorization": f"Bearer {token}"} for key, token in tokens.items()})
        mails = list((tmp_path / "mail").glob("*.eml"))
    assert mails


async def _journey(http: httpx.AsyncClient, by: dict[str, dict[str, str]]) -> None:
    # Find a place for a robot, and a free time on it.
    sites = (await http.get("/sites", params={"use": "robot"})).json()
    site = next(one for one in sites if one["slug"] == "maishima")
    areas = (await http.get(f"/sites/{site['slug']}/areas")).json()
    area = next(one for one in areas if one["slug"] == "north-lawn")
    day = datetime.now(ZoneInfo("Asia/Tokyo")).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=10)
    window = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
    found = (await http.get("/availability", params={"area": area["id"], "duration": 60, **window})).json()
    free = found[0]["free"][0]
    start = datetime.fromisoformat(free["start"])
    volume = {"period": {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}}

    # Plan the trial, hold the time, submit.
    company, approver = by["company"], by["approver"]
    project = (await http.post("/projects", json=PROJECT, headers=company)).json()
    body = {"project_id": project["id"], "area_id": area["id"], "volumes": [volume], "hold": True}
    held = await http.post("/reservations", json=body, headers=company)
    assert held.status_code == 201, held.text
    address = held.headers["location"].removeprefix("/api/v1")

    async def step(who: str, action: str, **more: str) -> dict[str, Any]:
        seen = await http.get(address, headers=by[who])
        headers = by[who] | {"If-Match": seen.headers["etag"]}
        answer = await http.post(f"{address}/{action}", json=more, headers=headers)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    assert (await step("company", "submit"))["state"] == "submitted"

    # A rival is told what is in the way and when it would fit, and waits.
    rival_project = (await http.post("/projects", json=PROJECT, headers=by["rival"])).json()
    wish = {"project_id": rival_project["id"], "area_id": area["id"], "volumes": [volume]}
    refused = await http.post("/reservations", json=wish, headers=by["rival"])
    assert refused.status_code == 409
    assert refused.json()["in_the_way"][0]["kind"] == "reservation"
    assert refused.json()["nearest"]
    waiting = await http.post("/reservations", json=wish | {"wait": True}, headers=by["rival"])
    assert waiting.json()["state"] == "waiting"

    # Staff see both, return it once, then approve with a condition.
    queue = (await http.get("/reviews", headers=approver)).json()
    assert held.json()["id"] in [one["id"] for one in queue]
    await step("reviewer", "return", reason="停止手順を書き足してください。")
    assert (await http.get(address, headers=company)).json()["state"] == "returned"
    await step("company", "submit")
    await step("approver", "approve", conditions="監視員を2名置いてください。")

    # The portal confirms and issues the permit; anybody may check it.
    await until(lambda: http.get(address, headers=company), lambda one: one["state"] == "confirmed")
    permit = await until(lambda: http.get(f"{address}/permit", headers=company), lambda one: bool(one["code"]))
    checked = (await http.get(f"/permits/{permit['code']}")).json()
    assert checked["standing"] == "valid"
    assert "監視員" in checked["conditions"]

    # The public sees the trial, with the company that agreed to be named.
    trials = (await http.get("/trials", params={"from": day.date().isoformat(), "to": day.date().isoformat()})).json()
    assert PROJECT["title_ja"] in str(trials)
    assert "サンプル物流ドローン株式会社" in str(trials)

    # The story is told in full; cancelling gives the time to the one who waited, and the permit is void.
    events = (await http.get(f"{address}/events", headers=company)).json()
    assert [one["action"] for one in events] == ["hold", "submit", "return", "submit", "approve", "confirm"]
    await step("company", "cancel", reason="計画の見直し")
    await until(
        lambda: http.get(waiting.headers["location"].removeprefix("/api/v1"), headers=by["rival"]),
        lambda one: one["state"] == "held",
    )
    assert (await http.get(f"/permits/{permit['code']}")).json()["standing"] == "revoked"
