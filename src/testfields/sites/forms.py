"""The forms of a site: its fields part by part as text, and what was typed as the features of a file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, Fault, InvalidInput, Message, fault
from testfields.core.local_time import JAPANS_ZONE
from testfields.core.shapes import polygons
from testfields.sites.exchange.features import A_SITE, AN_AREA, Feature
from testfields.sites.exchange.notation import DAYS, parse_facilities
from testfields.sites.fields import POLICY
from testfields.sites.plan import told_piece
from testfields.sites.rules import FeatureFault
from testfields.sites.vocabulary import FACILITIES, Measure
from testfields.web.drawing import UNREADABLE, drawn, points_typed
from testfields.web.forms import Posted

TEXTS = ("name_ja", "name_en", "description_ja", "description_en", "address_ja", "address_en", "contact")
# The parts of a site, each with a form of its own, and the fields that it asks for.
PARTS: Mapping[str, tuple[str, ...]] = {
    "edit": (*TEXTS, "property_class", "uses", "geometry"),
    "hours": ("hours", "public_holidays", "year_end", "exceptions"),
    "rules": tuple(POLICY),
    "facilities": ("facilities", "ground_elevation", "road_answer", "road_answered_on"),
}
AREA_FIELDS = (
    "slug", "name_ja", "name_en", "mode", "uses", "altitude_lower", "altitude_upper", "parent", "surface", "width_m",
    "geometry",
)  # fmt: skip
# What a new site begins with; staff have the days they say they need.
NEW: Mapping[str, object] = {
    "kind": A_SITE,
    "published": False,
    "sample": False,
    "timezone": JAPANS_ZONE,
    "property_class": "administrative",
    "public_holidays": "open",
    "year_end": "open",
    "road_answer": "not_asked",
    "slot_minutes": 30,
    "minimum_minutes": 60,
    "maximum_minutes": 480,
    "notice_minutes": 20_160,
    "horizon_days": 180,
    "turnaround_minutes": 0,
    "lateral_separation_m": 0,
    "vertical_separation_m": 0,
    "no_show_minutes": 0,
    "hold_minutes": 2_880,
    "processing_days": 14,
}
NEW_AREA: Mapping[str, str] = {"mode": "exclusive", "altitude_lower": "0", "altitude_upper": "150"}


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: the text of each field, what is ticked in groups, and a drawn or typed outline."""

    text: Mapping[str, str]
    ticked: Mapping[str, Sequence[str]]
    outline: str = ""
    corners: str = ""

    def as_plan(self) -> bytes:
        """A piece of a plan as the API takes a plan of one; raises InvalidInput for corners that cannot be read."""
        name = {"ja": self.text.get("name_ja", ""), "en": self.text.get("name_en", "")}
        properties = {"kind": self.text.get("kind", ""), "name": name}
        feature = {"type": "Feature", "geometry": self._geometry(), "properties": properties}
        return msgspec.json.encode({"type": "FeatureCollection", "features": [feature]})

    def _geometry(self) -> object:
        try:
            return msgspec.json.decode(self.outline) if self.outline else self._typed_geometry()
        except (msgspec.DecodeError, RecursionError):
            raise InvalidInput([fault("footprint", UNREADABLE)]) from None

    def _typed_geometry(self) -> object:
        points: Any = points_typed(self.corners, "footprint")
        if not points:
            raise InvalidInput([fault("footprint", N_("Please draw the place on the map, or type its corners."))])
        shape = self.text.get("shape", "")
        if shape == "Polygon":
            points = [[*points, points[0]]]
        return {"type": shape, "coordinates": points[0] if shape == "Point" else points}


# --- From what is stored to what the form shows.


