"""Building a wheel: refused while a file that pages load is not there. Those from npm are made, not kept in git."""

import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAMING = {".py", ".html", ".js", ".css"}
NAMED = re.compile(r"vendor/[\w@./-]+\.\w+")
LOADED_BY_STYLES = re.compile(r"url\([\"']?([\w@./-]+\.\w+)")


class PageFiles(BuildHookInterface):
    """Run by hatchling before each build."""

    PLUGIN_NAME = "page-files"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Refuse to build what could show no page; an editable install shows whatever the folder has by then."""
        missing = missing_files(Path(self.root) / "src/testfields")
        if missing and version != "editable":
            sys.exit(
                f"{len(missing)} files that pages load are missing, such as {missing[0].name}. Run first: ./dev check"
            )


def missing_files(package: Path) -> list[Path]:
    """What pages name below ``static/vendor``, and what its style sheets load, and is not there."""
    vendor = package / "static/vendor"
    texts = [path.read_text() for path in package.rglob("*") if path.suffix in NAMING and vendor not in path.parents]
    wanted = {package / "static" / name for text in texts for name in NAMED.findall(text)}
    for sheet in vendor.rglob("*.css"):
        wanted.update(sheet.parent / name for name in LOADED_BY_STYLES.findall(sheet.read_text()))
    return sorted(path for path in wanted if not path.exists())
