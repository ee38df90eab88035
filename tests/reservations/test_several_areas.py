"""Several areas of one site in one application: all of them or none."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal

import httpx
import pytest
from asyncpg import Range
from httpx import AsyncClient
from shapely.geometry import MultiPolygon, box, shape

from testfields.accounts.rules import Actor
from testfields.availability.search import nearest_free
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, Taken
from testfields.core.local_time import local_date
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.letters.jobs import write
from testfields.letters.rules import Audience
from testfields.notifications.tables import Delivery
from testfields.permits import service as permits
from testfields.reservations import filing, reading, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.tables import Reservation, Stay, Volume
from testfields.reviews import service as reviews
from testfields.sites.tables import Area, Site
from tests import factories

NINE, NOON = factories.period(9), factories.period(12)


@dataclass(frozen=True)
class Ground:
    """A field with its west and east, and a track in the west; the field's own area is all of it."""

    field: factories.Field
    west: int
    east: int
    track: int


@pytest.fixture
async def ground(db: None) -> Ground:
    field = await factories.field()
    row = await Site.select(Site.geometry).where(Site.id == field.site_id).first()
    assert row is not None
    west, south, east, north = row["geometry"].bounds
    middle = (west + east) / 2

    async def part(name: str, *bounds: float, **more: object) -> int:
        return await factories.area(
            field.site_id, MultiPolygon([box(*bounds)]), slug=name, name_ja=f"{name}区画", name_en=name, **more
        )

    return Ground(
        field,
        await part("west", west, south, middle, north, position=1),
        await part("east", middle, south, east, north, position=2),
        await part("track", west, south, (west + middle) / 2, north, position=3, mode="shared"),
    )


async def filed(
    ground: Ground, *asked: Asked, action: Action = Action.SUBMIT, company: Actor | None = None
) -> tuple[Actor, int]:
    company = company or await factories.company()
    application = Application(await factories.project(company), ground.west, asked, action)
    return company, (await filing.file(company, application, now())).id


def both(ground: Ground, *periods: Period) -> tuple[Asked, ...]:
    return tuple(Asked(one, area_id=area) for one in periods for area in (ground.west, ground.east))


async def claims_of(number: int) -> int:
    return await Claim.count().where(Claim.source_id == number)


async def test_two_areas_at_once_are_one_stay(ground: Ground) -> None:
    company, number = await filed(ground, *both(ground, NINE, NOON))

    assert await Stay.count().where(Stay.reservation_id == number) == 2
    rows = await Volume.select(Volume.area_id).where(Volume.reservation_id == number)
    assert sorted(row["area_id"] for row in rows) == sorted([ground.west, ground.east] * 2)
    assert await claims_of(number) == 4
    row = await reading.own(company, number)
    assert (row["area_name_ja"], row["area_name_en"]) == ("west区画、east区画", "west, east")


@pytest.mark.parametrize("taken", ["west", "east"])
async def test_it_is_all_of_them_or_none(ground: Ground, taken: str) -> None:
    await filed(ground, Asked(NINE, area_id=getattr(ground, taken)))
    with pytest.raises(Taken) as refusal:
        await filed(ground, *both(ground, NINE))
    assert len(refusal.value.in_the_way) == 1
    assert await Reservation.count() == 1
    # The nearest free time is one at which both are free.
    first, *_ = refusal.value.nearest
    assert not any(start < NINE.end and NINE.start < end for start, end in [first])
    _, number = await filed(ground, *both(ground, Period(*first)))
    assert await claims_of(number) == 2


async def test_what_both_areas_share_is_taken_once(ground: Ground) -> None:
    """A track and the field around it: nobody is in his own way, and everybody else is kept out of both."""
    whole = ground.field.area_id
    company, number = await filed(ground, Asked(NINE, area_id=whole), Asked(NINE, area_id=ground.track))
    assert await claims_of(number) >= 1
    for area in (whole, ground.track, ground.east):
        with pytest.raises(Taken):
            await filed(ground, Asked(NINE, area_id=area))
    await steps.act(company, number, Step(Action.WITHDRAW), now())
    assert await claims_of(number) == 0


