"""Libraries are used by what they offer to everybody; what they call private may be gone with the next version."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = {"testfields", "tests", "benchmarks"}
# Piccolo writes a migration and tells where it is by this function alone; its command prints the place.
NO_OTHER_WAY = {"piccolo.apps.migrations.commands.new._create_new_migration"}


def is_private(name: str) -> bool:
    return any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def private_imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{one.name}" for one in node.names}
    return {name for name in found if is_private(name) and name.split(".")[0] not in OWN}


def test_nothing_private_of_a_library_is_imported() -> None:
    sources = [path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    assert sources
    assert set().union(*(private_imports(path.read_text()) for path in sources)) == NO_OTHER_WAY


@pytest.mark.parametrize(
    "planted", ["import litestar._openapi", "from litestar.dto._backend import X", "from re import _x"]
)
def test_each_would_be_seen(planted: str) -> None:
    assert len(private_imports(planted)) == 1


@pytest.mark.parametrize("plain", ["from __future__ import annotations", "from . import _own", "import testfields._x"])
def test_what_is_ones_own_is_not_taken_for_one(plain: str) -> None:
    assert private_imports(plain) == set()
