"""Nobody's authority changes unseen: the table, and what names which of its rows, are compared with a sheet."""

import re
from pathlib import Path

import pytest
import rich_click as click
from litestar import Litestar, get
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from testfields.accounts.authority import Kind, May
from testfields.accounts.guards import (
    NoRow,
    Only,
    OnlyPortal,
    only_terminal,
    rows_of_commands,
    rows_of_handlers,
    rows_of_jobs,
)
from testfields.app import create_app
from testfields.cli import cli, main
from testfields.core.errors import NotAllowed
from testfields.features import FEATURES
from testfields.reservations.rules import TRANSITIONS
from testfields.settings import load
from testfields.web.features import Feature
from testfields.worker import APP, run_worker
from tests.authority.sheet import SHEET, sheet
from tests.authority.test_doors import DOORS

SOURCE = Path(__file__).parents[2] / "src" / "testfields"


def test_the_sheet_says_what_the_table_says() -> None:
    assert SHEET.read_text(encoding="utf-8") == sheet(), "uv run python -m tests.authority.sheet writes it anew"


def test_no_row_is_left_over() -> None:
    """A row is named by a door or a step, or asked for by a service."""
    named = {*DOORS.values(), *dict(rows_of_jobs(APP.tasks)).values(), *dict(rows_of_commands(cli)).values()}
    asked = set(re.findall(r"May\.(\w+)", "".join(path.read_text() for path in SOURCE.rglob("*.py"))))
    steps = {transition.may for transition in TRANSITIONS.values()}
    assert [may.name for may in May if may not in named | steps and may.name not in asked] == []


def test_jobs_are_for_the_portal_and_commands_for_the_terminal() -> None:
    assert [name for name, may in rows_of_jobs(APP.tasks) if Kind.PORTAL not in may.value.who] == []
    assert [words for words, may in rows_of_commands(cli) if Kind.TERMINAL not in may.value.who] == []


@get("/bare")
async def bare() -> None:
    """Named by nothing."""


@get("/twice", guards=[Only(May.LOOK_AROUND), Only(May.WATCH)])
async def twice() -> None:
    """Named by two rows."""


@pytest.mark.parametrize("handler", [bare, twice])
def test_a_handler_that_names_no_row_of_its_own_does_not_start(handler: object) -> None:
    app = Litestar([handler], openapi_config=None)  # type: ignore[list-item]
    with pytest.raises(NoRow, match=r"test_authority\.(bare|twice)"):
        list(rows_of_handlers(app))


def test_a_job_that_names_no_row_does_not_start() -> None:
    app = App(connector=InMemoryConnector())

    @app.task(name="bare")
    async def job() -> None: ...

    with pytest.raises(NoRow, match="bare"):
        list(rows_of_jobs(app.tasks))


def test_a_command_that_names_no_row_does_not_start() -> None:
    @click.group()
    def group() -> None: ...

    @group.command("bare")
    def command() -> None: ...

    with pytest.raises(NoRow, match="bare"):
        list(rows_of_commands(group))


@click.command("bare")
def bare_command() -> None:
    """Named by nothing."""


def test_nothing_starts_that_has_one_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The portal, its worker, the command line."""
    monkeypatch.setattr("testfields.app.FEATURES", (*FEATURES, Feature(pages=(bare,))))
    with pytest.raises(NoRow, match="bare"):
        create_app(load({}))

    tasks = App(connector=InMemoryConnector())
    monkeypatch.setitem(APP.tasks, "bare", tasks.task(name="bare")(nothing))
    # It would end at once: there is no room for a database.
    (tmp_path / "data").touch()
    with pytest.raises(NoRow, match="bare"):
        run_worker(load({"TESTFIELDS_DATA": str(tmp_path / "data")}))

    monkeypatch.setitem(cli.commands, "bare", bare_command)
    monkeypatch.setattr("sys.argv", ["testfields", "--version"])
    with pytest.raises(NoRow, match="bare"):
        main()


async def nothing() -> None:
    """A job's work."""


async def test_a_job_or_command_whose_row_is_for_others_is_not_done() -> None:
    done = []

    async def work() -> None:
        done.append("job")

    with pytest.raises(NotAllowed):
        await OnlyPortal(May.ADMINISTER)(work, None, None)
    with pytest.raises(NotAllowed):
        only_terminal(May.READ_MAILS)(lambda: done.append("command"))()
    assert done == []


@pytest.mark.parametrize("path", sorted((SOURCE / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_are_told_what_may_be_done_and_ask_for_no_role(path: Path) -> None:
    assert re.findall(r"actor\.(?!name|email|locale|person_id)\w+|memberships|May\.", path.read_text()) == []