def shown(values: Mapping[str, object], shape: BaseGeometry | None) -> Typed:
    """A feature of a file as the form shows it."""
    facilities = parse_facilities(str(values.get("facilities") or ""), "facilities")
    return Typed(
        {
            **{name: _text(value) for name, value in values.items()},
            **_hours_typed(str(values.get("hours") or "")),
            "exceptions": "\n".join(_parts(str(values.get("exceptions") or ""))),
            **{f"facility_{key}": "true" if value is True else _text(value) for key, value in facilities.items()},
        },
        {"uses": _parts(str(values.get("uses") or ""))},
        outline_text(shape),
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def outline_told(shape: BaseGeometry) -> str:
    """A point, a line or a polygon as the map's drawing takes it."""
    kind, coordinates = told_piece(shape)
    return msgspec.json.encode({"type": kind, "coordinates": coordinates}).decode()


def outline_text(shape: BaseGeometry | None) -> str:
    """A single polygon without holes as the map's drawing takes it; nothing of a shape that it cannot change."""
    if shape is None:
        return ""
    several = polygons(shape)
    if len(several) != 1 or several[0].interiors:
        return ""
    return msgspec.json.encode(mapping(several[0])).decode()


def _hours_typed(hours: str) -> dict[str, str]:
    """Each weekday's spans as one text."""
    spans: dict[int, str] = {}
    for part in _parts(hours):
        days, _, times = part.partition(" ")
        first, _, last = days.partition("-")
        for day in range(DAYS.index(first) + 1, DAYS.index(last or first) + 2):
            spans[day] = times
    return {f"hours_{day}": spans.get(day, "") for day in range(1, 8)}


# --- From what was typed to the features of a file.


def typed_in(form: Posted) -> Typed:
    """The form as it was sent."""
    names = set(form.values) - {"uses", "footprint", "corners", "_csrf"}
    return Typed(
        {name: form.text(name) for name in names},
        {"uses": form.chosen("uses")},
        form.text("footprint"),
        form.text("corners"),
    )


def site_of(before: Feature, typed: Typed, part: str) -> Feature:
    """The site with one part of it as it was typed; raises InvalidInput for an outline that cannot be read."""
    return _feature(before, typed, PARTS[part])


def new_site(typed: Typed, owner: str) -> Feature:
    """A site that is new, not published; raises InvalidInput for an outline that cannot be read."""
    slug = typed.text.get("slug", "").strip() or short_name(typed.text.get("name_en", ""))
    blank = Feature({**NEW, "slug": slug, "owner": owner}, None)
    return _feature(blank, typed, PARTS["edit"])


def area_of(before: Feature | None, typed: Typed, site: str, taken: Iterable[str]) -> Feature:
    """An area as it was typed; a new one without a short name gets one that is not `taken`."""
    told = typed.text.get("slug", "").strip() or short_name(typed.text.get("name_en", ""), taken)
    slug = str(before.values["slug"]) if before else told
    feature = before or Feature({"kind": AN_AREA, "site": site}, None)
    return _feature(replace(feature, values={**feature.values, "slug": slug}), typed, AREA_FIELDS[1:])


def short_name(name: str, taken: Iterable[str] = ()) -> str:
    """A slug made of a name in English, with a number where it is `taken`."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()[:200]).strip("-")[:58].rstrip("-") or "area"
    others = set(taken)
    return next(one for one in (stem, *(f"{stem}-{number}" for number in range(2, 5000))) if one not in others)


def _feature(before: Feature, typed: Typed, fields: Sequence[str]) -> Feature:
    values = {name: _value(name, typed) for name in fields if name != "geometry"}
    shape = _outline(before.shape, typed) if "geometry" in fields else before.shape
    return Feature({**before.values, **values}, shape)


def _value(name: str, typed: Typed) -> Any:
    match name:
        case "uses":
            return "; ".join(typed.ticked.get("uses", ()))
        case "hours":
            days = ((DAYS[day - 1], typed.text.get(f"hours_{day}", "").strip()) for day in range(1, 8))
            return "; ".join(f"{day} {times}" for day, times in days if times)
        case "exceptions":
            return "; ".join(typed.text.get(name, "").splitlines())
        case "facilities":
            return "; ".join(
                _facility(key, typed) for key in FACILITIES if typed.text.get(f"facility_{key}", "").strip()
            )
        case _:
            return typed.text.get(name, "")


def _facility(key: str, typed: Typed) -> str:
    told = typed.text[f"facility_{key}"].strip()
    return key if FACILITIES[key].measure is Measure.PRESENCE else f"{key}={told}"


def _outline(before: BaseGeometry | None, typed: Typed) -> BaseGeometry | None:
    """What was drawn; the shape of before where it was left as it is, or could not be shown."""
    if not typed.outline and not typed.corners.strip():
        return before if before is not None and not outline_text(before) else None
    if typed.outline and typed.outline == outline_text(before):
        return before
    return drawn(typed.outline, typed.corners)


# --- From the faults of features to the form's fields.

FIELD_OF = {"geometry": "footprint", "hours": "hours_1"}


def faults_at(error: InvalidInput, feature: int) -> list[Fault]:
    """Faults by the fields of the form of one feature; of the others by their short names, without a field."""
    return [_at(one, feature) for one in error.faults]


def _at(one: Fault, feature: int) -> Fault:
    if not isinstance(one, FeatureFault):
        return replace(one, path=FIELD_OF.get(one.path, one.path))
    if one.feature == feature:
        return Fault(FIELD_OF.get(one.field, one.field), one.message)
    return Fault("", Message(N_("“%(part)s”: %(fault)s"), {"part": one.slug, "fault": one.message}))
