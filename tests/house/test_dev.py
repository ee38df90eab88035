"""`./dev check` with steps that do nothing, since its exit status is what an integration server goes by."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DEV = Path(__file__).parents[2] / "dev"


def check(folder: Path, uv: str) -> int:
    """Run the verb in an empty folder where `uv` is the script `uv`; give its exit status."""
    (folder / "bin").mkdir()
    (folder / "node_modules").mkdir()
    shutil.copy(DEV, folder)
    tool = folder / "bin" / "uv"
    tool.write_text(f"#!/bin/sh\n{uv}\n")
    tool.chmod(0o755)
    path = f"{tool.parent}:{os.environ['PATH']}"
    done = subprocess.run([folder / "dev", "check"], env={**os.environ, "PATH": path}, capture_output=True, check=False)
    return done.returncode


@pytest.mark.parametrize(
    ("uv", "status"),
    [
        ("exit 0", 0),
        ('case "$*" in *"pytest tests/house") exit 1 ;; esac', 1),
        ('case "$*" in *mypy) exit 1 ;; esac', 1),
    ],
    ids=["all pass", "a test of the house fails", "a type is wrong"],
)
def test_the_exit_status_tells_whether_a_step_failed(uv: str, status: int, tmp_path: Path) -> None:
    assert check(tmp_path, uv) == status
