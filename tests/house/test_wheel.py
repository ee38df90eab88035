"""The wheel carries all that the portal needs beside its code."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import hatch_build
import pytest

ROOT = Path(__file__).parents[2]
# Where each thing lies in the tree, and in the wheel.
CARRIED = {
    # Templates, what pages load, texts, and the SQL of the rooms.
    "src/testfields": "testfields",
    "migrations": "testfields/data/migrations",
    "maps": "testfields/data/maps",
}


def build(tree: Path, target: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build a ``wheel`` or ``sdist`` of a tree into a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", folder]
    return subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as an installer would lay it out; made as ``uv build`` makes it, from the source distribution."""
    folder = tmp_path_factory.mktemp("wheel")
    assert build(ROOT, "sdist", folder / "built").returncode == 0
    [packed] = (folder / "built").glob("*.tar.gz")
    shutil.unpack_archive(packed, folder / "source", filter="data")
    [source] = (folder / "source").iterdir()
    assert build(source, "wheel", folder / "built").returncode == 0
    [wheel] = (folder / "built").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_a_clean_clone_is_told_what_to_run_first(tmp_path: Path, target: str) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).exists():
            (tmp_path / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "clone" / name)

    done = build(tmp_path / "clone", target, tmp_path / "built")

    assert done.returncode == 1
    assert re.fullmatch(r"\d+ files of the pages are missing, such as \S+ Run first: ./dev check\n", done.stderr)
    assert not list((tmp_path / "built").glob("*"))


def test_one_page_file_less_is_a_refusal(tmp_path: Path) -> None:
    package = tmp_path / "testfields"
    shutil.copytree(ROOT / "src/testfields", package, ignore=shutil.ignore_patterns("__pycache__"))
    assert hatch_build.missing_files(ROOT, package) == []
    vendor = package / "static/vendor"
    gone = [
        vendor / "tokens/tokens.css",
        vendor / "basemap/credit.json",
        vendor / "leaflet/images/marker-shadow.png",
        vendor / "leaflet.locatecontrol/L.Control.Locate.js",
    ]
    for path in gone:
        path.unlink()
    emptied = [vendor / "leaflet-draw/images", vendor / "licences/leaflet"]
    for path in emptied:
        shutil.rmtree(path)
    (vendor / "licences/leaflet").mkdir()
    assert set(gone + emptied) <= set(hatch_build.missing_files(ROOT, package))


def test_every_page_file_is_wanted_or_lies_in_a_folder_that_is() -> None:
    package = ROOT / "src/testfields"
    vendor, wanted = package / "static/vendor", hatch_build.wanted_files(ROOT, package)
    # Whole rooms of files: that something is in them says nothing of each.
    wanted -= {vendor / "licences", vendor / "basemap"}
    files = [path for path in vendor.rglob("*") if path.is_file()]
    assert len(files) > 30
    assert [path for path in files if path not in wanted and path.parent not in wanted] == []


@pytest.mark.parametrize(("source", "target"), CARRIED.items())
def test_the_wheel_carries(unpacked: Path, source: str, target: str) -> None:
    wanted = {
        path.relative_to(ROOT / source)
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    carried = {path.relative_to(unpacked / target) for path in (unpacked / target).rglob("*") if path.is_file()}
    assert wanted
    assert wanted - carried == set()


def test_the_installed_portal_finds_its_data(unpacked: Path, tmp_path: Path) -> None:
    looked = subprocess.run(
        [sys.executable, "-c", "import testfields.piccolo_app as app; print(app.APP_CONFIG.migrations_folder_path)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(looked.stdout.strip()) == unpacked / "testfields" / "data" / "migrations"
