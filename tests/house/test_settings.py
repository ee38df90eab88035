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


def test_nothing_but_settings_asks_the_environment_by_name() -> None:
    asking = re.compile(r"\bos\.getenv|\bos\.environ(?:\.get\(|\[[^]]+\](?! =))")
    assert [str(path) for path in PACKAGE.rglob("*.py") if asking.search(path.read_text())] == []
