"""Each room declares itself in its own folder, and the portal has what the rooms declare."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest
import rich_click as click
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from piccolo.table import Table

import testfields
from testfields.app import create_app
from testfields.cli import cli
from testfields.features import FEATURES
from testfields.piccolo_app import APP_CONFIG
from testfields.settings import load
from testfields.worker import APP
from testfields.workflow import Follows

SOURCE = Path(testfields.__file__).parent
# Doors of the assembly itself, and what only the demo or a test opens.
ASSEMBLY = {"testfields.demo"}


def modules() -> list[ModuleType]:
    """Every module of a room."""
    names = [one.name for one in walk_packages(testfields.__path__, "testfields.") if one.name.count(".") > 1]
    return [import_module(name) for name in names if not any(name.startswith(f"{room}.") for room in ASSEMBLY)]


def defined(kind: type) -> dict[str, object]:
    """What the rooms' modules define of a kind, by module and name."""
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, kind) and not name.startswith("_")
    }


@pytest.fixture(scope="module")
def app() -> Litestar:
    return create_app(load({}))


def test_every_room_that_declares_itself_is_collected() -> None:
    rooms = sorted(path.parent.name for path in SOURCE.glob("*/feature.py"))
    assert len(rooms) > 10
    for room in rooms:
        assert import_module(f"testfields.{room}.feature").FEATURE in FEATURES, room


def test_every_page_and_operation_that_a_room_defines_is_served(app: Litestar) -> None:
    served = {getattr(handler.fn, "__wrapped__", handler.fn) for route in app.routes for handler in handlers(route)}
    missing = [name for name, one in defined(HTTPRouteHandler).items() if one.fn not in served]  # type: ignore[attr-defined]
    assert missing == []


def handlers(route: object) -> list[HTTPRouteHandler]:
    return list(getattr(route, "route_handlers", ()))


def test_every_table_of_a_room_is_declared() -> None:
    tables = {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Table) and value is not Table
    }
    assert [name for name, table in tables.items() if table not in APP_CONFIG.table_classes] == []


def test_every_command_of_a_room_can_be_typed() -> None:
    known = list(typed(cli))
    assert len(known) > 10
    assert [name for name, command in defined(click.Command).items() if command not in known] == []


def typed(group: click.Group) -> Iterator[click.Command]:
    """A group's commands, and those of the groups in it."""
    for one in group.commands.values():
        yield one
        if isinstance(one, click.Group):
            yield from typed(one)


def test_whatever_follows_from_a_step_has_its_task() -> None:
    in_time = {Follows.EXPIRE_IN_TIME}
    assert {one.value for one in Follows if one not in in_time} - set(APP.tasks) == set()


PLANTED = """
from litestar import get
import rich_click as click
from piccolo.table import Table
from testfields.accounts.authority import May
from testfields.accounts.guards import Only, OnlyPortal, only_terminal
from testfields.web.features import Feature, Link, Task

@get("/attic", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def attic_page() -> str:
    return "attic"

@get("/attic", guards=[Only(May.LOOK_AROUND)])
async def list_attic() -> str:
    return "attic"

@click.command()
@only_terminal(May.RUN)
def attic() -> None:
    pass

async def tidy(settings: object) -> None:
    pass

class Box(Table, tablename="box"):
    pass

FEATURE = Feature(
    api=(list_attic,),
    pages=(attic_page,),
    menu=(Link(5, "/attic", "list", "Attic"),),
    in_templates=lambda settings: {"attic_word": "dust"},
    commands=(attic,),
    tasks=(Task("tidy_attic", tidy, OnlyPortal(May.KEEP_HOUSE)),),
    tables=(Box,),
)
"""
LOOKED_AT = """
import json
from testfields import app, cli, piccolo_app, worker
portal = app.create_app()
names = portal.template_engine.engine.globals
print(json.dumps({
    "page": any(one.path == "/attic" for one in portal.routes),
    "operation": any(one.path == "/api/v1/attic" for one in portal.routes),
    "menu": names["menu"][0].href == "/attic",
    "name for templates": names.get("attic_word") == "dust",
    "command": "attic" in cli.cli.commands,
    "task": "tidy_attic" in worker.APP.tasks,
    "table": any(one.__name__ == "Box" for one in piccolo_app.APP_CONFIG.table_classes),
    "SQL": "attic/dust.sql" in piccolo_app.sql_files(),
}))
"""


def test_a_new_room_is_one_folder_and_touches_no_list(tmp_path: Path) -> None:
    (tmp_path / "testfields" / "attic").mkdir(parents=True)
    for part in SOURCE.iterdir():
        (tmp_path / "testfields" / part.name).symlink_to(part)
    (tmp_path / "testfields" / "attic" / "__init__.py").touch()
    (tmp_path / "testfields" / "attic" / "feature.py").write_text(PLANTED)
    (tmp_path / "testfields" / "attic" / "dust.sql").write_text("SELECT 1;")
    done = subprocess.run(
        [sys.executable, "-c", LOOKED_AT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    assert seen == dict.fromkeys(seen, True)
