"""Closures over each other: each takes what the others leave, and where one goes, the others close what it closed."""

import random
from datetime import timedelta

import asyncpg
import pytest
from shapely.geometry import MultiPolygon, Point, box

from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.closures import service as closures
from testfields.closures.grounds import Scope, Wanted
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.core.errors import Taken, WrongState
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.db.values import to_period
from testfields.reservations import checking, filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.sites.tables import Area, Site
from tests import factories
from tests.closures.test_displacing import apply, shut, slug_of, state_of

GROUND = factories.square(136, 33)


async def overlaps(site_id: int) -> int:
    """How many pairs of claims share ground, height and time."""
    async with DB.connection() as connection:
        return int(
            await connection.fetchval(
                """
                SELECT count(*) FROM claim one JOIN claim other
                  ON other.site_id = one.site_id AND other.id < one.id AND other.period && one.period
                 AND other.altitude && one.altitude AND ST_Relate(other.footprint, one.footprint, 'T********')
                WHERE one.site_id = $1
                """,
                site_id,
            )
        )


async def fits(field: factories.Field, period: Period) -> bool:
    """Whether somebody could book the whole field then; it is withdrawn at once."""
    company = await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(period),))
    return (await checking.check(company, application, now())).fits


async def test_works_in_one_area_do_not_hinder_the_closing_of_all(db: None) -> None:
    field = await factories.field(geometry=GROUND)
    corner = await factories.area(field.site_id, factories.square(136, 33, 0.003), slug="corner")
    works = await shut(field, factories.period(8, 4), area="corner")
    storm = await shut(field, factories.period(6, 16))

    assert await overlaps(field.site_id) == 0
    assert await Claim.count().where(Claim.source_id == storm.id) == 3
    # The works end early, and the storm goes on there.
    await closures.lift(field.approver, works.id, None, now())
    assert await overlaps(field.site_id) == 0
    in_the_corner = Asked(factories.period(9), area_id=corner)
    company = await factories.company()
    with pytest.raises(Taken):
        await filing.file(company, Application(await factories.project(company), corner, (in_the_corner,)), now())
    await closures.lift(field.approver, storm.id, None, now())
    assert await Claim.count().where(Claim.site_id == field.site_id) == 0
    assert await fits(field, factories.period(9))


async def test_who_waits_is_offered_what_no_closure_closes_any_more(db: None) -> None:
    field = await factories.field()
    morning, all_day = await shut(field, factories.period(8, 4)), await shut(field, factories.period(8, 10))
    waits = await apply(field, await factories.company(), factories.period(9), action=Action.WAIT)
    await closures.lift(field.approver, morning.id, None, now())
    assert (await state_of(waits)) == "waiting"
    await closures.lift(field.approver, all_day.id, None, now())
    assert (await state_of(waits)) == "held"


async def test_what_is_closed_as_a_whole_is_not_closed_again(db: None) -> None:
    field = await factories.field(geometry=GROUND)
    await factories.area(field.site_id, factories.square(136, 33, 0.003), slug="corner")
    await shut(field, factories.period(8, 4))
    with pytest.raises(WrongState):
        await shut(field, factories.period(9, 2), area="corner")
    assert await Closure.count() == 1
    # Beside others, what adds nothing may be named too, and closes by itself later on.
    other = await factories.site(field.owner_id)
    scope = Scope((Wanted(await slug_of(field.site_id), "corner"), Wanted(await slug_of(other))))
    both = await shut(field, factories.period(9, 2), scope=scope)
    assert len(both.closures) == 2
    assert await Claim.count().where(Claim.source_id == both.id) == 0


async def test_the_database_keeps_closed_what_is_closed(own_db: str) -> None:
    field = await factories.field()
    closed = await shut(field, factories.period(8, 4))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="does not fit"):
        await Claim.delete().where(Claim.source_id == closed.id)


@pytest.mark.parametrize("seed", range(3))
async def test_all_that_is_closed_is_closed_once_whatever_comes_and_goes(db: None, seed: int) -> None:
    chance = random.Random(seed)
    field = await factories.field(geometry=GROUND)
    slug = await slug_of(field.site_id)
    standing: dict[int, tuple[MultiPolygon, Period]] = {}

    async def close() -> None:
        west, south = (chance.randrange(0, 7) / 1000 for _ in range(2))
        width, height = (chance.randrange(1, 4) / 1000 for _ in range(2))
        drawn = MultiPolygon([box(136 + west, 33 + south, 136 + west + width, 33 + south + height)])
        period = factories.period(chance.randrange(6, 14), chance.randrange(1, 8))
        try:
            closed = await shut(field, period, scope=Scope((Wanted(slug, None, drawn),)))
        except WrongState:
            return
        standing[closed.id] = (drawn, period)

    for _ in range(14):
        if standing and chance.random() < 0.35:
            gone = chance.choice(list(standing))
            await closures.lift(field.approver, gone, None, now())
            del standing[gone]
        else:
            await close()

    assert await overlaps(field.site_id) == 0
    rows = await Claim.select(Claim.footprint, Claim.period).where(Claim.site_id == field.site_id)
    claims = [(row["footprint"], to_period(row["period"])) for row in rows]
    for _ in range(400):
        # Not at the edges, which are a hand's breadth wide.
        spot = Point(136 + (chance.randrange(0, 100) + 0.5) / 10000, 33 + (chance.randrange(0, 100) + 0.5) / 10000)
        at = factories.tomorrow(6) + timedelta(minutes=30 * chance.randrange(0, 32) + 15)

        def covers(shape: MultiPolygon, period: Period, spot: Point = spot, at: object = at) -> bool:
            return shape.contains(spot) and period.start <= at < period.end

        assert any(covers(*one) for one in standing.values()) == any(covers(*one) for one in claims)


async def test_closures_over_each_other_follow_the_ground(own_db: str) -> None:
    field = await factories.field(geometry=GROUND)
    corner = await factories.area(field.site_id, factories.square(136, 33, 0.003), slug="corner")
    await shut(field, factories.period(8, 4), area="corner")
    await shut(field, factories.period(6, 16))
    await Area.update({Area.geometry: factories.square(136, 33, 0.005)}).where(Area.id == corner)
    assert await overlaps(field.site_id) == 0
    await Site.update({Site.geometry: factories.square(136, 33, 0.008)}).where(Site.id == field.site_id)
    assert await overlaps(field.site_id) == 0
    async with DB.connection() as connection:
        outside = await connection.fetchval(
            "SELECT count(*) FROM claim JOIN site ON site.id = claim.site_id"
            " WHERE NOT is_inside(claim.footprint, site.geometry)"
        )
    assert outside == 0
