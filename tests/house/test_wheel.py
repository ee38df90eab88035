"""The wheel carries all that the portal needs beside its code."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Where each thing lies in the tree, and in the wheel.
CARRIED = {
    # Templates, what pages load, texts, and the SQL of the rooms.
    "src/testfields": "testfields",
    "migrations": "testfields/data/migrations",
    "maps": "testfields/data/maps",
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as an installer would lay it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder / "built"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (folder / "built").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


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
