"""No text that somebody else wrote is ever taken as a format: in code by its syntax tree, in templates by theirs.

A format is a small program: fourteen characters of one ask for gigabytes, and a few of a pattern for a day.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

PACKAGE = Path(__file__).parents[2] / "src" / "testfields"
# What is divided by them are whole numbers.
NUMBERS = {"slot", "slot_minutes"}
LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}
# Words of the portal's own that templates translate: states, actions and links of the menu come from its tables.
TABLES = {
    "about.word", "action.words.label", "action.words.reason", "action.words.will", "event.about.told", "event.who",
    "link.text", "states[row.state].why",
}  # fmt: skip


def is_fixed(node: ast.expr) -> bool:
    """Written down in the code: a text, a constant of the module, or put together from those."""
    if isinstance(node, ast.JoinedStr):
        return all(is_fixed(one.value) for one in node.values if isinstance(one, ast.FormattedValue))
    if isinstance(node, ast.BinOp):
        return is_fixed(node.left) and is_fixed(node.right)
    if isinstance(node, ast.Call):
        return called(node) == ("", "Markup") and all(map(is_fixed, node.args))
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    if isinstance(node, ast.Name):
        return node.id in NUMBERS
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def called(node: ast.Call) -> tuple[str, str]:
    """("re", "compile") for ``re.compile(…)``."""
    if isinstance(node.func, ast.Attribute):
        return ast.unparse(node.func.value), node.func.attr
    return "", ast.unparse(node.func)


def taken_as_format(node: ast.AST) -> ast.expr | None:
    """What a piece of code takes as a format or a pattern, if it does."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and not is_number(node.right):
        return node.left
    if isinstance(node, ast.FormattedValue):
        return node.format_spec
    if isinstance(node, ast.Call):
        of, name = called(node)
        if name in {"format", "format_map"} and isinstance(node.func, ast.Attribute):
            return node.func.value
        is_pattern = of == "re" or name in {"Template", "from_string"}
        is_logged = name in LOGGING and "log" in of
        return node.args[0] if (is_pattern or is_logged) and node.args else None
    return None


def faults_of(source: str) -> list[str]:
    formats = ((node, taken_as_format(node)) for node in ast.walk(ast.parse(source)))
    return [ast.unparse(node) for node, text in formats if text is not None and not is_fixed(text)]


def faults_of_template(source: str) -> Iterator[str]:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(source)
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext"}:
            yield from (written(one) for one in call.args[:1] if not isinstance(one, nodes.Const))
    yield from (written(one.left) for one in tree.find_all(nodes.Mod) if not isinstance(one.left, nodes.Const))
    for one in tree.find_all(nodes.Filter):
        if one.name == "format" and not isinstance(one.node, nodes.Const):
            yield written(one.node)


def written(node: nodes.Node | None) -> str:
    """Names and what is taken out of them, as a template writes them."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{written(node.node)}.{node.attr}"
        case nodes.Getitem():
            return f"{written(node.node)}[{written(node.arg)}]"
    return repr(node)


def test_the_code_takes_only_texts_of_its_own_as_formats() -> None:
    found = {str(path.relative_to(PACKAGE)): faults_of(path.read_text()) for path in PACKAGE.rglob("*.py")}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_templates_translate_only_texts_of_the_portals_own() -> None:
    templates = [path for path in (PACKAGE / "templates").rglob("*.*") if path.is_file()]
    found = {one for path in templates for one in faults_of_template(path.read_text())}
    assert found == TABLES


@pytest.mark.parametrize(
    "planted",
    [
        "said = catalogue.gettext(text) % values",
        "said = one.text % {}",
        "said = ('%s ' + text) % value",
        "said = message.format(**values)",
        "said = message.format_map(values)",
        "said = f'{number:{width}}'",
        "logger.warning(text)",
        "re.search(typed, 'x')",
        "environment.from_string(typed)",
    ],
)
def test_each_of_them_would_be_seen(planted: str) -> None:
    assert len(faults_of(planted)) == 1


@pytest.mark.parametrize("planted", ["{{ _(note) }}", "{{ typed % values }}", "{{ typed | format(1) }}"])
def test_each_would_be_seen_in_a_template(planted: str) -> None:
    assert len(list(faults_of_template(planted))) == 1


@pytest.mark.parametrize(
    "plain", ["minutes % 60", "DAY % slot", "POLICY.format(tiles='')", "f'{hour:02}'", "re.compile(rf'{MARKS}+')"]
)
def test_what_is_fixed_or_a_number_is_not_taken_for_one(plain: str) -> None:
    assert faults_of(plain) == []
