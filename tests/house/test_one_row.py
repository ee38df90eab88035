"""States, actions, kinds of claims and roles have one row each: nowhere else in the source are they listed."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import pytest

from testfields.accounts.rules import ROLES, MemberRole
from testfields.availability.kinds import KINDS, ClaimKind
from testfields.reservations.actions import ACTIONS, Action
from testfields.reservations.rules import TRANSITIONS
from testfields.reservations.states import STATES, State
from testfields.workflow import WHAT_FOLLOWS

SOURCE = Path(__file__).parents[2] / "src" / "testfields"
VOCABULARIES: tuple[type[StrEnum], ...] = (State, Action, ClaimKind, MemberRole)
# The rows themselves; who may do what; what is told of by the step, from a state by an action; which field of an
# application's body stands for which action; what events are told of, two of which also take claims; the demo's story.
AT_HOME = {
    "accounts/authority.py",
    "accounts/rules.py",
    "availability/kinds.py",
    "events/rules.py",
    "reservations/actions.py",
    "reservations/routes.py",
    "reservations/rules.py",
    "reservations/states.py",
    # Of stays, some of whose states have the names of states of applications.
    "reservations/stays.py",
    "letters/rules.py",
    "workflow.py",
    "demo/cast.py",
    "demo/plot.py",
    "demo/seed.py",
}
SUFFIXES = {".py", ".sql", ".html", ".js", ".css"}
QUOTED = re.compile(r"""["']([a-z_]+)["']""")
# Words of a list stand close to each other: nothing but a short value, a comparison or a comma between them.
NEAR = 24


def written() -> list[Path]:
    return [
        path
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in SUFFIXES and "vendor" not in path.parts and path.relative_to(SOURCE).as_posix() not in AT_HOME
    ]


def lists_in_text(text: str) -> Iterator[str]:
    """Two words of one vocabulary, quoted, close to each other, in any language."""
    for words in VOCABULARIES:
        values = {word.value for word in words}
        found = [one for one in QUOTED.finditer(text) if one[1] in values]
        for one, other in pairwise(found):
            if one[1] != other[1] and other.start() - one.end() <= NEAR:
                yield text[one.start() : other.end()]


def lists_in_code(code: str) -> Iterator[str]:
    """Two members of one vocabulary in one display, one alternative of a match or one comparison."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Dict):
            parts: list[ast.AST] = [key for key in node.keys if key]
        elif isinstance(node, ast.Set | ast.List | ast.Tuple):
            parts = list(node.elts)
        elif isinstance(node, ast.MatchOr):
            parts = list(node.patterns)
        elif isinstance(node, ast.BoolOp):
            parts = list(node.values)
        else:
            continue
        for words in VOCABULARIES:
            members = [name for part in parts if (name := member_in(part, words.__name__))]
            if len(set(members)) > 1:
                yield ast.unparse(node)


def member_in(part: ast.AST, vocabulary: str) -> str | None:
    """The member that stands there by itself, or compared with something."""
    match part:
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == vocabulary:
            return name
        case ast.MatchValue(value=value):
            return member_in(value, vocabulary)
        case ast.Compare(comparators=[value]):
            return member_in(value, vocabulary)
    return None


def lists_in(name: str, text: str) -> list[str]:
    found = list(lists_in_text(text))
    return found + (list(lists_in_code(text)) if name.endswith(".py") else [])


def test_each_has_its_row() -> None:
    assert set(STATES) == set(State)
    assert set(ACTIONS) == set(Action)
    assert set(KINDS) == set(ClaimKind)
    assert set(ROLES) == set(MemberRole)


def test_each_step_is_told_what_follows() -> None:
    assert set(WHAT_FOLLOWS) == set(TRANSITIONS)


@pytest.mark.parametrize("path", written(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nothing_else_lists_them(path: Path) -> None:
    assert lists_in(path.name, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("queries.py", "X = Statement(\"SELECT 1 FROM reservation WHERE state IN ('held', 'submitted')\")"),
        ("queries.py", "X = \"state = 'waiting' OR reservation.state = 'returned'\""),
        ("rules.py", "OPEN = frozenset({State.HELD, State.SUBMITTED})"),
        ("rules.py", "if state is State.HELD or state is State.WAITING: pass"),
        ("rules.py", "match state:\n    case State.HELD | State.RETURNED: pass"),
        ("rules.py", "WORDS = {Action.HOLD: 'Hold', Action.SUBMIT: 'Submit'}"),
        ("pages.py", "frozenset({MemberRole.MANAGER, MemberRole.MEMBER})"),
        ("guard.sql", "WHERE source_kind IN ('hold', 'reservation')"),
        ("states.html", '{% set icons = {"draft": "pencil", "held": "hourglass"} %}'),
        ("line.html", '{% if one.state in ["submitted", "waiting"] %}'),
        ("map.js", 'const LOOKS = { hold: "x" }; const kinds = ["closure", "hold"];'),
    ],
)
def test_a_list_would_be_seen(name: str, text: str) -> None:
    assert lists_in(name, text) != []
