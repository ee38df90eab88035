"""A site and its rules in the words of a page: names in the reader's language, numbers with their units."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

import msgspec
from shapely.geometry import shape

from testfields.catalogue.hours import listed, opening_in_words, other_days_in_words
from testfields.core.errors import N_
from testfields.core.local_time import format_date, format_instant
from testfields.core.texts import filled
from testfields.sites.fields import POLICY, SITE_FACTS, Unit
from testfields.sites.plan_routes import PieceFeature, Plan
from testfields.sites.schemas import AreaView, PhotoSize, SiteView, WholeSiteView
from testfields.sites.service import AreaBand
from testfields.sites.vocabulary import (
    FACILITIES,
    MODES,
    PLACES,
    PLAN_KINDS,
    PLAN_SIGNS,
    PROPERTY_CLASSES,
    ROAD_ANSWERS,
    SURFACES,
    USES,
    FacilityValue,
    Mode,
    PropertyClass,
    RoadAnswer,
)
from testfields.web import locale
from testfields.web.words import Word, stay_in_words, word

# What each class means to who wants to use the land (地方自治法 238条の4第7項, 238条の5第1項).
PROPERTY_MEANS = {
    PropertyClass.ADMINISTRATIVE: N_("Land in public use. The owner gives a permit to use it."),
    PropertyClass.ORDINARY: N_("Land not in public use. The owner leases it by contract."),
}


@dataclass(frozen=True)
class Fact:
    """A line of the table of facts."""

    label: str
    text: str


@dataclass(frozen=True)
class Photo:
    """A photo as a page shows it: its smallest and largest file, and `sizes` as the attribute `srcset` takes them."""

    text: str
    small: PhotoSize
    large: PhotoSize
    srcset: str


@dataclass(frozen=True)
class Place:
    """A facility with a place on the ground, in degrees of latitude and longitude."""

    icon: str
    text: str
    at: str


@dataclass(frozen=True)
class SiteRow:
    """A site as the list shows it; `free` is its next free time, empty where there is none in sight."""

    slug: str
    href: str
    apply: str
    name: str
    owner: str
    size: str
    uses: list[Word]
    facilities: str
    heights: str
    free: str
    takes_applications: bool
    sample: bool
    published: bool
    photo: Photo | None


@dataclass(frozen=True)
class AreaRow:
    """An area as the list beside the map shows it; `inside` names the area it lies in."""

    id: int
    slug: str
    name: str
    inside: str
    mode: str
    mode_means: str
    size: str
    ground: str
    heights: str
    above_sea: str
    uses: list[Word]


def site_row(
    site: SiteView, bands: Sequence[AreaBand], starts: Mapping[int, datetime], day: str, wanted: Mapping[str, str]
) -> SiteRow:
    """A row of the list; `starts` is each area's next free time, `day` the day looked for, to open the calendar at.

    `wanted` is what an application is filled in with, where a whole time was looked for; the site's page keeps it.
    """
    places = [one.id for one in bands if one.id in starts]
    free = [starts[one] for one in places]
    opens = {**({"from": day} if day else {}), **wanted}
    heights = (min(one.lower for one in bands), max(one.upper for one in bands)) if bands else None
    return SiteRow(
        slug=site.slug,
        href=f"/sites/{site.slug}{'?' if opens else ''}{urlencode(opens, safe=':')}",
        apply=f"/my/apply?{urlencode({'area': places[0], **wanted}, safe=':')}" if places and wanted else "",
        name=locale.in_words(site.name),
        owner=locale.in_words(site.owner.name),
        size=size_in_words(site.area_m2),
        uses=use_words(site.uses),
        facilities=facilities_in_words(site.facilities),
        heights=heights_in_words(*heights) if heights else "",
        free=format_instant(min(free), site.timezone, locale.current()) if free else "",
        takes_applications=site.takes_applications,
        sample=site.sample,
        published=site.published,
        photo=next(iter(photos_of(site)), None),
    )


def photos_of(site: SiteView) -> list[Photo]:
    """The photos in their owner's order."""
    return [
        Photo(
            text=locale.in_words(one.description),
            small=one.sizes[0],
            large=one.sizes[-1],
            srcset=", ".join(f"{size.url} {size.width}w" for size in one.sizes),
        )
        for one in site.photos
    ]


