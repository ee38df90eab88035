"""A project's plan in the reader's language, as the table of its fields tells it."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from testfields.core.errors import N_
from testfields.core.fields import Row
from testfields.projects.fields import FACTS, PLAN, SECTIONS, Field, Section
from testfields.web import locale
from testfields.web.forms import Asked, Asking
from testfields.web.words import options


@dataclass(frozen=True)
class AskedSection:
    """A part of the form."""

    title: str
    fields: list[Asked]


@dataclass(frozen=True)
class Fact:
    """A line of what is known of a plan."""

    label: str
    text: str


def facts_of(row: asyncpg.Record, section: Section) -> list[Fact]:
    """What a plan says in one section, but for its titles."""
    told = [one for one in FACTS.values() if one.field.section is section]
    return [Fact(locale.in_words(one.field.label), _in_words(one.field, row[one.name])) for one in told]


def _in_words(field: Field, value: Any) -> str:
    if value is None or value == "":
        return locale.translate(N_("Not given"))
    if field.unit:
        return f"{value:,} {field.unit}"
    return locale.in_words(field.words[value]) if field.words else value


def sections(*, free: bool | None = None) -> list[AskedSection]:
    """The form for a plan, or for those of its parts alone that are the company's to choose at any time, or not so."""
    asked = [row for row in PLAN.values() if free in (None, row.field.free)]
    every = [
        AskedSection(locale.in_words(title), [_asked(row) for row in asked if row.field.section == section])
        for section, title in SECTIONS.items()
    ]
    return [one for one in every if one.fields]


def told_of(row: asyncpg.Record) -> list[Fact]:
    """All that is fixed of a plan, to be read."""
    fixed = [one for one in PLAN.values() if not one.field.free]
    return [Fact(locale.in_words(one.field.label), _in_words(one.field, row[one.name])) for one in fixed]


def _asked(row: Row[Field]) -> Asked:
    field = row.field
    return Asked(
        name=row.name,
        how=_how(row),
        label=locale.in_words(field.label),
        hint=locale.in_words(field.hint) if field.hint else "",
        required=field.missing is not None,
        most=field.most,
        options=options(field.words),
        unit=field.unit,
    )


def _how(row: Row[Field]) -> Asking:
    if row.type is bool:
        return Asking.MARK
    if row.field.words:
        return Asking.RADIO if row.field.in_sight else Asking.SELECT
    return Asking.LINES if row.field.lines else Asking.LINE
