"""An import moves an outline while staff close what lies within and companies book there: none of them is lost."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest
from shapely.affinity import scale
from shapely.geometry import box, mapping

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.db.engine import DB
from tests import factories
from tests.races.conftest import RESERVATIONS, Crowd, all_at_once, claims_out_of_step, overlaps, times
from tests.sites.catalogue import TRACK, always_open, area_id, bring, owner, track

pytestmark = pytest.mark.races
ROUNDS = 6
MIDDLE = box(135.005, 34.004, 135.0055, 34.0045)

# Closures whose claim is not the ground of what they close.
ASTRAY = """
    SELECT count(*) FROM closure
    JOIN site ON site.id = closure.site_id LEFT JOIN area ON area.id = closure.area_id
    LEFT JOIN claim ON claim.source_kind = 'closure' AND claim.source_id = closure.id
    WHERE closure.lifted_at IS NULL
      AND (claim.id IS NULL OR NOT ST_Equals(claim.footprint, coalesce(area.ground, site.ground)))
"""


async def test_a_closure_is_where_its_place_is_however_closings_and_imports_meet(crowd: Crowd, tmp_path: Path) -> None:
    """Round by round the track shrinks or grows, while it is closed for twelve hours and booked for twelve others."""
    owner_id = await owner()
    await bring(tmp_path, always_open(track()))
    staff = await factories.person(owner_id, OrganisationKind.OWNER, MemberRole.APPROVER)
    headers = {"Authorization": f"Bearer {await factories.token(staff)}"}
    area = await area_id("track")

    async def close(hour: int, day: int) -> httpx.Response:
        place = {"site": "harbour"} if hour % 3 == 0 else {"site": "harbour", "area": "track"}
        body = {**place, "kind": "works", "reason_ja": "工事", "reason_en": "Works", **times(hour, days=day)}
        answer = await crowd.http.post("/api/v1/closures", json=body, headers=headers)
        assert answer.status_code in {201, 409}, answer.text
        return answer

    async def book(hour: int, day: int) -> httpx.Response:
        body = crowd.application(hour, [{**times(hour, days=day), "footprint": mapping(MIDDLE)}], area_id=area)
        answer = await crowd.post(hour, RESERVATIONS, body)
        assert answer.status_code in {201, 409}, answer.text
        return answer

    changed, answered = 0, Counter[tuple[str, int]]()
    for turn in range(1, ROUNDS + 1):
        outline = TRACK if turn % 2 == 0 else scale(TRACK, 0.9, 0.9)
        deeds = [close, book] * 12
        moved, answers = await asyncio.gather(
            bring(tmp_path, always_open(track(outline))),
            all_at_once([lambda hour=hour, deed=deed, day=turn: deed(hour, day) for hour, deed in enumerate(deeds)]),
        )
        changed += len(moved.changed)
        answered.update((answer.request.url.path, answer.status_code) for answer in answers)
        async with DB.connection() as connection:
            assert await connection.fetchval(ASTRAY) == 0
    assert changed == ROUNDS
    assert answered["/api/v1/closures", 201] > ROUNDS
    assert answered[RESERVATIONS, 201] > ROUNDS
    assert await overlaps() == 0
    assert await claims_out_of_step() == []
