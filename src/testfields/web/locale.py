"""Which language the caller reads, and the texts in it.

Message ids are English; ``locales/ja`` holds the Japanese. Catalogues are read from ``.po`` when the portal starts, so
that there is no compiled copy that could be out of date.
"""

import gettext
import io
import re
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import asyncpg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from litestar.connection import ASGIConnection

from testfields.core.errors import Message
from testfields.core.texts import filled

LOCALES = ("ja", "en")
DEFAULT = "ja"
COOKIE = "lang"
# The parameter by which any address, also of the API, is asked for in a language.
LANGUAGE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
# Where the request's state keeps the language of whoever is logged in.
OWN_LANGUAGE = "own_language"
FOLDER = Path(__file__).parents[1] / "locales"

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT)


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """The texts of one language; English ones are the ids themselves."""
    file = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def current() -> str:
    """The language of the request at hand."""
    return _current.get()


def use(locale: str) -> None:
    """Answer in `locale` from here on."""
    _current.set(locale)


def switched(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The language that the address asks for, as the links of the switch do."""
    asked = connection.query_params.get(LANGUAGE)
    return asked if asked in LOCALES else None


def choose(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The caller's language.

    What the address asks for, else what this browser was switched to, else the own language of whoever is logged in
    here, else what Accept-Language prefers, else Japanese.
    """
    for known in (switched(connection), connection.cookies.get(COOKIE), connection.state.get(OWN_LANGUAGE)):
        if known in LOCALES:
            return str(known)
    return accepted(connection.headers.get("accept-language", ""))


def accepted(header: str) -> str:
    """The first of the portal's languages that an Accept-Language header names, by its weights (RFC 9110, 12.5.4)."""
    ranges = [match for match in map(_RANGE.fullmatch, header.split(",")) if match]
    weighted = [(-float(one["weight"] or 1), place, one["name"].lower()) for place, one in enumerate(ranges)]
    # Weight 0 means "not this one".
    return next((name for weight, _, name in sorted(weighted) if weight and name in LOCALES), DEFAULT)


# A language range with its weight, with blanks where RFC 9110 allows them.
_RANGE = re.compile(
    r"[ \t]*(?P<name>[A-Za-z]+)(?:-[A-Za-z0-9-]*)?[ \t]*(?:;[ \t]*[qQ]=(?P<weight>[01](?:\.[0-9]{0,3})?)[ \t]*)?"
)


@cache
def texts() -> frozenset[str]:
    """Every text that the portal has: each stands in the Japanese catalogue."""
    with (FOLDER / "ja" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return frozenset(one.id for one in read_po(source, locale="ja") if isinstance(one.id, str) and one.id)


def translate(text: str, locale: str | None = None, /, **values: object) -> str:
    """`text` in the current language, its places filled."""
    translated = catalogue(locale or current()).gettext(text)
    return filled(translated, values) if values else translated


def said(message: Message, locale: str | None = None) -> str:
    """A message in the current language; words of the portal among its values are told in it too."""
    values = {name: _word(value, locale) for name, value in message.values.items()}
    return translate(message.id, locale, **values)


def _word(value: object, locale: str | None) -> object:
    if isinstance(value, Message):
        return said(value, locale)
    return in_words(value, locale) if isinstance(value, InBoth) else value


@runtime_checkable
class InBoth(Protocol):
    """A text in both languages."""

    @property
    def ja(self) -> str: ...
    @property
    def en(self) -> str: ...


def in_words(text: InBoth, locale: str | None = None) -> str:
    """A text as its reader knows it, in the current language or in another."""
    return text.ja if (locale or current()) == "ja" else text.en


def named(of: Any, name: str, locale: str | None = None) -> str:
    """The one of ``name_ja`` and ``name_en`` that the reader knows; `of` is a row, or has them as attributes.

    Empty where there is none.
    """
    column = f"{name}_{locale or current()}"
    return (of[column] if isinstance(of, asyncpg.Record) else getattr(of, column)) or ""


def plural(singular: str, several: str, count: int, /, **values: object) -> str:
    """The right one of two texts for `count`, in the current language."""
    translated = catalogue(current()).ngettext(singular, several, count)
    return filled(translated, {"num": count, **values})
