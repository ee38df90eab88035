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
    ("rooms", "closures/pages.py", "import testfields.closures.feature"),
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
    ("doorless-services", "availability/refusals.py", "import litestar"),
    ("doors-without-tables", "reservations/routes.py", "import testfields.sites.tables"),
    ("doors-without-tables", "reservations/pages.py", "import testfields.reservations.tables"),
    ("doors-without-tables", "cli.py", "import testfields.accounts.tables"),
    ("local-time", "availability/rules.py", "import zoneinfo"),
    ("local-time", "reviews/views.py", "import pendulum"),
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


def broken_contracts(folder: Path) -> dict[str, str]:
    """What is said of each contract that the package under `folder` breaks, by the contract's id."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    summary, _, details = done.stdout.partition("Broken contracts")
    # Long names are wrapped in the summary.
    summary = re.sub(r"\s+", " ", summary)
    broken = [identity for identity, name in CONTRACTS.items() if f"{name} BROKEN" in summary]
    judged = {identity for identity, name in CONTRACTS.items() if f"{name} KEPT" in summary} | set(broken)
    assert judged == set(CONTRACTS), done.stdout + done.stderr
    return {identity: details.partition(f"{CONTRACTS[identity]}\n---")[2].partition("\n---")[0] for identity in broken}


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


def named(file: str, line: str) -> str:
    """How a report names a planted line: the import, or the room that no contract knows."""
    importer = "testfields." + file.removesuffix(".py").replace("/", ".")
    imported = line.removeprefix("import ")
    unknown = next((module for module in (importer, imported) if module.endswith(".attic")), None)
    return unknown or f"{importer} -> {imported} ("


def test_every_contract_holds(copied: Path) -> None:
    assert broken_contracts(copied) == {}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_planted_violation_breaks_its_contract_and_is_named(copied: Path, contract: str) -> None:
    planted = [(file, line) for one, file, line in VIOLATIONS if one == contract]
    for file, line in planted:
        plant(copied, file, line)
    report = broken_contracts(copied)[contract]
    assert planted
    assert [line for file, line in planted if named(file, line) not in report] == []
