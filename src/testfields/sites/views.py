"""What the desk's pages of sites show: the list, the ways through a site, its forms, and what would no longer fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from testfields.core.errors import N_
from testfields.core.fields import Row
from testfields.sites.describing import Described, unfit
from testfields.sites.drafts import AREA, SITE
from testfields.sites.exchange.features import COLUMNS
from testfields.sites.exchange.storing import ImportReport
from testfields.sites.fields import Field, Uses
from testfields.sites.forms import PARTS, Typed
from testfields.sites.vocabulary import FACILITIES, SURFACES, USES, Measure
from testfields.sites.words import HINTS, LABELS, UNITS, WEEKDAYS
from testfields.web import locale
from testfields.web.forms import Asked, Asking
from testfields.web.words import instant, options, when

PART_WORDS: Mapping[str, str] = {
    "edit": N_("About"),
    "areas": N_("Areas"),
    "plan": N_("Plan of the ground"),
    "photos": N_("Photos"),
    "hours": N_("Opening hours"),
    "rules": N_("Rules of booking"),
    "facilities": N_("Facilities and ground"),
    "publish": N_("Publish"),
}
# Where a fault of the site itself is mended.
PART_OF: Mapping[str, str] = {
    "areas": "areas",
    **{name: part for part, names in PARTS.items() for name in names},
}
_ROWS: Mapping[str, Row[Field]] = {**{one.name: one.row for one in COLUMNS}, **AREA, **SITE}


def site_rows(rows: Iterable[asyncpg.Record]) -> list[dict[str, Any]]:
    """The list of one's own sites."""
    return [
        {
            "slug": row["slug"],
            "name": locale.named(row, "name"),
            "owner": locale.named(row, "owner_name"),
            "published": row["published"],
            "areas": row["areas"],
            "changed": instant(row["updated_at"], row["timezone"]),
        }
        for row in rows
    ]


def name_of(found: Described) -> str:
    """The site's name in the reader's language."""
    return locale.named(found.draft, "name")


def ways(found: Described, current: str) -> list[dict[str, Any]]:
    """The parts of a site as tabs."""
    counts = {"areas": len(found.draft.areas), "plan": len(found.draft.plan or ())}
    return [
        {
            "label": locale.translate(words),
            "href": f"/desk/sites/{found.draft.slug}/{part}",
            "current": part == current,
            **({"count": counts[part]} if part in counts else {}),
        }
        for part, words in PART_WORDS.items()
    ]


# --- Forms


@dataclass(frozen=True)
class AskedField:
    """A field of a form with what stands in it."""

    asked: Asked
    value: Any


def asked_fields(names: Iterable[str], typed: Typed, choices: Mapping[str, Any] | None = None) -> list[AskedField]:
    """The fields of a form that are asked for as any field is; `choices` are those that are no words of its own."""
    own = choices or {}
    return [
        AskedField(
            _asked(name, own.get(name)), typed.ticked.get(name, ()) if name == "uses" else typed.text.get(name, "")
        )
        for name in names
        if name not in {"geometry", "hours", "facilities"}
    ]


def _asked(name: str, choices: Sequence[Mapping[str, str]] | None) -> Asked:
    row = _ROWS[name]
    field = row.field
    words = USES if row.type is Uses else field.words
    return Asked(
        name=name,
        how=_how(row, choices is not None),
        label=locale.translate(LABELS[name]),
        hint=locale.translate(HINTS[name]) if name in HINTS else "",
        required=field.required and not row.optional and name not in {"uses", "slug"},
        most=field.limits[1] if row.type is str and not field.lines and not field.words else 0,
        options=choices if choices is not None else options(words),
        unit=locale.translate(UNITS[field.unit]) if field.unit else "",
    )


def _how(row: Row[Field], chosen: bool) -> Asking:
    if row.type is Uses:
        return Asking.SOME
    if chosen or (row.optional and row.field.words):
        return Asking.SELECT
    if row.field.words:
        return Asking.RADIO
    return Asking.LINES if row.field.lines else Asking.LINE


def weekday_fields(typed: Typed) -> list[dict[str, str]]:
    """One line for each weekday."""
    return [
        {"name": f"hours_{day}", "label": locale.translate(word), "value": typed.text.get(f"hours_{day}", "")}
        for day, word in enumerate(WEEKDAYS, start=1)
    ]


def facility_fields(typed: Typed) -> list[dict[str, Any]]:
    """Each facility: a box to tick, a number with its unit, or a surface."""
    return [
        {
            "name": f"facility_{key}",
            "how": one.measure.value,
            "label": locale.in_words(one.label),
            "unit": one.unit,
            "value": typed.text.get(f"facility_{key}", ""),
            "options": options(SURFACES) if one.measure is Measure.SURFACE else [],
        }
        for key, one in FACILITIES.items()
    ]


# --- What would no longer fit


def unfit_shown(report: ImportReport) -> dict[str, Any]:
    """The applications and closures that a change leaves without their place; `seen` is what agreeing to it sends."""
    return {
        "seen": " ".join(unfit(report)),
        "misfits": [
            {
                "number": one.number,
                "permitted": one.permitted,
                "company": locale.named(one, "company"),
                "area": locale.named(one, "area"),
                "when": when(one.period, one.timezone),
                "faults": [locale.said(fault) for fault in one.faults],
            }
            for one in report.misfits
        ],
        "lifted": [
            {
                "number": one.number,
                "when": when(one.period, one.timezone),
                "reason": locale.named(one, "reason"),
            }
            for one in report.lifted
        ],
    }
