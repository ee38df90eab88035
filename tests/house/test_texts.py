"""Every text of the portal stands in both languages: msgids are English, the Japanese is in ``locales/ja``."""

import re
import tomllib
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from testfields.app import create_app
from testfields.settings import load

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "testfields"
JAPANESE = PACKAGE / "locales" / "ja" / "LC_MESSAGES" / "messages.po"
# `plural` is the portal's own name for ngettext.
KEYWORDS = {**DEFAULT_KEYWORDS, "plural": (1, 2)}
# %(name)s, %(minutes)d, and a percent sign that is meant as one.
PLACE = re.compile(r"%\(\w+\)[sd]|%%")


@cache
def used() -> dict[str | tuple[str, ...], str]:
    """Every msgid in code, templates and the API's description, with a place where it stands."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    found = extract_from_dir(PACKAGE, [(one["pattern"], one["method"]) for one in mappings], keywords=KEYWORDS)
    written: dict[str | tuple[str, ...], str] = {text: f"{file}:{line}" for file, line, text, _, _ in found}
    return written | told_by_the_api()


def told_by_the_api() -> dict[str, str]:
    """What each operation says that it does: the docstring of its handler."""
    paths = create_app(load({})).openapi_schema.to_schema()["paths"].items()
    return {one["description"]: f"{method} {path}" for path, methods in paths for method, one in methods.items()}


@cache
def japanese() -> Catalog:
    with JAPANESE.open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


def translated() -> list[Message]:
    return [message for message in japanese() if message.id]


def texts(id_or_string: str | tuple[str, ...] | list[str]) -> list[str]:
    return [id_or_string] if isinstance(id_or_string, str) else list(id_or_string)


def places(texts: list[str]) -> set[str]:
    return {place for text in texts for place in PLACE.findall(text)}


def test_every_text_has_its_japanese() -> None:
    known = {message.id for message in translated()}
    missing = [f"{where}: {text!r}" for text, where in used().items() if text not in known]
    assert missing == [], "\n".join(missing)


def test_no_japanese_is_left_over() -> None:
    unused = [repr(message.id) for message in translated() if message.id not in used()]
    assert unused == [], "\n".join(unused)


def test_no_japanese_is_empty_or_a_guess() -> None:
    assert [message.id for message in translated() if message.fuzzy or not all(texts(message.string))] == []


def test_japanese_fills_the_same_places() -> None:
    assert {
        message.id: message.string
        for message in translated()
        if places(texts(message.string)) != places(texts(message.id))
    } == {}


def test_no_text_is_put_together_before_it_is_translated() -> None:
    """An f-string or a sum inside _() would look for a msgid that nobody wrote down."""
    glued = re.compile(r"""\b(?:N_|_|gettext|ngettext)\(\s*f["']|\b(?:N_|_)\(\s*"[^"]*"\s*(?:\+|~|\.format\()""")
    sources = [*PACKAGE.rglob("*.py"), *(PACKAGE / "templates").rglob("*.*")]
    assert [str(path) for path in sources if glued.search(path.read_text())] == []
