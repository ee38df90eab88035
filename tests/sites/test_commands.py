"""The commands as an administrator meets them: exit status, and every fault in a table."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from shapely.geometry import MultiPolygon, box

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import Scope, Wanted
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.reservations import filing
from testfields.sites import commands
from testfields.sites.tables import Area, Site
from tests import factories
from tests.sites.catalogue import TRACK, harbour, owner, pad, site, track, write


def on_other_thread(url: str) -> Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]:
    """What the command line gives to commands: work runs in a loop of its own."""

    async def do(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        DB.use(url)
        async with DB.open(2):
            return await work()

    return lambda work: asyncio.run(do(work))


@pytest.fixture
def invoke(own_db: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Coroutine[Any, Any, Result]]:
    """Run a command beside the test's own loop."""
    monkeypatch.setattr(commands.console, "width", 200)

    async def run(*words: str, language: str = "en_GB.UTF-8") -> Result:
        runner = CliRunner(env={"LC_ALL": language})
        pool, DB.pool = DB.pool, None
        try:
            return await asyncio.to_thread(runner.invoke, commands.sites, [*words], obj=on_other_thread(own_db))
        finally:
            DB.pool = pool

    return run


async def test_import_says_what_it_did(invoke: Any, tmp_path: Path) -> None:
    await owner()
    path = write(tmp_path / "in.geojson", harbour())
    first, second = await invoke("import", str(path)), await invoke("import", str(path))
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "1 sites new, 0 changed, 0 as they were." in first.output
    # Its staff take longer to decide than anybody has to apply ahead.
    assert "may begin, and lapse, undecided: harbour" in first.output
    assert "undecided" not in second.output
    assert "0 sites new, 0 changed, 1 as they were." in second.output


async def test_a_dry_run_tells_what_would_change_and_what_was_passed_over(invoke: Any, tmp_path: Path) -> None:
    await owner()
    path = write(tmp_path / "in.geojson", harbour(OBJECTID=7))
    tried = await invoke("import", "--dry-run", str(path))
    assert tried.exit_code == 0
    for line in (
        "Columns that programs add by themselves were passed over: OBJECTID",
        "New: harbour",
        "Nothing was changed.",
    ):
        assert line in tried.output
    assert await Site.count() == 0
    faulty = write(tmp_path / "faulty.geojson", harbour(uses="sailing"))
    refused = await invoke("import", "--dry-run", str(faulty))
    assert refused.exit_code == 1
    assert "sailing" in refused.output


async def test_import_tells_which_applications_no_longer_fit(invoke: Any, tmp_path: Path) -> None:
    await owner()
    path = write(tmp_path / "in.geojson", harbour(hours="Mon-Sun 00:00-24:00"))
    assert (await invoke("import", str(path))).exit_code == 0
    company = await factories.company()
    area = await Area.select(Area.id).where(Area.slug == "pad").first()
    assert area is not None
    asked = (Asked(factories.period(20, days=5)),)
    application = filing.Application(await factories.project(company), area["id"], asked)
    number = (await filing.file(company, application, now())).id
    write(path, [site(uses="vehicle", hours="Mon-Sun 09:00-17:00"), track()])

    tried = await invoke("import", "--dry-run", str(path))
    done = await invoke("import", str(path), language="ja_JP.UTF-8")

    assert "1 application no longer fits." in tried.output
    assert "Nothing was changed." in tried.output
    assert "1件の申請が、変更後のフィールドに合わなくなります。" in done.output
    (row, *more) = [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in tried.output.splitlines() if "│" in line
    ]
    assert row[:2] == [str(number), "application"]
    assert row[2].startswith("Organisation")
    assert row[3] == "harbour · Take-off pad"
    assert "20:00–21:00 JST" in row[4]
    assert [row[5], *(one[5] for one in more)] == [
        "This area is no longer offered.",
        "The site is not open during the whole of this time.",
    ]


async def test_import_tells_which_closures_it_lifts(invoke: Any, tmp_path: Path) -> None:
    actor = await factories.person(await owner(), OrganisationKind.OWNER, MemberRole.APPROVER)
    path = write(tmp_path / "in.geojson", harbour())
    assert (await invoke("import", str(path))).exit_code == 0
    end = MultiPolygon([box(135.008, 34.003, 135.009, 34.004)])
    scope = Scope((Wanted("harbour", "track", end),))
    works = Closing(scope, ClosureKind.WORKS, "舗装工事", "Paving works", factories.period(9, 3))
    number = (await closures.close(actor, works, now())).id
    write(path, [site(), track(TRACK.intersection(box(135, 34, 135.0075, 35))), pad()])

    tried = await invoke("import", "--dry-run", str(path))
    done = await invoke("import", str(path), language="ja_JP.UTF-8")

    assert "1 closure has no ground left and is lifted." in tried.output
    assert "1件の休止は、対象の土地がなくなるため解除されます。" in done.output
    (row,) = [[cell.strip() for cell in line.split("│")[1:-1]] for line in tried.output.splitlines() if "│" in line]
    assert [row[0], row[1], row[3]] == [str(number), "harbour · Track", "Paving works"]
    assert "09:00–12:00 JST" in row[2]


async def test_import_lists_every_fault_and_exits_with_1(invoke: Any, tmp_path: Path) -> None:
    await owner()
    path = write(tmp_path / "in.geojson", harbour(slot_minutes=0, hours="always [bold]"))
    done = await invoke("import", str(path))
    assert done.exit_code == 1
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.output.splitlines() if "│" in line]
    assert [row[:3] for row in rows] == [["0", "harbour", "hours"], ["0", "harbour", "slot_minutes"]]
    assert "always [bold]" in done.output


async def test_import_speaks_the_terminals_language(invoke: Any, tmp_path: Path) -> None:
    done = await invoke("import", str(tmp_path / "none.geojson"), language="ja_JP.UTF-8")
    assert done.exit_code == 1
    assert "ファイル「none.geojson」がありません。" in done.output


async def test_no_message_is_cut_off_on_a_narrow_terminal(
    invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands.console, "width", 60)
    path = write(tmp_path / "in.geojson", harbour(hours="always"))
    done = await invoke("import", str(path), language="ja_JP.UTF-8")
    message = "".join(line.split("│")[4].strip() for line in done.output.splitlines() if line.count("│") == 5)
    assert "次のように書いてください。Mon-Fri09:00-17:00;Sat10:00-26:00" in message.replace(" ", "")


async def test_import_and_export_for_an_owner(invoke: Any, tmp_path: Path) -> None:
    await owner("osaka-city")
    path = write(tmp_path / "in.geojson", harbour(owner=None))
    assert (await invoke("import", str(path), "--owner", "osaka-city")).exit_code == 0
    out = await invoke("export", str(tmp_path / "out.gpkg"), "--slug", "harbour")
    assert out.exit_code == 0, out.output
    assert (tmp_path / "out.gpkg").stat().st_size
    unknown = await invoke("export", str(tmp_path / "other.gpkg"), "--slug", "nowhere")
    assert unknown.exit_code == 1
    assert "nowhere" in unknown.output
