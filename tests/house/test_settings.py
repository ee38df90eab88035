"""The README's table of settings tells the truth."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "testfields"
# Read by programs that the portal starts or is started by; not the portal's settings.
OTHERS = {"PICCOLO_CONF", "XDG_DATA_HOME"}


def read_by_the_code() -> set[str]:
    """Every environment variable that settings.py asks for by name."""
    strings = (node.value for node in ast.walk(ast.parse((PACKAGE / "settings.py").read_text())) if _is_text(node))
    return {text for text in strings if re.fullmatch(r"[A-Z][A-Z_]+", text)} - OTHERS


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def told_by_the_readme() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert told_by_the_readme() == read_by_the_code()


def test_only_settings_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bos\.getenv|\bos\.environ\b(?!\.setdefault|\[[^]]+\] =)", path.read_text())
    }
    # PostgreSQL's programs are given the environment, less what would lead them elsewhere; a command answers in the
    # language of the terminal.
    assert readers == {"settings.py", "db/cluster.py", "sites/commands.py"}