def places_of(plan: Plan) -> list[Place]:
    """Facilities that have a place in a plan, kind by kind, each as its kind and its name."""
    pieces = sorted(
        (one for one in plan.features if one.properties.kind in PLACES),
        key=lambda one: PLACES.index(one.properties.kind),
    )
    return [_place(one) for one in pieces]


def _place(one: PieceFeature) -> Place:
    kind = locale.in_words(PLAN_KINDS[one.properties.kind])
    name = locale.in_words(one.properties.name) if one.properties.name else ""
    point = shape(msgspec.to_builtins(one.geometry)).representative_point()
    text = locale.translate(N_("%(kind)s: %(name)s"), None, kind=kind, name=name) if name else kind
    return Place(PLAN_SIGNS[one.properties.kind], text, f"{point.y:.6f},{point.x:.6f}")


def area_rows(site: WholeSiteView) -> list[AreaRow]:
    """The areas in their owner's order."""
    names = {one.slug: locale.in_words(one.name) for one in site.areas}
    return [_area_row(one, names) for one in site.areas]


def _area_row(area: AreaView, names: Mapping[str, str]) -> AreaRow:
    width = _said(N_("%(width)s m wide"), width=f"{area.width_m:g}") if area.width_m else ""
    return AreaRow(
        id=area.id,
        slug=area.slug,
        name=locale.in_words(area.name),
        inside=names[area.parent] if area.parent else "",
        mode=locale.in_words(MODES[area.mode]),
        mode_means=_said(
            N_("One company at a time, over all heights")
            if area.mode is Mode.EXCLUSIVE
            else N_("Several at once, each in a part or at a height of its own")
        ),
        size=size_in_words(area.area_m2),
        ground=listed([locale.in_words(SURFACES[area.surface]) if area.surface else "", width]),
        heights=heights_in_words(area.altitude.lower, area.altitude.upper),
        above_sea=_above_sea(area),
        uses=use_words(area.uses),
    )


def use_words(uses: Sequence[str]) -> list[Word]:
    """Uses with their labels."""
    return [word(use, USES) for use in uses]


def size_in_words(square_metres: float) -> str:
    """Hectares from one hectare up, else square metres."""
    if square_metres >= 10_000:
        return f"{square_metres / 10_000:,.1f} ha"
    return f"{square_metres:,.0f} m²"


def heights_in_words(lower: Decimal | float, upper: Decimal | float) -> str:
    """A band of heights; metres above ground."""
    return _said(N_("%(lower)s–%(upper)s m above ground"), lower=f"{float(lower):g}", upper=f"{float(upper):g}")


def _above_sea(area: AreaView) -> str:
    """Empty where the height of the ground is not known."""
    if area.above_sea is None:
        return ""
    lower, upper = f"{area.above_sea.lower:g}", f"{area.above_sea.upper:g}"
    return _said(N_("%(lower)s–%(upper)s m above sea level"), lower=lower, upper=upper)


def facilities_in_words(facilities: Mapping[str, FacilityValue]) -> str:
    """What the site offers, in the vocabulary's order."""
    return listed([facility_in_words(key, facilities[key]) for key in FACILITIES if key in facilities])


def facility_in_words(key: str, value: FacilityValue) -> str:
    """One facility with its number or its surface; the number of things is told without a unit in English."""
    facility = FACILITIES[key]
    label = locale.in_words(facility.label)
    if value is True:
        return label
    if isinstance(value, str):
        return f"{label} {locale.in_words(SURFACES[value])}"
    unit = facility.unit if locale.current() == "ja" or facility.unit.isascii() else ""
    return f"{label} {value:g} {unit}".strip()


