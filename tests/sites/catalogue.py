"""A small catalogue to start from: one site with two areas, as features of a file."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shapely.affinity import translate
from shapely.geometry import Polygon, box, mapping
from shapely.geometry.base import BaseGeometry

from testfields.accounts.rules import Actor, OrganisationKind
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.sites.exchange.features import Feature
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.storing import ImportReport
from testfields.sites.tables import Area, OpeningHours, Site
from tests import factories

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
OWNER = "osaka-pref"
GROUND = Polygon([(135.0, 34.0), (135.011, 34.0005), (135.0125, 34.008), (135.006, 34.0101), (134.9995, 34.007)])
TRACK = Polygon([(135.001, 34.001), (135.01, 34.0012), (135.0105, 34.007), (135.002, 34.0068)])
PAD = box(135.003, 34.002, 135.006, 34.005)

SITE: Mapping[str, object] = {
    "kind": "site",
    "slug": "harbour",
    "owner": OWNER,
    "published": True,
    "sample": True,
    "name_ja": "みなと実証フィールド",
    "name_en": "Harbour test field",
    "description_ja": "岸壁に面した広い舗装面です。",
    "description_en": "A wide paved surface by the quay.",
    "address_ja": "大阪市此花区",
    "address_en": "Konohana-ku, Osaka City",
    "contact": "harbour@example.test",
    "timezone": "Asia/Tokyo",
    "property_class": "administrative",
    "road_answer": "not_road",
    "road_answered_on": "2026-04-01",
    "ground_elevation": 6.5,
    "public_holidays": "open",
    "year_end": "open",
    "facilities": "5g; fence; power_kw=30; surface=asphalt",
    "hours": "Mon-Fri 09:00-17:00; Sat 22:00-26:00",
    "uses": "drone; vehicle",
    "slot_minutes": 30,
    "minimum_minutes": 60,
    "maximum_minutes": 480,
    "notice_minutes": 1440,
    "horizon_days": 180,
    "turnaround_minutes": 30,
    "lateral_separation_m": 12.5,
    "vertical_separation_m": 10,
    "no_show_minutes": 15,
    "hold_minutes": 2880,
    "processing_days": 14,
}
TRACK_AREA: Mapping[str, object] = {
    "kind": "area",
    "slug": "track",
    "site": "harbour",
    "name_ja": "周回路",
    "name_en": "Track",
    "mode": "shared",
    "altitude_lower": 0,
    "altitude_upper": 149.5,
    "surface": "asphalt",
    "width_m": 7.5,
}
PAD_AREA: Mapping[str, object] = {
    "kind": "area",
    "slug": "pad",
    "site": "harbour",
    "parent": "track",
    "name_ja": "離着陸場",
    "name_en": "Take-off pad",
    "mode": "exclusive",
    "altitude_lower": 10,
    "altitude_upper": 120,
    "uses": "drone",
}


def feature(values: Mapping[str, object], shape: BaseGeometry | None, **changes: object) -> Feature:
    """A feature of `values` with `changes`; a change to None takes the value away."""
    return Feature({**values, **changes}, shape)


def site(shape: BaseGeometry | None = GROUND, **changes: object) -> Feature:
    return feature(SITE, shape, **changes)


def track(shape: BaseGeometry | None = TRACK, **changes: object) -> Feature:
    return feature(TRACK_AREA, shape, **changes)


def pad(shape: BaseGeometry | None = PAD, **changes: object) -> Feature:
    return feature(PAD_AREA, shape, **changes)


def harbour(**changes: object) -> list[Feature]:
    """The whole small catalogue; `changes` go to the site."""
    return [site(**changes), track(), pad()]


def geojson(features: Sequence[Feature]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {name: value for name, value in one.values.items() if value is not None},
                "geometry": None if one.shape is None else mapping(one.shape),
            }
            for one in features
        ],
    }


def write(path: Path, features: Sequence[Feature]) -> Path:
    """A GeoJSON file of `features`, written without the code under test."""
    path.write_text(json.dumps(geojson(features), ensure_ascii=False), encoding="utf-8")
    return path


async def owner(slug: str = OWNER) -> int:
    return await factories.organisation(OrganisationKind.OWNER, slug=slug)


async def stored() -> list[dict[str, object]]:
    """Every site, area and opening, with versions."""
    return [
        row for table in (Site, Area, OpeningHours) for row in await table.select().order_by(table._meta.primary_key)
    ]


async def bring(path: Path, features: Sequence[Feature]) -> ImportReport:
    return await import_file(write(path / "in.geojson", features), None, NOW)


async def refused(path: Path, owner_slug: str | None = None) -> list[str]:
    """Paths of the faults for which a file is refused; nothing is stored of it."""
    before = await stored()
    with pytest.raises(InvalidInput) as refusal:
        await import_file(path, owner_slug, NOW)
    assert await stored() == before
    return [one.path for one in refusal.value.faults]


async def version(slug: str = "harbour") -> int:
    row = await Site.select(Site.version).where(Site.slug == slug).first()
    assert row is not None
    return int(row["version"])


# --- The same harbour open day and night, and applications there

ALWAYS = {"hours": "Mon-Sun 00:00-24:00", "notice_minutes": 0, "turnaround_minutes": 0, "lateral_separation_m": 0}
LAWN = translate(box(135.003, 34.002, 135.006, 34.005), yoff=0.003)


def lawn(shape: BaseGeometry = LAWN, **changes: object) -> Feature:
    """An area beside the pad, for one at a time."""
    return feature(TRACK_AREA, shape, slug="lawn", name_ja="芝生", name_en="Lawn", mode="exclusive", **changes)


def always_open(*areas: Feature, **changes: object) -> list[Feature]:
    """The harbour, open day and night, with `changes`; a track and a lawn unless other areas are named."""
    return [site(**{**ALWAYS, **changes}), *(areas or (track(), lawn()))]


async def area_id(slug: str) -> int:
    row = await Area.select(Area.id).where(Area.slug == slug).first()
    assert row is not None
    return int(row["id"])


async def apply(
    company: Actor, area: str, hour: float = 20, days: int = 5, action: Action = Action.SUBMIT, **asked: Any
) -> int:
    """An application of the company's for two hours; its number."""
    volume = Asked(factories.period(hour, 2, days), **asked)
    application = Application(await factories.project(company), await area_id(area), (volume,), action)
    return (await filing.file(company, application, now())).id
