"""Separation holds on one ground, whichever of its areas a volume was asked for in; neighbours keep none."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import Taken
from testfields.core.volumes import AltitudeBand
from testfields.db.engine import DB
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.reviews import service as reviews
from testfields.reviews.rules import Shown
from testfields.reviews.service import QueueQuery
from testfields.sites.tables import Area
from tests import factories

# One metre east at 34.6° north.
METRE = 1 / 91_700
EDGE = 135.004
LOW = AltitudeBand(Decimal(0), Decimal(50))


def strip(west_m: float, east_m: float) -> MultiPolygon:
    """A rectangle between two distances from the line where the track ends, in metres; east is positive."""
    return MultiPolygon([box(EDGE + west_m * METRE, 34.603, EDGE + east_m * METRE, 34.607)])


@dataclass(frozen=True)
class Ground:
    """A site whose separation is 20 m: a whole field, a track west of the line, and a lawn east of it."""

    field: factories.Field
    whole: int
    track: int
    lawn: int


async def ground(whole: str = "shared") -> Ground:
    footprint = factories.square(south=34.6)
    field = await factories.field(footprint=footprint, lateral_separation_m=Decimal(20))
    west, south, east, north = footprint.bounds
    return Ground(
        field,
        await factories.area(field.site_id, footprint, mode=whole),
        await factories.area(field.site_id, MultiPolygon([box(west, south, EDGE, north)]), mode="shared"),
        await factories.area(field.site_id, MultiPolygon([box(EDGE, south, east, north)]), mode="shared"),
    )


async def book(company: Actor, area_id: int, footprint: MultiPolygon | None, action: Action = Action.SUBMIT) -> int:
    asked = (Asked(factories.period(9), footprint, LOW),)
    application = Application(await factories.project(company), area_id, asked, action)
    return (await filing.file(company, application, now())).id


@pytest.mark.parametrize("first", ["track", "whole"])
@pytest.mark.parametrize("second", ["lawn", "whole"])
async def test_it_holds_between_areas_that_one_shared_area_contains(db: None, first: str, second: str) -> None:
    place, company = await ground(), await factories.company()
    await book(company, vars(place)[first], strip(-50, 0))

    with pytest.raises(Taken):
        await book(await factories.company(), vars(place)[second], strip(19, 60))

    await book(await factories.company(), vars(place)[second], strip(21, 60))


async def test_a_whole_area_keeps_it_as_well(db: None) -> None:
    place = await ground()
    await book(await factories.company(), place.track, None)

    with pytest.raises(Taken):
        await book(await factories.company(), place.whole, strip(19, 60))

    await book(await factories.company(), place.whole, strip(21, 60))


async def test_neighbours_that_share_only_an_edge_keep_none(db: None) -> None:
    place = await ground(whole="exclusive")
    await book(await factories.company(), place.track, strip(-50, 0))

    await book(await factories.company(), place.lawn, strip(0, 60))


async def test_who_waits_is_a_rival_by_the_same_measure(db: None) -> None:
    place = await ground()
    await book(await factories.company(), place.track, strip(-50, 0))
    near, far = await factories.company(), await factories.company()
    waiting = [
        await book(near, place.whole, strip(19, 60), Action.WAIT),
        await book(far, place.whole, strip(81, 90), Action.WAIT),
    ]

    rows = {row["id"]: row["rivals"] for row in await reviews.queue(place.field.approver, QueueQuery(Shown.ALL), now())}

    assert [rows[one] for one in waiting] == [1, 0]


@pytest.mark.parametrize("stands", [True, False])
async def test_a_retired_area_counts_as_long_as_something_stands_in_it(db: None, stands: bool) -> None:
    here, company = await ground(), await factories.company()
    if stands:
        await book(company, here.whole, strip(15, 25))
    await Area.update({Area.retired_at: now()}).where(Area.id == here.whole)
    if not stands:
        await book(company, here.lawn, strip(15, 25))

    if stands:
        with pytest.raises(Taken):
            await book(company, here.track, strip(-4, -1))
    else:
        await book(company, here.track, strip(-4, -1))


@pytest.mark.parametrize("metres", [0.5, 15, 60])
async def test_an_outline_that_winds_is_widened_as_far_as_a_plain_one(db: None, metres: float) -> None:
    """Of many points it goes in steps, since the arcs around its corners would cross each other by the thousands."""
    teeth = [(east * 2.0, (0, 80, 80, 0)[east % 4]) for east in range(240)]
    comb = Polygon([*teeth, (480, -5), (0, -5)])
    async with DB.connection() as connection:
        apart = await connection.fetchval(
            "SELECT ST_HausdorffDistance(spread(ST_GeomFromText($1), $2), ST_Buffer(ST_GeomFromText($1), $2))",
            comb.wkt,
            metres,
        )
    assert apart < 0.03 + metres / 200