async def test_areas_of_other_sites_are_refused(ground: Ground) -> None:
    elsewhere = (await factories.field()).area_id
    with pytest.raises(InvalidInput) as refusal:
        await filed(ground, Asked(NINE), Asked(NINE, area_id=elsewhere))
    assert [one.path for one in refusal.value.faults] == ["volumes[1].area_id"]
    company, number = await filed(ground, Asked(NINE))
    with pytest.raises(InvalidInput):
        await steps.change_volumes(company, number, None, (Asked(NINE, area_id=elsewhere),), now())


async def test_each_of_them_has_to_allow_what_is_tried(ground: Ground) -> None:
    await Area.update({Area.uses: ["robot"]}).where(Area.id == ground.east)
    with pytest.raises(InvalidInput) as refusal:
        await filed(ground, *both(ground, NINE))
    assert [one.path for one in refusal.value.faults] == ["area_id"]
    await filed(ground, Asked(NINE))


async def test_heights_are_those_of_each_area(ground: Ground) -> None:
    await Area.update({Area.altitude: Range(0, 50)}).where(Area.id == ground.east)
    _, number = await filed(ground, *both(ground, NINE))
    rows = await Volume.select(Volume.area_id, Volume.altitude).where(Volume.reservation_id == number)
    assert {row["area_id"]: row["altitude"].upper for row in rows} == {ground.west: 150, ground.east: 50}


async def test_one_who_waits_for_two_is_offered_them_when_both_are_free(ground: Ground) -> None:
    holders = [await filed(ground, Asked(NINE, area_id=area)) for area in (ground.west, ground.east)]
    waiting, number = await filed(ground, *both(ground, NINE), action=Action.WAIT)

    (first, one), (second, other) = holders
    await steps.act(first, one, Step(Action.WITHDRAW), now())
    assert (await reading.own(waiting, number))["state"] == State.WAITING
    await steps.act(second, other, Step(Action.WITHDRAW), now())
    assert (await reading.own(waiting, number))["state"] == State.HELD
    assert await claims_of(number) == 2


