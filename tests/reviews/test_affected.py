"""When zones change: which applications under way that concerns, told to the operator and to the land's staff."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from testfields.accounts.rules import Actor
from testfields.cli import cli
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.reservations import steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reviews import affected
from testfields.sites import commands as site_commands
from testfields.zones import service
from testfields.zones.importing import Wanted, import_layer
from tests import factories
from tests.reviews.cases import bearer, file, log_in
from tests.reviews.test_replaying import EVERYWHERE, publish
from tests.sites.test_commands import on_other_thread
from tests.zones.test_importing import LAYER, written


async def approved() -> tuple[factories.Field, int]:
    """An application that was approved while nothing was known of its place."""
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    return field, number


async def told(actor: Actor) -> list[tuple[int, list[str]]]:
    """Numbers, and what is new of each, as the actor is told."""
    return [(one.number, [each.code for each in one.findings]) for one in await affected.since_decision(actor, now())]


async def test_what_forbids_or_needs_a_permission_since_the_decision_is_listed_for_the_lands_staff(
    db: None, tmp_path: Path
) -> None:
    field, number = await approved()
    other = await factories.field()
    assert await told(field.reviewer) == []
    await publish(tmp_path, "protected")
    assert await told(field.reviewer) == [(number, ["protected"])]
    assert await told(other.reviewer) == []


async def test_a_condition_a_zone_elsewhere_and_a_later_edition_concern_nobody(db: None, tmp_path: Path) -> None:
    field, company = await factories.field(), await factories.company()
    number = await file(field, company)
    await publish(tmp_path, "protected")
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await import_layer(written(tmp_path, LAYER | {"slug": "noise", "kind": "noise"}, EVERYWHERE), Wanted(), now())
    await import_layer(written(tmp_path, LAYER | {"slug": "afar", "kind": "dense"}), Wanted(), now())
    await publish(tmp_path, "protected")
    assert await told(field.reviewer) == []


async def test_what_is_over_concerns_nobody(db: None, tmp_path: Path) -> None:
    field, number = await approved()
    await publish(tmp_path, "protected")
    await steps.act(field.approver, number, Step(Action.REVOKE, reason="地盤が沈下しました。"), now())
    assert await told(field.reviewer) == []


async def test_the_api_the_page_and_the_review_say_so(db: None, tmp_path: Path, client: httpx.AsyncClient) -> None:
    field, number = await approved()
    marked = re.compile(r'<span class="flag flag--late"><svg[^>]*>.*?</svg>Law or place changed</span>', re.DOTALL)
    await log_in(client, field.reviewer)
    assert not marked.search((await client.get(f"/desk/{number}")).text)
    await publish(tmp_path, "protected")

    headers = await bearer(field.reviewer)
    (one,) = (await client.get("/api/v1/reviews/zones-changed", headers=headers)).json()
    assert (one["id"], one["permitted"], [each["code"] for each in one["findings"]]) == (number, False, ["protected"])
    page = (await client.get("/desk/zones")).text
    assert f'href="/desk/{number}"' in page
    assert "Around protected facilities: Primary school" in page
    assert marked.search((await client.get(f"/desk/{number}")).text)


async def test_an_import_that_is_only_tried_tells_the_same_and_publishes_nothing(db: None, tmp_path: Path) -> None:
    _, number = await approved()
    path = written(tmp_path, LAYER | {"kind": "protected"}, EVERYWHERE, hours="")
    for only_try, layers in ((True, 0), (False, 1)):
        published, found = await affected.import_zones(path, Wanted(), now(), only_try=only_try)
        assert [one.number for one in found] == [number]
        assert (published.zones, len(await service.layers(now()))) == (1, layers)


async def test_the_terminal_lists_whom_an_import_concerns(
    own_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, number = await approved()
    path = written(tmp_path, LAYER | {"kind": "protected"}, EVERYWHERE, hours="")
    monkeypatch.setattr(site_commands.console, "width", 200)

    async def typed(*words: str, language: str = "en_GB.UTF-8") -> Any:
        runner = CliRunner(env={"LC_ALL": language})
        run = on_other_thread(own_db)
        return await asyncio.to_thread(runner.invoke, cli.commands["zones"], ["import", str(path), *words], obj=run)

    pool, DB.pool = DB.pool, None
    try:
        tried, done = await typed("--dry-run", language="ja_JP.UTF-8"), await typed()
        again = await typed()
    finally:
        DB.pool = pool
    assert "別に許可が必要になる申請が1件" in tried.output
    assert "1 application is forbidden or needs a permission by it." in done.output
    assert "Around protected facilities: Primary school" in done.output
    assert re.search(rf"│ {number} +│ application", done.output)
    # Published anew as it was, it concerns nobody.
    assert "forbidden" not in again.output