def facts_of(site: WholeSiteView, today: date) -> list[Fact]:
    """What whoever looks for a place asks first, as a table."""
    surface, width = site.facilities.get("surface"), site.facilities.get("width_m")
    offered = {key: value for key, value in site.facilities.items() if key not in {"surface", "width_m"}}
    told = {
        N_("Owner of the land"): locale.in_words(site.owner.name),
        N_("Where the field is"): locale.in_words(site.address),
        N_("Size"): _size_in_both(site.area_m2),
        N_("Surface"): locale.in_words(SURFACES[surface]) if isinstance(surface, str) else "",
        N_("Width"): f"{width:g} m" if width else "",
        N_("Height limit"): _height_limit(site.areas),
        N_("Allowed uses"): listed([use.label for use in use_words(site.uses)]),
        N_("Facilities"): facilities_in_words(offered),
        N_("Opening hours"): opening_in_words(site),
    }
    other = other_days_in_words(site, today)
    return _facts([*told.items(), *([(N_("Days with other hours"), other)] if other else [])])


def technical_facts_of(site: WholeSiteView) -> list[Fact]:
    """What surveyors and lawyers ask besides: what the land is by law, and its heights."""
    told = {
        N_("Class of property"): _listed_sentence(
            locale.in_words(PROPERTY_CLASSES[site.property_class]), _said(PROPERTY_MEANS[site.property_class])
        ),
        N_("Is it a road? Answer of the police"): _road(site),
    }
    further = (Fact(label, text or _said(N_("Not given"))) for label, text in _further(site))
    return [*_facts(told.items()), *further, *_facts([(N_("Geoid height"), _geoid(site))])]


def _geoid(site: WholeSiteView) -> str:
    if site.geoid is None:
        return ""
    return _said(
        N_("%(height)s m above the ellipsoid (computed by %(model)s for the middle of the field)"),
        height=f"{site.geoid.height_m:.2f}",
        model=site.geoid.model,
    )


def _facts(told: Iterable[tuple[str, str]]) -> list[Fact]:
    return [Fact(locale.translate(label), text or _said(N_("Not given"))) for label, text in told]


def _further(site: SiteView) -> Iterator[tuple[str, str]]:
    """What the table of facts has words for, with its label."""
    for name, row in SITE_FACTS.items():
        if row.field.label and row.field.says:
            words = {name: _number(getattr(site, name), row.field.unit)}
            yield (
                locale.in_words(row.field.label),
                filled(locale.in_words(row.field.says), words) if words[name] else "",
            )


def _size_in_both(square_metres: float) -> str:
    return f"{square_metres / 10_000:,.2f} ha ({square_metres:,.0f} m²)"


def _height_limit(areas: Sequence[AreaView]) -> str:
    return (
        _said(N_("%(metres)s m above ground"), metres=f"{max(one.altitude.upper for one in areas):g}") if areas else ""
    )


def _road(site: SiteView) -> str:
    answer = locale.in_words(ROAD_ANSWERS[site.road.answer])
    if site.road.answer is RoadAnswer.NOT_ASKED:
        return _listed_sentence(answer, _said(N_("Ask the owner before a trial with vehicles.")))
    if site.road.answered_on is None:
        return answer
    return _said(
        N_("%(answer)s (answered on %(day)s)"), answer=answer, day=format_date(site.road.answered_on, locale.current())
    )


def constraints_of(site: WholeSiteView) -> list[str]:
    """How the site may be booked, as the table of its policy says it; what is 0 or not there is no rule."""
    words = {name: _number(getattr(site.policy, name), row.field.unit) for name, row in POLICY.items()}
    said = [row.field.says for name, row in POLICY.items() if getattr(site.policy, name)]
    return [filled(locale.in_words(one), words) for one in said if one]


def _number(number: float | None, unit: Unit | None) -> str:
    if number is None:
        return ""
    return stay_in_words(int(number)) if unit is Unit.MINUTES else f"{number:g}"


def _listed_sentence(word: str, sentence: str) -> str:
    return f"{word}。{sentence}" if locale.current() == "ja" else f"{word}. {sentence}"


def _said(text: str, **values: object) -> str:
    return locale.translate(text, None, **values)
