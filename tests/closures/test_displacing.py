"""A closure that displaces: what becomes of each application that it meets, and of the rest."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asyncpg import Range
from httpx import AsyncClient
from shapely.geometry import MultiPolygon, box

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.closures import service as closures
from testfields.closures.grounds import Scope, Wanted, one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing, Entered
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, Taken, WrongState
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.db.engine import DB
from testfields.db.values import to_period
from testfields.events.service import broken_chains
from testfields.events.tables import Event
from testfields.reservations import day, filing, reading, rescheduling, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.stays import StayState
from testfields.reservations.tables import Reservation
from testfields.sites.tables import Area, Site
from tests import factories

S, T = State, StayState
HOUR = timedelta(hours=1)
REASON = "台風のため\nA typhoon"


async def slug_of(site_id: int) -> str:
    row = await Site.select(Site.slug).where(Site.id == site_id).first()
    assert row is not None
    return str(row["slug"])


async def shut(
    field: factories.Field,
    period: Period,
    *,
    area: str | None = None,
    scope: Scope | None = None,
    at: datetime | None = None,
    displaces: bool = True,
) -> Entered:
    """A typhoon closes what is named, by default the whole site."""
    scope = scope or one_place(await slug_of(field.site_id), area)
    closing = Closing(scope, ClosureKind.WEATHER, "台風のため", "A typhoon", period, displaces)
    return await closures.close(field.approver, closing, at or now())


async def apply(
    field: factories.Field,
    company: Actor,
    *periods: Period,
    action: Action = Action.SUBMIT,
    altitudes: tuple[AltitudeBand | None, ...] = (),
    at: datetime | None = None,
) -> int:
    bands = altitudes or (None,) * len(periods)
    asked = tuple(Asked(one, altitude=band) for one, band in zip(periods, bands, strict=True))
    application = Application(await factories.project(company), field.area_id, asked, action)
    return (await filing.file(company, application, at or now())).id


async def permitted(field: factories.Field, company: Actor, *periods: Period, at: datetime | None = None) -> int:
    number = await apply(field, company, *periods, at=at)
    await steps.act(field.approver, number, Step(Action.APPROVE), at or now())
    await steps.act(None, number, Step(Action.CONFIRM), at or now())
    return number


async def state_of(number: int) -> State:
    row = await Reservation.select(Reservation.state).where(Reservation.id == number).first()
    assert row is not None
    return State(row["state"])


async def stays_of(number: int) -> list[tuple[StayState, Period]]:
    return [(one.state, one.period) for one in await day.stays_of(number)]


async def claims(site_id: int) -> set[tuple[str, int, Period]]:
    rows = await Claim.select(Claim.source_kind, Claim.source_id, Claim.period).where(Claim.site_id == site_id)
    return {(row["source_kind"], row["source_id"], to_period(row["period"])) for row in rows}


async def last_event(number: int) -> dict[str, object]:
    row = (
        await Event.select()
        .where(Event.subject == "reservation", Event.subject_id == number)
        .order_by(Event.sequence, ascending=False)
        .first()
        .output(load_json=True)
    )
    assert row is not None
    return row


async def stands(field: factories.Field, company: Actor, state: State, period: Period) -> int:
    """An application in that state."""
    if state in {S.HELD, S.WAITING}:
        if state is S.WAITING:
            await shut(field, period, displaces=False)
        return await apply(field, company, period, action=Action.HOLD if state is S.HELD else Action.WAIT)
    number = await apply(field, company, period)
    if state is S.RETURNED:
        await steps.act(field.reviewer, number, Step(Action.RETURN, reason="時間を変えてください"), now())
    if state in {S.APPROVED, S.CONFIRMED}:
        await steps.act(field.approver, number, Step(Action.APPROVE), now())
    if state is S.CONFIRMED:
        await steps.act(None, number, Step(Action.CONFIRM), now())
    return number


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (S.HELD, S.REJECTED),
        (S.SUBMITTED, S.REJECTED),
        (S.RETURNED, S.REJECTED),
        (S.APPROVED, S.REVOKED),
        (S.CONFIRMED, S.REVOKED),
    ],
)
async def test_whatever_stands_there_is_displaced_with_the_reason(db: None, state: State, to: State) -> None:
    field, company = await factories.field(), await factories.company()
    number = await stands(field, company, state, factories.period(9))

    closed = await shut(field, factories.period(8, 4))

    assert closed.displaced == (number,)
    assert await state_of(number) is to
    assert [one for one, _ in await stays_of(number)] == [T.DISPLACED]
    assert await claims(field.site_id) == {("closure", closed.id, factories.period(8, 4))}
    told = await last_event(number)
    about = (told["action"], told["from_state"], told["to_state"], told["reason"], told["actor_role"])
    assert about == ("displace", state, to, REASON, "approver")
    assert isinstance(told["details"], dict)
    assert told["details"]["closing"] == closed.id
    assert await broken_chains() == []


async def test_without_the_wish_nothing_is_displaced(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(9))
    with pytest.raises(Taken):
        await shut(field, factories.period(8, 4), displaces=False)
    assert await state_of(number) is S.CONFIRMED


async def test_who_waits_for_closed_ground_waits_no_more(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    in_the_way = await permitted(field, company, factories.period(9))
    waiting = await apply(field, await factories.company(), factories.period(9), action=Action.WAIT)

    closed = await shut(field, factories.period(8, 4))

    assert closed.displaced == (in_the_way, waiting)
    assert await state_of(waiting) is S.REJECTED


async def test_a_draft_stays_as_it_is(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    draft = await apply(field, company, factories.period(9), action=Action.SAVE)
    assert (await shut(field, factories.period(8, 4))).displaced == ()
    assert (await state_of(draft), await stays_of(draft)) == (S.DRAFT, [(T.PLANNED, factories.period(9))])


@pytest.mark.parametrize("action", [Action.HOLD, Action.SUBMIT])
async def test_the_rest_of_an_undecided_series_goes_on_with_its_dates(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    number = await apply(field, company, factories.period(9), factories.period(9, days=8), action=action)
    before = await reading.find(company, number)

    await shut(field, factories.period(8, 4))

    after = await reading.find(company, number)
    assert [after[name] for name in ("state", "deadline", "due_at")] == [
        before[name] for name in ("state", "deadline", "due_at")
    ]
    assert [one for one, _ in await stays_of(number)] == [T.DISPLACED, T.PLANNED]
    kind = "hold" if action is Action.HOLD else "reservation"
    assert (kind, number, factories.period(9, days=8)) in await claims(field.site_id)


async def test_the_rest_of_a_permitted_series_stays_permitted(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(9), factories.period(9, days=8))
    await shut(field, factories.period(8, 4))
    assert await state_of(number) is S.CONFIRMED
    assert [one for one, _ in await stays_of(number)] == [T.DISPLACED, T.PLANNED]


async def test_a_series_that_was_used_before_is_completed(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(9), factories.period(9, days=8))
    later = factories.tomorrow(20)
    closed = await shut(field, factories.period(8, 4, days=8), at=later)
    assert closed.displaced == (number,)
    assert await state_of(number) is S.COMPLETED
    assert [one for one, _ in await stays_of(number)] == [T.COMPLETED, T.DISPLACED]


async def test_a_stay_is_displaced_as_a_whole_and_what_lies_beyond_is_offered(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(9, 4))
    waiting = await apply(field, await factories.company(), factories.period(11, 2), action=Action.WAIT)

    closed = await shut(field, factories.period(8, 2))

    assert closed.displaced == (number,)
    assert await state_of(waiting) is S.HELD
    assert await claims(field.site_id) == {
        ("closure", closed.id, factories.period(8, 2)),
        ("hold", waiting, factories.period(11, 2)),
    }


async def test_what_is_under_way_goes_on_until_the_closure_begins(db: None) -> None:
    field, company = await factories.field(turnaround_minutes=30), await factories.company()
    number = await permitted(field, company, factories.period(9, 4))
    begun = factories.tomorrow(10)

    closed = await shut(field, factories.period(11, 5), at=begun)

    assert await state_of(number) is S.CONFIRMED
    assert await stays_of(number) == [(T.PLANNED, factories.period(9, 2))]
    assert ("closure", closed.id, factories.period(11, 5)) in await claims(field.site_id)
    taken = sorted((one.start, one.end) for kind, _, one in await claims(field.site_id) if kind == "reservation")
    assert (taken[0][0], taken[-1][1]) == (factories.tomorrow(9), factories.tomorrow(11))


async def test_what_is_under_way_as_the_closure_begins_counts_as_used_until_now(db: None) -> None:
    field, company = await factories.field(no_show_minutes=60), await factories.company()
    number = await permitted(field, company, factories.period(9, 4))
    later = await permitted(field, await factories.company(), factories.period(14))
    begun = factories.tomorrow(10)
    await steps.act(company, number, Step(Action.CHECK_IN), factories.tomorrow(9))

    closed = await shut(field, Period(begun, begun + 9 * HOUR), at=begun)

    assert closed.displaced == (number, later)
    assert (await state_of(number), await state_of(later)) == (S.COMPLETED, S.REVOKED)
    assert await stays_of(number) == [(T.COMPLETED, Period(factories.tomorrow(9), begun))]


async def test_a_closure_that_began_a_moment_ago_takes_nothing_twice(db: None) -> None:
    """Written down a little late: what was used until now was used within it."""
    field, company = await factories.field(turnaround_minutes=30), await factories.company()
    number = await permitted(field, company, factories.period(9, 4))
    begun = factories.tomorrow(10)

    closed = await shut(field, Period(begun - timedelta(minutes=10), begun + 9 * HOUR), at=begun)

    assert await stays_of(number) == [(T.COMPLETED, Period(factories.tomorrow(9), begun))]
    assert {one for one in await claims(field.site_id) if one[0] == "reservation"} == {
        ("reservation", number, Period(factories.tomorrow(9), begun - timedelta(minutes=10)))
    }
    assert closed.displaced == (number,)


async def test_who_has_not_come_in_time_is_not_displaced_but_missed(db: None) -> None:
    field, company = await factories.field(no_show_minutes=15), await factories.company()
    number = await permitted(field, company, factories.period(9, 4))
    assert (await shut(field, factories.period(11, 5), at=factories.tomorrow(10))).displaced == ()
    assert await state_of(number) is S.NO_SHOW


async def test_distance_and_turnaround_make_room_and_displace_nobody(db: None) -> None:
    """The neighbour keeps all that it asked for; what it keeps clear of others reaches into the closed ground."""
    outline = factories.square(south=32)
    field = await factories.field(footprint=outline, lateral_separation_m=100, turnaround_minutes=60)
    west = factories.square(south=32, size=0.005)
    near = await factories.area(field.site_id, west, slug="near", mode="shared")
    whole = await factories.area(field.site_id, outline, slug="whole", mode="shared")
    company = await factories.company()
    beside = factories.square(west=135.0051, south=32, size=0.004)
    application = Application(await factories.project(company), whole, (Asked(factories.period(9), beside),))
    neighbour = (await filing.file(company, application, now())).id
    before = await permitted(replace(field, area_id=near), company, factories.period(6, 2))

    closed = await shut(field, factories.period(8, 4), area="near")

    assert closed.displaced == ()
    assert (await state_of(neighbour), await state_of(before)) == (S.SUBMITTED, S.CONFIRMED)
    assert await overlapping(field.site_id) == 0


async def overlapping(site_id: int) -> int:
    async with DB.connection() as connection:
        count = await connection.fetchval(
            """
            SELECT count(*) FROM claim one JOIN claim other ON other.site_id = one.site_id AND other.id > one.id
             AND other.period && one.period AND other.altitude && one.altitude
             AND ST_Relate(other.footprint, one.footprint, 'T********')
            WHERE one.site_id = $1
            """,
            site_id,
        )
    return int(count)


async def test_nobody_displaces_by_hand(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(9))
    with pytest.raises(WrongState):
        await steps.act(field.approver, number, Step(Action.DISPLACE, reason="x"), now())


# --- Several places at once


async def test_all_sites_of_an_owner_are_closed_together_and_lifted_one_by_one_or_together(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    second = await factories.site(field.owner_id)
    other = replace(field, site_id=second, area_id=await factories.area(second))
    numbers = [await permitted(field, company, factories.period(9)), await permitted(other, company, NINE)]

    closed = await shut(field, factories.period(8, 4), scope=Scope(owner=await owner_of(field)))

    assert closed.displaced == tuple(numbers)
    rows = await Closure.select(Closure.id, Closure.closing_id, Closure.site_id).where(Closure.closing_id == closed.id)
    assert {row["site_id"] for row in rows} == {field.site_id, second}
    told = await Event.select(Event.details).where(Event.subject == "closure").output(load_json=True)
    assert [one["details"].get("displaced") for one in told] == [numbers, None]

    third = await shut(field, factories.period(8, 4, days=3), scope=Scope(owner=await owner_of(field)))
    await closures.lift(field.approver, closed.closures[1], None, now())
    assert len(await claims(second)) == 1
    await closures.lift(field.approver, third.id, None, now(), together=True)
    assert {source for _, source, _ in await claims(field.site_id) | await claims(second)} == {closed.id}


NINE = factories.period(9)


async def owner_of(field: factories.Field) -> str:
    async with DB.connection() as connection:
        return str(await connection.fetchval("SELECT slug FROM organisation WHERE id = $1", field.owner_id))


async def test_a_site_and_an_area_of_it_are_not_closed_twice(db: None) -> None:
    field = await factories.field()
    site = await slug_of(field.site_id)
    await factories.area(field.site_id, slug="all-of-it")
    with pytest.raises(InvalidInput) as refused:
        await shut(field, NINE, scope=Scope((Wanted(site), Wanted(site, "all-of-it"))))
    assert [one.path for one in refused.value.faults] == ["places[1].site"]
    assert await Closure.count().where(Closure.site_id == field.site_id) == 0


async def test_a_drawn_part_displaces_what_lies_in_it(db: None) -> None:
    outline = factories.square(south=32)
    field = await factories.field(footprint=outline)
    area = await factories.area(field.site_id, outline, slug="whole", mode="shared")
    company = await factories.company()
    west, east = (factories.square(west=135 + at, south=32, size=0.003) for at in (0, 0.006))
    numbers = []
    for shape in (west, east):
        application = Application(await factories.project(company), area, (Asked(NINE, shape),))
        numbers.append((await filing.file(company, application, now())).id)

    drawn = factories.square(west=135.001, south=32.001, size=0.003)
    closed = await shut(field, NINE, scope=Scope((Wanted(await slug_of(field.site_id), None, drawn),)))

    assert closed.displaced == (numbers[0],)
    strange = Wanted(await slug_of(field.site_id), None, factories.square(west=135.2, south=32))
    with pytest.raises(InvalidInput) as refused:
        await shut(field, NINE, scope=Scope((strange,)))
    assert [one.path for one in refused.value.faults] == ["places[0].footprint"]


async def test_who_has_an_area_to_themselves_loses_it_with_any_part_of_it(db: None) -> None:
    field, company = await factories.field(footprint=factories.square(south=32)), await factories.company()
    asked = Asked(NINE, factories.square(south=32, size=0.002))
    application = Application(await factories.project(company), field.area_id, (asked,))
    number = (await filing.file(company, application, now())).id
    drawn = factories.square(west=135.006, south=32.006, size=0.003)
    closed = await shut(field, NINE, scope=Scope((Wanted(await slug_of(field.site_id), None, drawn),)))
    assert closed.displaced == (number,)


async def test_the_land_of_two_owners_is_not_closed_together(db: None) -> None:
    field, other = await factories.field(), await factories.field()
    of_both = replace(field.approver, memberships=(*field.approver.memberships, *other.approver.memberships))
    scope = Scope(tuple([Wanted(await slug_of(one.site_id)) for one in (field, other)]))
    with pytest.raises(InvalidInput) as refused:
        await shut(replace(field, approver=of_both), NINE, scope=scope)
    assert [one.path for one in refused.value.faults] == ["places"]


async def test_land_of_others_is_not_there_to_be_closed(db: None) -> None:
    field, other = await factories.field(), await factories.field()
    mine, theirs = await slug_of(field.site_id), await slug_of(other.site_id)
    for scope in (Scope((Wanted(mine), Wanted(theirs))), Scope(owner=await owner_of(other))):
        with pytest.raises(NotFound):
            await shut(field, NINE, scope=scope)


async def test_a_closing_over_another_closure_displaces_who_stands_beside_that(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, factories.period(12))
    await shut(field, factories.period(8, 2))
    closed = await shut(field, factories.period(9, 5))
    assert closed.displaced == (number,)
    assert await state_of(number) is S.REVOKED


async def test_stays_at_the_same_time_give_back_no_more_than_is_displaced(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    area = await factories.area(field.site_id, mode="shared", altitude=Range(0, 150))
    low, high = AltitudeBand(0, 50), AltitudeBand(60, 100)
    first, second = factories.period(9, 2), factories.period(10, 3)
    number = await apply(replace(field, area_id=area), company, first, second, altitudes=(low, high))
    await shut(field, factories.period(8, 1.5))
    assert [one for one, _ in await stays_of(number)] == [T.DISPLACED, T.PLANNED]
    assert {one for one in await claims(field.site_id) if one[1] == number} == {("reservation", number, second)}


# --- The same time again


@pytest.mark.parametrize("how", ["add", "move", "change"])
@pytest.mark.parametrize("action", [Action.SUBMIT, Action.HOLD])
async def test_a_time_that_was_taken_is_had_again_in_the_same_application(db: None, how: str, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    nine, twelve = factories.period(9), factories.period(12)
    number = await apply(field, company, nine, twelve, action=action)
    closed = await shut(field, nine)
    await closures.lift(field.approver, closed.id, closed.version, now())
    match how:
        case "add":
            await rescheduling.add_stays(company, number, None, (Asked(nine),), now())
        case "move":
            await rescheduling.move_stays(company, number, None, (), nine.start, now())
        case "change":
            await steps.change_volumes(company, number, None, (Asked(nine), Asked(twelve)), now())
    left = [nine] if how == "move" else [nine, twelve]
    assert sorted(await stays_of(number)) == [(T.DISPLACED, nine), *((T.PLANNED, one) for one in left)]
    assert await claims(field.site_id) == {
        ("reservation" if action is Action.SUBMIT else "hold", number, one) for one in left
    }
    with pytest.raises(InvalidInput):
        await rescheduling.add_stays(company, number, None, (Asked(nine),), now())


@pytest.mark.parametrize("how", ["give_back", "displace"])
async def test_what_is_permitted_once_more_is_told_beside_what_was_lost(
    db: None, client: AsyncClient, how: str
) -> None:
    field, company = await factories.field(), await factories.company()
    nine, twelve = factories.period(9), factories.period(12)
    number = await permitted(field, company, nine, twelve)
    if how == "displace":
        closed = await shut(field, nine)
        await closures.lift(field.approver, closed.id, closed.version, now())
    else:
        (first, _) = await day.stays_of(number)
        await steps.act(company, number, Step(Action.GIVE_BACK, stays=(first.id,)), now())
    await steps.change_volumes(company, number, None, (Asked(nine), Asked(twelve)), now())
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())

    await factories.log_in(client, company)
    page = (await client.get(f"/my/reservations/{number}")).text
    told = page.split('class="volumes"')[1].split("</ul>")[0].split("<li")[1:]
    lost = "返却済み" if how == "give_back" else "所有者による取消し"
    assert [("予定" in one, lost in one) for one in told] == [(False, True), (True, False), (True, False)]
    shown = (await client.get(f"/api/v1/reservations/{number}")).json()

    # Only what is permitted is moved, and what was lost keeps its own story.
    await rescheduling.move_stays(company, number, None, (shown["stays"][1]["id"],), factories.tomorrow(18), now())
    states = [T.GIVEN_BACK if how == "give_back" else T.DISPLACED, T.GIVEN_BACK, T.PLANNED]
    assert [one for one, _ in await stays_of(number)] == states


async def test_a_stay_is_cut_short_to_the_time_of_another(db: None) -> None:
    field, company = await factories.field(geometry=factories.square(), no_show_minutes=0), await factories.company()
    halves = [MultiPolygon([box(135 + at, 34, 135.005 + at, 34.01)]) for at in (0, 0.005)]
    west, east = [await factories.area(field.site_id, half) for half in halves]
    nine, longer = factories.period(9), factories.period(9, 2)
    asked = (Asked(nine, area_id=west), Asked(longer, area_id=east))
    number = (await filing.file(company, Application(await factories.project(company), west, asked), now())).id
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())

    slug = (await Area.select(Area.slug).where(Area.id == east).first() or {})["slug"]
    await shut(field, factories.period(10), area=slug, at=nine.start + HOUR / 2)

    assert await stays_of(number) == [(T.PLANNED, nine), (T.PLANNED, nine)]
    await steps.finish(number, nine.end)
    assert await stays_of(number) == [(T.COMPLETED, nine), (T.COMPLETED, nine)]
    assert await state_of(number) is S.COMPLETED
