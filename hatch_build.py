"""Building a wheel: refused while a file of the pages is not there. Those from npm are made, not kept in git."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAMING = {".py", ".html", ".js", ".css"}
NAMED = re.compile(r"vendor/[\w@./-]+\.\w+")
# What assets.mjs copies, as "from": "to", and what it writes itself.
COPIED = re.compile(r"\": \"([\w@./-]+)\"|\bjoin\(vendor, \"([\w@./-]+)\"")
LOADED_BY_SCRIPTS = re.compile(r"Url: ?\"([\w-]+\.png)\"")
LOADED_BY_STYLES = re.compile(r"url\([\"']?([\w@./-]+\.\w+)")


class PageFiles(BuildHookInterface):
    """Run by hatchling before each build."""

    PLUGIN_NAME = "page-files"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Refuse to build what could show no page; an editable install shows whatever the folder has by then."""
        missing = missing_files(Path(self.root), Path(self.root) / "src/testfields")
        if missing and version != "editable":
            sys.exit(
                f"{len(missing)} files of the pages are missing, such as {missing[0].name}. Run first: ./dev check"
            )


def missing_files(root: Path, package: Path) -> list[Path]:
    """What belongs below ``static/vendor`` and is not there; of a folder, that nothing is in it."""
    return sorted(path for path in wanted_files(root, package) if not _is_there(path))


def wanted_files(root: Path, package: Path) -> set[Path]:
    """Files, and folders with whatever is in them, by each that tells of them.

    These are the recipe (``assets.mjs``), the pages, the style sheets and scripts from npm, and, for the licences, the
    packages themselves.
    """
    vendor = package / "static/vendor"
    texts = [path.read_text() for path in package.rglob("*") if path.suffix in NAMING and vendor not in path.parents]
    wanted = {package / "static" / name for text in texts for name in NAMED.findall(text)}
    wanted.update(vendor / (to or made) for to, made in COPIED.findall((root / "assets.mjs").read_text()))
    for name in json.loads((root / "package.json").read_text())["dependencies"]:
        wanted.add(vendor / "licences" / name.replace("/", "-"))
    for sheet in vendor.rglob("*.css"):
        wanted.update(sheet.parent / name for name in LOADED_BY_STYLES.findall(sheet.read_text()))
    for script in vendor.rglob("*.js"):
        wanted.update(script.parent / "images" / name for name in LOADED_BY_SCRIPTS.findall(script.read_text()))
    return wanted


def _is_there(path: Path) -> bool:
    return path.is_file() or any(path.glob("*"))