async def test_a_stay_in_two_areas_is_given_back_in_both(ground: Ground) -> None:
    company, number = await filed(ground, *both(ground, NINE, NOON))
    await steps.act(ground.field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    first, _ = await Stay.select(Stay.id).where(Stay.reservation_id == number).order_by(Stay.period)
    await steps.act(company, number, Step(Action.GIVE_BACK, stays=(first["id"],)), now())

    assert await claims_of(number) == 2
    for area in (ground.west, ground.east):
        await filed(ground, Asked(NINE, area_id=area))
        with pytest.raises(Taken):
            await filed(ground, Asked(NOON, area_id=area))


async def test_another_area_may_be_asked_for_in_its_place(ground: Ground) -> None:
    company, number = await filed(ground, *both(ground, NINE))
    await steps.change_volumes(company, number, None, (Asked(NINE, area_id=ground.east),), now())
    row = await reading.own(company, number)
    assert (row["area_id"], row["area_name_en"]) == (ground.east, "east")
    await filed(ground, Asked(NINE, area_id=ground.west))


async def test_letter_and_permit_say_which_area_when(ground: Ground) -> None:
    asked = (Asked(NINE, area_id=ground.west), Asked(NOON, area_id=ground.east))
    company, number = await filed(ground, *asked)
    await steps.act(ground.field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    await permits.issue(number, now())

    permit = await permits.of_reservation(company, number, now())
    assert [(one.period, one.area_en) for one in permit.permitted] == [(NINE, "west"), (NOON, "east")]
    assert permit.area_ja == "west区画、east区画"
    (event,) = await Reservation.raw(
        "SELECT id FROM event WHERE subject = 'reservation' AND subject_id = {} AND action = 'confirm'", number
    )
    await write(event["id"], Audience.COMPANY, "https://fields.test")
    letter = await Delivery.select(Delivery.text).order_by(Delivery.id, ascending=False).first()
    assert letter is not None
    assert "west区画、east区画" in letter["text"]
    lines = [line for line in letter["text"].splitlines() if line.strip().endswith(("west区画", "east区画"))]
    assert [line.strip()[-len("west区画") :] for line in lines if "、" not in line] == ["west区画", "east区画"]


async def test_what_the_api_tells_it_takes_again(ground: Ground, client: AsyncClient) -> None:
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    times = {"start": NINE.start.isoformat(), "end": NINE.end.isoformat()}
    volumes = [{"period": times}, {"period": times, "area_id": ground.east}]
    body = {"project_id": await factories.project(company), "area_id": ground.west, "volumes": volumes}
    answer = await client.post("/api/v1/reservations", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    told = (await client.get(answer.headers["Location"], headers=headers)).json()
    assert [one["area_id"] for one in told["volumes"]] == [ground.west, ground.east]
    assert told["area_name"] == {"ja": "west区画、east区画", "en": "west, east"}

    again = await client.put(
        f"{answer.headers['Location']}/volumes",
        json={"volumes": told["volumes"]},
        headers=headers | {"If-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 200, again.text
    after = (await client.get(answer.headers["Location"], headers=headers)).json()
    assert after["volumes"] == told["volumes"]


async def test_areas_on_the_same_ground_are_not_asked_for_twice(ground: Ground) -> None:
    row = await Area.select(Area.geometry).where(Area.id == ground.west).first()
    assert row is not None
    same = await factories.area(ground.field.site_id, row["geometry"])
    _, number = await filed(ground, Asked(NINE), Asked(NINE, area_id=same))
    assert await Volume.count().where(Volume.reservation_id == number) == 2
    with pytest.raises(InvalidInput):
        await filed(ground, Asked(NOON), Asked(NOON, area_id=ground.west))


async def test_no_time_is_offered_in_an_area_that_is_offered_no_more(ground: Ground) -> None:
    asked = both(ground, NINE)
    assert await nearest_free(ground.west, asked, now()) != []
    await Area.update({Area.retired_at: now()}).where(Area.id == ground.east)
    assert await nearest_free(ground.west, asked, now()) == []


async def test_one_who_waits_is_kept_out_by_his_own_areas_alone(ground: Ground) -> None:
    """At nine the west, at noon the east: what stands in the west at noon is not in the way."""
    holder, number = await filed(ground, Asked(NINE))
    await filed(ground, Asked(NOON))
    asked = (Asked(NINE), Asked(NOON, area_id=ground.east))
    waiting, theirs = await filed(ground, *asked, action=Action.WAIT)
    await steps.act(holder, number, Step(Action.WITHDRAW), now())
    assert (await reading.own(waiting, theirs))["state"] == State.HELD


async def test_the_desk_shows_each_time_in_its_area(ground: Ground) -> None:
    asked = (Asked(NINE), Asked(NOON, area_id=ground.east))
    _, number = await filed(ground, *asked)
    _, rival = await filed(ground, *asked, action=Action.WAIT)
    staff = ground.field.approver
    west = (await Area.select(Area.geometry).where(Area.id == ground.west))[0]["geometry"].centroid
    for time, area in ((NINE, "west"), (NOON, "east")):
        scene = await reviews.scene(staff, number, local_date(time.start, "Asia/Tokyo"))
        (mine,) = [one for one in scene if one.mine and one.period == time]
        assert mine.area_name_en == area
        assert shape(json.loads(mine.shape)).contains(west) is (area == "west")
    assert (await reviews.case(staff, number, now())).row["rivals"] == 1
    # Who waits for the east at noon, and for the west on another day, is a rival too; for the west at noon, none.
    another_day = Asked(factories.period(9, days=4))
    await filed(ground, another_day)
    await filed(ground, another_day, Asked(NOON, area_id=ground.east), action=Action.WAIT)
    await filed(ground, Asked(NOON), action=Action.SUBMIT)
    await filed(ground, Asked(NOON), action=Action.WAIT)
    assert (await reviews.case(staff, number, now())).row["rivals"] == 2
    assert (await reviews.case(staff, rival, now())).row["rivals"] == 2


# --- On the page


@pytest.fixture
async def form(ground: Ground, client: AsyncClient) -> dict[str, object]:
    company = await factories.company()
    site = await Site.select(Site.slug).where(Site.id == ground.field.site_id).first()
    assert site is not None
    local = "%Y-%m-%dT%H:%M"
    return {
        **await factories.log_in(client, company),
        "project_id": await factories.project(company),
        "site": site["slug"],
        "area": "west",
        "more": ["east"],
        "time0_start": factories.tomorrow(9 + 9).strftime(local),
        "time0_end": factories.tomorrow(9 + 10).strftime(local),
    }


def ticked(answer: httpx.Response, name: str) -> bool:
    return f'name="more" value="{name}" checked' in answer.text


async def test_the_form_asks_for_several_areas(ground: Ground, client: AsyncClient, form: dict[str, object]) -> None:
    answer = await client.post("/my/apply", data={**form, "do": "submit"})
    assert answer.status_code == 303, answer.text
    page = await client.get(answer.headers["Location"])
    assert page.text.count("west区画") >= 2
    rows = await Volume.select(Volume.area_id, Volume.period)
    assert [row["area_id"] for row in rows] == [ground.west, ground.east]
    assert {(row["period"].lower, row["period"].upper) for row in rows} == {(NINE.start, NINE.end)}
    # It is changed as it was asked for.
    number = (await Reservation.select(Reservation.id))[0]["id"]
    change = await client.get(f"/my/reservations/{number}/change")
    assert change.status_code == 200
    assert ticked(change, "east")
    assert not ticked(change, "track")
    assert change.text.count('name="time0_start"') == 1
    assert 'name="time1_start"' not in change.text


async def test_a_draft_keeps_the_areas(ground: Ground, client: AsyncClient, form: dict[str, object]) -> None:
    saved = await client.post("/my/apply", data={**form, "do": "save"})
    page = await client.get(saved.headers["Location"])
    assert page.status_code == 200
    assert ticked(page, "east")


async def test_what_is_in_the_way_in_the_second_area_is_told(
    ground: Ground, client: AsyncClient, form: dict[str, object]
) -> None:
    await filed(ground, Asked(NINE, area_id=ground.east))
    check = await client.post("/my/apply/check", data=form)
    assert "予約済み" in check.text
    taken = await client.post("/my/apply", data={**form, "do": "submit"})
    assert taken.status_code == 409
    assert await Reservation.count() == 1


async def test_a_part_cannot_be_drawn_in_several_areas(
    ground: Ground, client: AsyncClient, form: dict[str, object]
) -> None:
    corners = "34.1, 135.1\n34.2, 135.1\n34.2, 135.2"
    answer = await client.post("/my/apply", data={**form, "do": "submit", "footprint_part": "part", "corners": corners})
    assert answer.status_code == 422
    assert "区画が一つのときだけ" in answer.text
    assert await Reservation.count() == 0


async def test_a_fault_of_the_second_time_is_told_there(
    ground: Ground, client: AsyncClient, form: dict[str, object]
) -> None:
    long_ago = {"time1_start": "2020-01-01T09:00", "time1_end": "2020-01-01T10:00"}
    answer = await client.post("/my/apply", data={**form, **long_ago, "do": "submit"})
    assert answer.status_code == 422
    assert 'href="#f-time1"' in answer.text
    assert 'href="#f-time0"' not in answer.text


async def test_a_nearest_time_is_taken_for_all_areas(
    ground: Ground, client: AsyncClient, form: dict[str, object]
) -> None:
    await filed(ground, Asked(NINE, area_id=ground.east))
    check = await client.post("/my/apply/check", data=form)
    (first, *_) = re.findall(r'value="(take [^"]+)"', check.text)
    assert len(first.split()) == len(["take", "START", "END"])
    moved = await client.post("/my/apply", data={**form, "do": first})
    assert f'name="time0_start" value="{first.split()[1]}"' in moved.text
    assert ticked(moved, "east")


LOW = AltitudeBand(Decimal(0), Decimal(30))


@pytest.mark.parametrize("kind", ["areas", "heights", "retired"])
async def test_the_form_does_not_show_what_it_would_change(ground: Ground, client: AsyncClient, kind: str) -> None:
    """Other areas, or other heights, at each time; and an area that is offered no more."""
    asked = {
        "areas": (Asked(NINE), Asked(NOON, area_id=ground.east)),
        "heights": (Asked(NINE), Asked(NOON, altitude=LOW)),
        "retired": both(ground, NINE),
    }[kind]
    company, number = await filed(ground, *asked)
    if kind == "retired":
        await Area.update({Area.retired_at: now()}).where(Area.id == ground.east)
    await factories.log_in(client, company)
    answer = await client.get(f"/my/reservations/{number}/change")
    assert answer.status_code == 409
