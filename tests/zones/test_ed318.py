"""Zones in ED-318: what is read, what is refused by feature and field; the files keep to the standard."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from uas_standards.eurocae_ed318 import ED318Schema

from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.sites.rules import FeatureFault
from testfields.zones import queries
from testfields.zones.importing import Wanted, import_layer
from tests.zones.test_importing import LAYER

PLACE = [135.5, 34.7]
ZONE: dict[str, Any] = {
    "type": "Feature",
    "properties": {
        "identifier": "JPN0001",
        "country": "JPN",
        "name": [{"lang": "ja-JP", "text": "港の上空"}, {"lang": "en-GB", "text": "Above the port"}],
        "type": "REQ_AUTHORIZATION",
        "variant": "COMMON",
        "zoneAuthority": [{"purpose": "AUTHORIZATION"}],
        "limitedApplicability": [
            {
                "startDateTime": "2026-03-31T15:00:00Z",
                "endDateTime": "2026-12-31T14:00:00Z",
                "schedule": [{"day": ["MON", "FRI"], "startTime": "23:00:00Z", "endEvent": "SS"}],
            }
        ],
    },
    "geometry": {
        "type": "Point",
        "coordinates": PLACE,
        "extent": {"subType": "Circle", "radius": 500},
        "layer": {"lower": 0, "lowerReference": "AGL", "upper": 300, "upperReference": "AMSL", "uom": "ft"},
    },
}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[135.5, 34.7], [135.51, 34.7], [135.51, 34.71], [135.5, 34.7]]],
    "layer": {"lower": 30, "lowerReference": "WGS84", "upper": 120, "upperReference": "WGS84", "uom": "m"},
}


def written(folder: Path, *zones: Any, metadata: Any = {"issued": "2026-10-01T00:00:00Z"}) -> tuple[Path, Wanted]:  # noqa: B006
    """A file of these zones, and its layer beside it."""
    path, layer = folder / "zones.json", folder / "layer.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "metadata": metadata, "features": zones}))
    layer.write_text(json.dumps({name: value for name, value in LAYER.items() if name != "as_of"}))
    return path, Wanted(layer)


def changed(where: str, value: Any) -> dict[str, Any]:
    """The zone with one member changed, by its path; without it where the value is `...`."""
    zone = deepcopy(ZONE)
    *parents, last = where.split(".")
    holder: Any = zone
    for one in parents:
        holder = holder[int(one)] if isinstance(holder, list) else holder[one]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return zone


async def around() -> list[Any]:
    return await queries.AROUND.rows(shapes=[shapely.box(135.49, 34.69, 135.52, 34.72)], at=now())


async def test_a_zone_is_read_with_its_circle_heights_days_and_hours(db: None, tmp_path: Path) -> None:
    # What is tried here is what the standard says: the judge is another project's reading of it.
    ED318Schema.from_dict({"type": "FeatureCollection", "metadata": {}, "features": [ZONE]})
    published = await import_layer(*written(tmp_path, ZONE), now())
    assert (published.facts.as_of, published.zones) == (date(2026, 10, 1), 1)
    (row,) = await around()
    assert (row["identifier"], row["name_ja"], row["name_en"]) == ("JPN0001", "港の上空", "Above the port")
    assert (row["lower"], float(row["upper"]), row["reference"]) == (None, pytest.approx(91.44), "TP")
    assert (row["first_day"], row["last_day"]) == (date(2026, 4, 1), date(2026, 12, 31))
    # 23:00 UTC on a Monday is 8:00 on Tuesday in Japan.
    assert row["hours"] == "Tue 08:00-sunset; Sat 08:00-sunset"
    west, south, east, north = row["geometry"].bounds
    assert (east - west) / 2 * 91_400 == pytest.approx(500, rel=0.01)
    assert (north - south) / 2 * 110_900 == pytest.approx(500, rel=0.01)


async def test_several_geometries_and_times_are_zones_of_their_own(db: None, tmp_path: Path) -> None:
    zone = changed("geometry", {"type": "GeometryCollection", "geometries": [ZONE["geometry"], SQUARE]})
    zone["properties"]["limitedApplicability"] *= 2
    assert (await import_layer(*written(tmp_path, zone), now())).zones == 4


async def test_what_restricts_nothing_is_passed_over_and_told(db: None, tmp_path: Path) -> None:
    free = changed("properties.type", "NO_RESTRICTION")
    published = await import_layer(*written(tmp_path, ZONE, free), now())
    assert (published.zones, published.passed_over) == (1, ("JPN0001",))


@pytest.mark.parametrize(
    ("where", "value", "field"),
    [
        ("properties.identifier", "TOOLONG8", "identifier"),
        ("properties.country", "FRA", "country"),
        ("properties.type", ..., "type"),
        ("geometry.layer.uom", "yd", "geometry"),
        ("geometry.layer.upper", "high", "geometry"),
        ("geometry.layer.lower", 10, "geometry"),
        ("geometry.extent", ..., "geometry"),
        ("geometry.extent.radius", -1, "geometry"),
        ("geometry.coordinates", ["a", "b"], "geometry"),
        ("geometry.type", "LineString", "geometry"),
        ("properties.limitedApplicability.0.schedule.0.day", ["MOONDAY"], "limitedApplicability"),
        ("properties.limitedApplicability.0.schedule.0.startTime", "8 o'clock", "geometry"),
        ("properties.limitedApplicability.0.schedule.0.endEvent", "EECT", "geometry"),
        ("properties.limitedApplicability.0.startDateTime", "soon", "limitedApplicability"),
    ],
)
async def test_what_does_not_keep_to_it_is_refused_by_feature_and_field(
    db: None, tmp_path: Path, where: str, value: Any, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await import_layer(*written(tmp_path, ZONE, changed(where, value)), now())
    (fault,) = refused.value.faults
    assert isinstance(fault, FeatureFault)
    assert (fault.feature, fault.field) == (1, field)
    assert await around() == []
