"""Each import contract catches what it is there for: a violation is planted in a copy, and that contract breaks."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}

# Contract, file in which the line is planted, the line. Files that do not exist are made.
VIOLATIONS = [
    ("floors", "core/clock.py", "import testfields.db.engine"),
    ("floors", "db/values.py", "import testfields.web.problems"),
    ("floors", "sites/service.py", "import testfields.reservations.rules"),
    ("floors", "availability/service.py", "import testfields.closures.tables"),
    ("floors", "settings.py", "import testfields.attic"),
    ("floors", "permits/service.py", "import testfields.trials.rules"),
    ("rooms", "sites/queries.py", "import testfields.sites.service"),
    ("rooms", "sites/rules.py", "import testfields.sites.queries"),
    ("rooms", "sites/service.py", "import testfields.sites.routes"),
    ("rooms", "sites/attic.py", "import testfields.core.errors"),
    ("rooms", "reservations/routes.py", "import testfields.reservations.pages"),
    ("rooms", "reservations/pages.py", "import testfields.reservations.apply.views"),
    ("rooms", "reservations/apply/forms.py", "import testfields.reservations.apply.pages"),
    ("plain-rules", "core/periods.py", "import sqlalchemy"),
    ("plain-rules", "availability/rules.py", "import litestar"),
    ("plain-rules", "sites/rules.py", "import testfields.db.engine"),
    ("plain-rules", "reservations/rules.py", "import testfields.core.clock"),
    ("plain-rules", "reservations/rules.py", "import subprocess"),
    ("doorless-services", "reservations/steps.py", "import litestar"),
    ("doorless-services", "closures/service.py", "import litestar"),
    ("doorless-services", "availability/queries.py", "import folium"),
    ("doors-without-tables", "reservations/routes.py", "import testfields.sites.tables"),
    ("doors-without-tables", "reservations/pages.py", "import testfields.reservations.tables"),
    ("doors-without-tables", "cli.py", "import testfields.accounts.tables"),
]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package's Python files and its contracts, free to be spoilt."""
    for source in (ROOT / "src").rglob("*.py"):
        target = tmp_path / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def broken_contracts(folder: Path) -> set[str]:
    """Ids of the contracts that the package under `folder` breaks."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    # Long names are wrapped in the report.
    report = re.sub(r"\s+", " ", done.stdout)
    broken = {identity for identity, name in CONTRACTS.items() if f"{name} BROKEN" in report}
    judged = {identity for identity, name in CONTRACTS.items() if f"{name} KEPT" in report} | broken
    assert judged == set(CONTRACTS), done.stdout + done.stderr
    return broken


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / "src" / "testfields" / file
    imported = folder / "src" / Path(*line.removeprefix("import ").split("."))
    for package in (path.parent, imported.parent):
        package.mkdir(parents=True, exist_ok=True)
        if package.is_relative_to(folder / "src" / "testfields"):
            (package / "__init__.py").touch()
    if "testfields" in line and not imported.is_dir():
        imported.with_suffix(".py").touch()
    with path.open("a") as module:
        module.write(f"\n{line}\n")


def test_every_contract_holds(copied: Path) -> None:
    assert broken_contracts(copied) == set()


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(copied: Path, contract: str, file: str, line: str) -> None:
    plant(copied, file, line)
    assert contract in broken_contracts(copied)


def test_every_contract_has_a_violation_planted() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)
