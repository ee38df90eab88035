"""A site is imported otherwise while applications there are under way: what no longer fits is told, and kept."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from shapely.affinity import scale
from shapely.geometry import box

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.availability import search
from testfields.availability.free import FreeQuery
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, WrongState
from testfields.permits import service as permits
from testfields.reservations import checking, filing, reading, steps
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.reservations.steps import Step
from testfields.reviews import service as reviews
from testfields.sites import service as sites
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.tables import Area, Site
from tests import factories
from tests.sites.catalogue import (
    ALWAYS,
    GROUND,
    LAWN,
    TRACK,
    always_open,
    apply,
    area_id,
    bring,
    lawn,
    owner,
    site,
    track,
    write,
)


async def staff(owner_id: int) -> Actor:
    return await factories.person(owner_id, OrganisationKind.OWNER, MemberRole.APPROVER, MemberRole.SITE_MANAGER)


async def faults_of(actor: Actor, number: int) -> list[str]:
    case = await reviews.case(actor, number, now())
    return [fault.message.id for check in case.checks for fault in check.faults]


NOT_OPEN = "The site is not open during the whole of this time."
NOT_THAT_USE = "This area does not allow the use “%(use)s”."
RETIRED = "This area is no longer offered."


async def test_what_no_longer_fits_is_told_and_stays(db: None, tmp_path: Path) -> None:
    approver = await staff(await owner())
    await bring(tmp_path, always_open())
    company = await factories.company()
    number, fine = await apply(company, "lawn"), await apply(company, "track", hour=9)
    narrowed = always_open(hours="Mon-Sun 09:00-17:00", uses="vehicle; drone")

    hours_only = await bring(tmp_path, narrowed)

    (told,) = hours_only.misfits
    assert (told.number, told.site, told.area_en, told.permitted) == (number, "harbour", "Lawn", False)
    assert told.company_en.startswith("Organisation")
    assert told.period == factories.period(20, 2, 5)
    assert [fault.id for fault in told.faults] == [NOT_OPEN]
    both = await bring(tmp_path, always_open(hours="Mon-Sun 10:00-17:00", uses="vehicle", minimum_minutes=180))
    length = "A stay must last between %(least)s and %(most)s h."
    assert {one.number: [fault.id for fault in one.faults] for one in both.misfits} == {
        number: [NOT_THAT_USE, length],
        fine: [NOT_THAT_USE, length],
    }
    assert await faults_of(approver, number) == [NOT_THAT_USE, length]
    assert (await reading.own(company, number))["state"] == "submitted"
    # What has been told is not told again.
    again = always_open(hours="Mon-Sun 10:00-17:00", uses="vehicle", minimum_minutes=180, name_en="Harbour")
    assert (await bring(tmp_path, again)).misfits == ()


async def test_the_first_of_the_times_that_do_not_fit_is_told(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    company = await factories.company()
    periods = [factories.period(hour, 2, day) for hour, day in ((10, 4), (20, 5), (20, 6))]
    asked = tuple(Asked(one) for one in periods)
    await filing.file(company, Application(await factories.project(company), await area_id("lawn"), asked), now())
    (told,) = (await bring(tmp_path, always_open(hours="Mon-Sun 09:00-17:00"))).misfits
    assert told.period == periods[1]


async def test_a_review_names_hours_and_uses(db: None, tmp_path: Path) -> None:
    approver = await staff(await owner())
    await bring(tmp_path, always_open())
    number = await apply(await factories.company(), "lawn")
    assert await faults_of(approver, number) == []

    (told,) = (await bring(tmp_path, always_open(hours="Mon-Sun 09:00-17:00", uses="vehicle"))).misfits

    assert [fault.id for fault in told.faults] == [NOT_THAT_USE, NOT_OPEN]
    assert await faults_of(approver, number) == [NOT_THAT_USE, NOT_OPEN]


async def test_a_dry_run_tells_the_same_and_stores_nothing(db: None, tmp_path: Path) -> None:
    approver = await staff(await owner())
    await bring(tmp_path, always_open())
    number = await apply(await factories.company(), "lawn")
    path = write(tmp_path / "less.geojson", always_open(track(), hours="Mon-Sun 09:00-17:00"))

    tried = await import_file(path, None, now(), only_try=True)

    assert await faults_of(approver, number) == []
    assert [one.slug for one in (await stored_sites())[0].areas] == ["track", "lawn"]
    stored = await import_file(path, None, now())
    assert tried.misfits == stored.misfits
    assert [[fault.id for fault in one.faults] for one in stored.misfits] == [[RETIRED, NOT_OPEN]]


async def test_what_is_over_or_has_ended_is_not_told(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    company = await factories.company()
    withdrawn = await apply(company, "lawn")
    await steps.act(company, withdrawn, Step(Action.WITHDRAW), now())
    over = await apply(company, "track")
    path = write(tmp_path / "in.geojson", always_open(hours="Mon-Sun 09:00-17:00"))

    report = await import_file(path, None, factories.tomorrow(22, 5), only_try=True)

    assert report.misfits == ()
    (told,) = (await import_file(path, None, now(), only_try=True)).misfits
    assert told.number == over


async def test_a_permit_stays_valid_and_is_told_as_one(db: None, tmp_path: Path) -> None:
    approver = await staff(await owner())
    await bring(tmp_path, always_open())
    company = await factories.company()
    number = await apply(company, "lawn")
    await steps.act(approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    await permits.issue(number, now())

    (told,) = (await bring(tmp_path, always_open(uses="vehicle"))).misfits

    assert told.permitted
    assert (await reading.own(company, number))["state"] == "confirmed"


# --- An area with a past


async def test_an_area_with_a_past_is_retired(db: None, client: httpx.AsyncClient, tmp_path: Path) -> None:
    approver = await staff(await owner())
    await bring(tmp_path, always_open())
    company = await factories.company()
    number, retired = await apply(company, "lawn"), await area_id("lawn")

    report = await bring(tmp_path, always_open(track()))

    assert [[fault.id for fault in one.faults] for one in report.misfits] == [[RETIRED]]
    # Nobody finds it any more, in lists, on maps or looking for free time.
    for address in ("/sites/harbour/areas", "/sites/harbour/areas.geojson", "/sites/harbour"):
        shown = (await client.get(f"/api/v1{address}")).text
        assert "track" in shown
        assert "lawn" not in shown
    week = factories.period(0, 24 * 7)
    assert {one.area for one in await search.free_times(FreeQuery(week, sites=("harbour",)), now())} == {"track"}
    assert await search.free_times(FreeQuery(week, areas=(retired,)), now()) == []
    assert await search.free_sites(FreeQuery(week, areas=(retired,)), now()) == []
    assert await search.nearest_free(retired, [Asked(factories.period(9))], now()) == []
    assert {one.site for one in await sites.bands(["harbour"])} == {"harbour"}
    assert len(await sites.bands(["harbour"])) == 1
    assert [one["area_slug"] for one in await closures.places(approver)] == [None, "track"]
    # Its history stays, and what is under way shows its name.
    assert (await reading.own(company, number))["area_name_en"] == "Lawn"
    assert [one.slug for one in await reviews.ground(number)] == ["harbour", "track", "lawn"]
    assert await faults_of(approver, number) == [RETIRED]
    approved = await steps.act(approver, number, Step(Action.APPROVE), now())
    assert approved.state == "approved"


async def test_nothing_new_is_booked_in_a_retired_area(db: None, tmp_path: Path) -> None:
    approver = await staff(await owner())
    await bring(tmp_path, always_open())
    company, rival = await factories.company(), await factories.company()
    first = await apply(company, "lawn")
    waiting = await apply(rival, "lawn", action=Action.WAIT)
    draft = await apply(rival, "lawn", days=6, action=Action.SAVE)
    held = await apply(rival, "lawn", days=7, action=Action.HOLD)
    retired = await area_id("lawn")
    site_id = await Site.select(Site.id).where(Site.slug == "harbour").first()
    assert site_id is not None
    await bring(tmp_path, always_open(track()))

    application = Application(await factories.project(company), retired, (Asked(factories.period(9)),))
    for refused in (
        filing.file(company, application, now()),
        steps.act(rival, draft, Step(Action.SUBMIT), now()),
        steps.change_volumes(company, first, None, (Asked(factories.period(9)),), now()),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await refused
        assert [(one.path, one.message.id) for one in refusal.value.faults] == [("area_id", RETIRED)]
    verdict = await checking.check(company, application, now())
    assert [one.message.id for one in verdict.faults] == [RETIRED]
    closing = closures.Closing(one_place("harbour", "lawn"), ClosureKind.WORKS, "工事", "Works", factories.period(9))
    with pytest.raises((NotFound, InvalidInput)):
        await closures.close(approver, closing, now())
    # A place that becomes free there is offered to nobody; what was held may still be asked for.
    await steps.act(company, first, Step(Action.WITHDRAW), now())
    assert await steps.offer_waiting(site_id["id"], now()) == []
    assert (await reading.own(rival, waiting))["state"] == "waiting"
    assert (await steps.act(rival, held, Step(Action.SUBMIT), now())).state == "submitted"


async def test_the_form_of_a_change_does_not_turn_to_another_area(
    db: None, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await owner()
    await bring(tmp_path, always_open())
    company = await factories.company()
    number = await apply(company, "lawn")
    await factories.log_in(client, company)
    address = f"/my/reservations/{number}/change"
    assert (await client.get(address)).status_code == 200

    await bring(tmp_path, always_open(track()))

    refused = await client.get(address)
    assert refused.status_code == 409
    assert "この区画は、現在利用できません。" in refused.text
    assert (await client.get(f"/my/reservations/{number}")).status_code == 200


async def test_an_area_that_comes_back_is_taken_up_again(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    company = await factories.company()
    await apply(company, "lawn")
    before = await area_id("lawn")
    await bring(tmp_path, always_open(track()))
    assert (await bring(tmp_path, always_open(track()))).unchanged == ("harbour",)

    report = await bring(tmp_path, always_open(track(), lawn()))

    assert report.changed == ("harbour",)
    assert report.misfits == ()
    assert await area_id("lawn") == before
    assert await apply(company, "lawn", days=8)


async def test_an_area_without_a_past_is_removed(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    await bring(tmp_path, always_open(track()))
    assert [row["slug"] for row in await Area.select(Area.slug)] == ["track"]


async def test_what_is_taken_in_a_retired_area_keeps_the_site_under_it(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    await apply(await factories.company(), "lawn")
    south = box(134.99, 33.99, 135.02, 34.0045)
    small = [
        site(GROUND.intersection(south), **ALWAYS),
        track(TRACK.intersection(south)),
    ]

    with pytest.raises(InvalidInput) as refusal:
        await bring(tmp_path, small)

    (found,) = refusal.value.faults
    assert (found.path, found.message.values) == ("features[0].geometry", {"count": 1})


async def test_applications_that_would_lie_outside_are_told_by_number(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    number = await apply(await factories.company(), "track")
    with pytest.raises(InvalidInput) as refusal:
        await bring(tmp_path, always_open(track(scale(TRACK, 0.5, 0.5)), lawn()))
    (found, *_) = refusal.value.faults
    assert found.message.values == {"count": 1, "numbers": str(number)}


async def test_whoever_gets_in_before_an_area_is_retired_is_told(own_db: str, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    company = await factories.company()
    first = await apply(company, "lawn")
    project_id, lawn_id = await factories.project(company), await area_id("lawn")
    less = write(tmp_path / "less.geojson", always_open(track()))

    async def book(day: int) -> int | None:
        application = Application(project_id, lawn_id, (Asked(factories.period(9, days=day)),))
        try:
            return (await filing.file(company, application, now())).id
        except (InvalidInput, WrongState):
            return None

    early = [asyncio.create_task(book(day)) for day in range(6, 16)]
    await asyncio.wait(early, return_when=asyncio.FIRST_COMPLETED)
    report, *late = await asyncio.gather(import_file(less, None, now()), *(book(day) for day in range(16, 26)))

    got_in = {first, *(number for number in (*await asyncio.gather(*early), *late) if number)}
    assert {one.number for one in report.misfits} == got_in
    assert await book(26) is None


async def test_each_volume_is_measured_against_its_own_area(db: None, tmp_path: Path) -> None:
    await owner()
    await bring(tmp_path, always_open())
    company = await factories.company()
    asked = (Asked(factories.period(20, 2, 5)), Asked(factories.period(20, 2, 5), area_id=await area_id("lawn")))
    application = Application(await factories.project(company), await area_id("track"), asked)
    number = (await filing.file(company, application, now())).id

    with pytest.raises(InvalidInput) as refusal:
        await bring(tmp_path, always_open(track(), replace(lawn(), shape=scale(LAWN, 0.5, 0.5))))
    assert [one.path for one in refusal.value.faults] == ["features[2].geometry"]
    assert str(number) in str(refusal.value.faults[0].message.values)
    # And by what that area allows.
    (told,) = (await bring(tmp_path, always_open(track(), lawn(uses="vehicle")))).misfits
    assert (told.number, told.area_en) == (number, "Lawn")
