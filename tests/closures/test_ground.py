"""What is closed follows the ground: an import that changes an outline takes closures along, or is refused by name."""

from pathlib import Path

import pytest
from shapely.affinity import scale
from shapely.geometry import MultiPolygon, box

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.availability.tables import Claim
from testfields.closures import service as closures
from testfields.closures.grounds import Scope, Wanted
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.db.engine import DB
from testfields.events.tables import Event
from testfields.sites.exchange.importing import import_file
from tests import factories
from tests.sites.catalogue import ALWAYS, GROUND, TRACK, always_open, apply, bring, lawn, owner, site, track, write


async def staff(owner_id: int) -> Actor:
    return await factories.person(owner_id, OrganisationKind.OWNER, MemberRole.APPROVER)


async def shut(actor: Actor, area: str | None, drawn: MultiPolygon | None = None, days: int = 1) -> int:
    scope = Scope((Wanted("harbour", area, drawn),))
    closing = Closing(scope, ClosureKind.WORKS, "工事", "Works", factories.period(9, days=days))
    return (await closures.close(actor, closing, now())).id


async def is_as_its_ground(closure_id: int) -> bool:
    """Whether a closure's claim is the ground of its place as it is stored."""
    async with DB.connection() as connection:
        return bool(
            await connection.fetchval(
                """
                SELECT ST_Equals(claim.footprint, coalesce(area.ground, site.ground))
                FROM closure JOIN site ON site.id = closure.site_id LEFT JOIN area ON area.id = closure.area_id
                JOIN claim ON claim.source_kind = 'closure' AND claim.source_id = closure.id
                WHERE closure.id = $1
                """,
                closure_id,
            )
        )


async def test_a_closure_follows_the_outline_of_its_area_and_of_its_site(db: None, tmp_path: Path) -> None:
    actor = await staff(await owner())
    await bring(tmp_path, always_open())
    of_area, of_site = await shut(actor, "track"), await shut(actor, None, days=2)

    await bring(tmp_path, always_open(track(scale(TRACK, 0.8, 0.8)), lawn()))
    assert await is_as_its_ground(of_area)
    # A site that shrinks under a closure, and an area that grows with it.
    await bring(tmp_path, [site(scale(GROUND, 0.97, 0.97), **ALWAYS), track(scale(TRACK, 0.9, 0.9)), lawn()])

    assert await is_as_its_ground(of_area)
    assert await is_as_its_ground(of_site)


async def test_areas_that_exchange_ground_take_their_closures_along(db: None, tmp_path: Path) -> None:
    actor = await staff(await owner())
    west, east = box(135.002, 34.002, 135.004, 34.005), box(135.004, 34.002, 135.008, 34.005)
    await bring(tmp_path, always_open(track(west), lawn(shape=east)))
    closed = [await shut(actor, "track"), await shut(actor, "lawn")]
    west, east = box(135.002, 34.002, 135.006, 34.005), box(135.006, 34.002, 135.008, 34.005)
    await bring(tmp_path, always_open(track(west), lawn(shape=east)))
    assert [await is_as_its_ground(one) for one in closed] == [True, True]


@pytest.mark.parametrize("only_try", [False, True])
async def test_a_closure_that_would_meet_a_booking_refuses_the_outline_by_name(
    db: None, tmp_path: Path, only_try: bool
) -> None:
    actor = await staff(await owner())
    west, east = box(135.002, 34.002, 135.004, 34.005), box(135.004, 34.002, 135.008, 34.005)
    await bring(tmp_path, always_open(track(west), lawn(shape=east)))
    booked = await apply(
        await factories.company(), "lawn", 9, 1, footprint=MultiPolygon([box(135.0041, 34.002, 135.005, 34.003)])
    )
    closed = await shut(actor, "track")

    wider = write(
        tmp_path / "wider.geojson", always_open(track(box(135.002, 34.002, 135.0045, 34.005)), lawn(shape=east))
    )
    with pytest.raises(InvalidInput) as refused:
        await import_file(wider, None, now(), only_try=only_try)

    (fault,) = refused.value.faults
    assert (fault.path, fault.message.values) == (
        "features[1].geometry",
        {"closure": closed, "count": 1, "numbers": str(booked)},
    )
    assert await is_as_its_ground(closed)


async def test_what_is_left_of_a_drawn_part_stays_closed_and_one_without_ground_is_lifted(
    db: None, tmp_path: Path
) -> None:
    actor = await staff(await owner())
    await bring(tmp_path, always_open())
    corner, middle = (
        MultiPolygon([box(135.0002, 34.001, 135.0009, 34.002)]),
        MultiPolygon([box(135.0008, 34.004, 135.003, 34.005)]),
    )
    gone, kept = await shut(actor, None, corner), await shut(actor, None, middle)

    smaller = [site(GROUND.intersection(box(135.001, 33, 136, 35)), **ALWAYS), track(), lawn()]
    tried = await import_file(write(tmp_path / "smaller.geojson", smaller), None, now(), only_try=True)
    assert await Closure.count().where(Closure.lifted_at.is_not_null()) == 0
    done = await bring(tmp_path, smaller)

    # Whoever brings it in is told, also beforehand.
    (one,) = done.lifted
    assert (one.number, one.site, one.area_en, one.reason_en) == (gone, "harbour", None, "Works")
    assert one.period == factories.period(9)
    assert tried.lifted == done.lifted
    again = await bring(tmp_path, [site(GROUND.intersection(box(135.001, 33, 136, 35))), track(), lawn()])
    assert (again.changed, again.lifted) == (("harbour",), ())
    assert await Claim.count().where(Claim.source_id == gone) == 0
    rows = await Closure.select(Closure.id).where(Closure.lifted_at.is_not_null())
    assert [row["id"] for row in rows] == [gone]
    told = await Event.select(Event.action).where(Event.subject == "closure", Event.subject_id == gone)
    assert [one["action"] for one in told] == ["close", "lift"]
    (claim,) = await Claim.select(Claim.footprint).where(Claim.source_id == kept)
    assert 135.001 <= claim["footprint"].bounds[0] < 135.00101
