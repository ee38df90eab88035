"""Decisions seen again, by the zones that they saw and by those of now."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from shapely.geometry import box, mapping

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import NotFound
from testfields.core.volumes import AltitudeBand
from testfields.db.engine import DB
from testfields.reservations import reading, steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reviews import commands, replaying
from testfields.sites import commands as site_commands
from testfields.sites.tables import Area
from testfields.zones.importing import Wanted, import_layer
from tests import factories
from tests.reviews.cases import bearer, file, log_in
from tests.sites.test_commands import on_other_thread
from tests.zones.test_importing import LAYER, written

EVERYWHERE = mapping(box(129, 30, 137, 36))
REASON = "図面に寸法を入れてください。"


async def publish(folder: Path, kind: str, **changes: Any) -> None:
    """Zones all around everything, in place of those before."""
    layer = LAYER | {"slug": "around", "kind": kind}
    await import_layer(written(folder, layer, EVERYWHERE, hours="", **changes), Wanted(), now())


async def decided(folder: Path) -> tuple[factories.Field, Actor, int]:
    """An application returned beside a school, where a quiet area has been published since."""
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await publish(folder, "school")
    await steps.act(field.approver, number, Step(Action.RETURN, reason=REASON), now())
    await publish(folder, "noise", identifier="N1", name_ja="病院", name_en="Hospital")
    return field, company, number


def marks(one: replaying.Replayed) -> dict[str, tuple[bool, bool]]:
    """Whether each kind of zone was found then, and is now."""
    return {each.finding.code: (each.then, each.now) for each in one.found if each.finding.code in {"school", "noise"}}


async def test_a_decision_is_replayed_with_the_zones_that_it_saw_and_with_those_of_now(
    db: None, tmp_path: Path
) -> None:
    field, _, number = await decided(tmp_path)

    (one,) = await replaying.replay(field.reviewer, number, now())

    assert (one.action, one.role) == (Action.RETURN, "approver")
    assert marks(one) == {"school": (True, False), "noise": (False, True)}
    assert {each.finding.code for each in one.differs} == {"school", "noise"}


async def test_a_later_edition_of_the_same_zones_makes_no_difference(db: None, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await publish(tmp_path, "school")
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    later = LAYER | {"slug": "around", "as_of": "2027-04-01"}
    await import_layer(written(tmp_path, later, EVERYWHERE, hours=""), Wanted(), now())

    (one,) = await replaying.replay(field.reviewer, number, now())

    assert marks(one) == {"school": (True, True)}
    assert one.differs == []


async def test_what_was_asked_for_then_is_looked_at(db: None, tmp_path: Path) -> None:
    field, company, number = await decided(tmp_path)
    row = await reading.find(company, number)
    high = AltitudeBand(Decimal(100), Decimal(120))
    await Area.update({Area.mode: "shared"}).where(Area.id == field.area_id)
    await steps.change_volumes(company, number, row["version"], [Asked(factories.period(9), altitude=high)], now())
    await publish(tmp_path, "noise", upper=50)

    (one,) = await replaying.replay(field.reviewer, number, now())

    assert marks(one)["noise"] == (False, True)


async def test_nobody_replays_what_is_on_anothers_land(db: None, tmp_path: Path, client: httpx.AsyncClient) -> None:
    _, company, number = await decided(tmp_path)
    other = await factories.field()

    for actor in (other.reviewer, company):
        with pytest.raises(NotFound):
            await replaying.replay(actor, number, now())
        address = f"/api/v1/reviews/{number}/replay"
        assert (await client.get(address, headers=await bearer(actor))).status_code == 404


async def test_the_api_and_the_page_tell_both(db: None, tmp_path: Path, client: httpx.AsyncClient) -> None:
    field, _, number = await decided(tmp_path)

    address = f"/api/v1/reviews/{number}/replay"
    (told,) = (await client.get(address, headers=await bearer(field.reviewer))).json()
    assert (told["action"], told["role"]) == ("return", "approver")
    found = {one["finding"]["code"]: (one["then"], one["now"]) for one in told["findings"]}
    assert (found["school"], found["noise"], found["weather"]) == ((True, False), (False, True), (True, True))

    await log_in(client, field.reviewer)
    page = (await client.get(f"/desk/{number}")).text
    fold = page[page.index("As it was at the decision") :]
    fold = fold[: fold.index("</details>")]
    for text in ("Near schools and nurseries: Primary school", "Quiet areas: Hospital", "New since then", "No longer"):
        assert text in fold
    # What is as it was is not told again.
    assert "Wind" not in fold


async def test_the_terminal_prints_every_decision(own_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, number = await decided(tmp_path)
    monkeypatch.setattr(site_commands.console, "width", 200)
    pool, DB.pool = DB.pool, None
    try:
        for language, texts in {
            "en_GB.UTF-8": ("Returned for changes", "Approver", "- no more", "+ new since", "as it was", "Hospital"),
            "ja_JP.UTF-8": ("差戻し", "－ 今はない", "＋ 後から", "病院"),
        }.items():
            runner = CliRunner(env={"LC_ALL": language})
            run = on_other_thread(own_db)
            told = await asyncio.to_thread(runner.invoke, commands.reviews, ["replay", str(number)], obj=run)
            assert told.exit_code == 0, told.output
            for text in texts:
                assert text in told.output, told.output
        missing = await asyncio.to_thread(CliRunner().invoke, commands.reviews, ["replay", "999"], obj=run)
        assert missing.exit_code == 1
    finally:
        DB.pool = pool
