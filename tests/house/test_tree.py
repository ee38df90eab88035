"""The tree speaks of the portal alone: no machine's folders, no package hosts, no notes to be forgotten."""

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
MADE_BY_MACHINE = {"uv.lock", "package-lock.json"}
# A home, a checkout or a scratch folder of one machine; the standard's own folders (/usr, /etc, /var) are everybody's.
MACHINE_FOLDER = re.compile(r"(?<![\w.:/}~*])/(?:home|root|work|workspace|Users|mnt|tmp)/\w+")
# Spelt so that this line is none itself.
NOTE = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X)\b")


def written() -> list[Path]:
    """Every text file that is, or is about to be, part of the tree."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = [ROOT / name for name in names if name and name not in MADE_BY_MACHINE]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in written()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def package_hosts() -> set[str]:
    """The hosts that packages were taken from, as the lock tells."""
    addresses = re.findall(r'(?:url|registry) = "([^"]+)"', (ROOT / "uv.lock").read_text())
    return {host for host in (urlsplit(address).hostname for address in addresses) if host}


def test_the_lock_names_hosts() -> None:
    assert package_hosts()


def test_no_file_names_a_package_host() -> None:
    hosts = "|".join(re.escape(host) for host in package_hosts())
    assert lines_with(re.compile(rf"{hosts}|\bregistry\.\w+\.\w+")) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert lines_with(MACHINE_FOLDER) == []


def test_no_file_holds_a_note_for_later() -> None:
    assert lines_with(NOTE) == []


@pytest.mark.parametrize("folder", ["home", "root", "tmp", "Users"])
def test_a_machines_folder_would_be_seen(folder: str) -> None:
    assert MACHINE_FOLDER.search(f"see /{folder}/portal")


@pytest.mark.parametrize("line", ["src/work/x", "https://example.org/home/page", "/usr/lib/postgresql", "/api/v1/tmp"])
def test_a_path_of_the_portal_is_not_taken_for_one(line: str) -> None:
    assert not MACHINE_FOLDER.search(line)
