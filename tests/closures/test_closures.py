"""Closures: a claim by staff, which stands against applications as these stand against it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from shapely.geometry import mapping

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import USUAL_REASONS, ClosureKind
from testfields.closures.service import Closing
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotFound, Stale, Taken, WrongState
from testfields.core.periods import Period
from testfields.reservations import filing, reading
from testfields.reservations import steps as reservations
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.sites.tables import Area, Site
from tests import factories


async def slug_of(field: factories.Field) -> str:
    row = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert row is not None
    return str(row["slug"])


async def closing(field: factories.Field, period: Period, area: str | None = None) -> Closing:
    return Closing(one_place(await slug_of(field), area), ClosureKind.WORKS, "舗装工事のため", "Paving works", period)


async def apply(field: factories.Field, company: Actor, period: Period, action: Action = Action.SUBMIT) -> int:
    application = Application(await factories.project(company), field.area_id, (Asked(period),), action)
    return (await filing.file(company, application, now())).id


async def test_nobody_books_into_a_closure(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await closures.close(field.site_manager, await closing(field, factories.period(8, 4)), now())

    with pytest.raises(Taken) as refusal:
        await apply(field, company, factories.period(9))

    assert [one.kind for one in refusal.value.in_the_way] == ["closure"]


async def test_a_closure_does_not_displace_an_application(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    standing = await apply(field, company, factories.period(9))

    with pytest.raises(Taken) as refusal:
        await closures.close(field.approver, await closing(field, factories.period(8, 4)), now())

    (one,) = refusal.value.in_the_way
    assert one.reservation_id == standing
    assert await Closure.count().where(Closure.site_id == field.site_id) == 0

    await reservations.act(field.approver, standing, Step(Action.REJECT, reason="工事のため"), now())
    await closures.close(field.approver, await closing(field, factories.period(8, 4)), now())


async def test_a_closed_area_leaves_its_neighbour_open(db: None) -> None:
    footprint = factories.square(south=32)
    field = await factories.field(footprint=footprint)
    near = await factories.area(field.site_id, factories.square(south=32, size=0.004), slug="near")
    far = await factories.area(field.site_id, factories.square(west=135.005, south=32.005, size=0.004))
    company = await factories.company()
    await closures.close(field.site_manager, await closing(field, factories.period(8, 4), area="near"), now())

    await apply(factories.Field(**vars(field) | {"area_id": far}), company, factories.period(9))
    with pytest.raises(Taken):
        await apply(factories.Field(**vars(field) | {"area_id": near}), company, factories.period(9))


async def test_a_closure_keeps_no_notice_hours_or_grid(db: None) -> None:
    field = await factories.field(notice_minutes=1440, slot_minutes=30, horizon_days=1)
    start = now() + timedelta(minutes=7)
    await closures.close(
        field.site_manager, await closing(field, Period(start, start + timedelta(days=40, minutes=3))), now()
    )

    (claim,) = await Claim.select(Claim.source_kind, Claim.altitude).where(Claim.site_id == field.site_id)
    assert claim["source_kind"] == "closure"
    assert claim["altitude"].lower is None
    assert claim["altitude"].upper is None


@pytest.mark.parametrize(("begins", "ends", "paths"), [(-60, 60, ["period.start"]), (-9, -1, ["period.end"])])
async def test_what_is_past_cannot_be_closed(db: None, begins: int, ends: int, paths: list[str]) -> None:
    field, instant = await factories.field(), now()
    period = Period(instant + timedelta(minutes=begins), instant + timedelta(minutes=ends))

    with pytest.raises(InvalidInput) as refusal:
        await closures.close(field.site_manager, await closing(field, period), instant)

    assert [one.path for one in refusal.value.faults] == paths


async def test_a_closure_may_begin_while_it_is_written_down(db: None) -> None:
    field, instant = await factories.field(), now()
    period = Period(instant - timedelta(minutes=5), instant + timedelta(hours=1))
    closed = await closures.close(field.site_manager, await closing(field, period), instant)
    assert closed.version == 1


async def test_an_area_of_another_site_is_none_of_this_one(db: None) -> None:
    field, other = await factories.field(), await factories.field()
    area = await Area.select(Area.slug).where(Area.id == other.area_id).first()
    assert area is not None
    with pytest.raises(InvalidInput) as refusal:
        await closures.close(field.approver, await closing(field, factories.period(9), area["slug"]), now())
    assert [one.path for one in refusal.value.faults] == ["area"]


async def test_who_may_close_and_lift(db: None) -> None:
    """What somebody may not close is not there for them to close; reviewers are refused at the door already."""
    field, other = await factories.field(), await factories.field()
    wanted = await closing(field, factories.period(9))

    for stranger in (field.reviewer, other.approver, await factories.company()):
        with pytest.raises(NotFound):
            await closures.close(stranger, wanted, now())

    closed = await closures.close(field.approver, wanted, now())
    for stranger in (field.reviewer, other.site_manager):
        with pytest.raises(NotFound):
            await closures.lift(stranger, closed.id, 1, now())


async def test_lifting_offers_what_becomes_free_before_anybody_else_can_take_it(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    closed = await closures.close(field.site_manager, await closing(field, factories.period(8, 4)), now())
    waiting = await apply(field, company, factories.period(9), Action.WAIT)

    lifted = await closures.lift(field.site_manager, closed.id, closed.version, now())

    assert lifted.version == 2
    assert (await reading.find(company, waiting))["state"] == State.HELD
    (claim,) = await Claim.select(Claim.source_kind, Claim.source_id).where(Claim.site_id == field.site_id)
    assert claim == {"source_kind": "hold", "source_id": waiting}


async def test_a_closure_is_lifted_once_and_at_the_version_seen(db: None) -> None:
    field = await factories.field()
    closed = await closures.close(field.site_manager, await closing(field, factories.period(9)), now())

    with pytest.raises(Stale):
        await closures.lift(field.site_manager, closed.id, 7, now())
    await closures.lift(field.site_manager, closed.id, None, now())
    with pytest.raises(WrongState):
        await closures.lift(field.site_manager, closed.id, 2, now())


async def test_a_closure_that_is_over_is_not_lifted(db: None) -> None:
    field = await factories.field()
    closed = await closures.close(field.site_manager, await closing(field, factories.period(9)), now())
    with pytest.raises(WrongState):
        await closures.lift(field.site_manager, closed.id, 1, factories.tomorrow(12))


async def body(field: factories.Field, when: Period, **changes: Any) -> dict[str, Any]:
    return {
        "site": await slug_of(field),
        "kind": "weather",
        "reason_ja": "台風接近のため",
        "reason_en": "A typhoon is coming",
        "period": {"start": when.start.isoformat(), "end": when.end.isoformat()},
        **changes,
    }


async def headers(actor: Actor, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}", "Accept-Language": "en", **more}


async def test_over_http_a_closure_is_made_listed_and_lifted(db: None, client: httpx.AsyncClient) -> None:
    field = await factories.field()
    staff = await headers(field.site_manager)
    period = factories.period(9)

    made = await client.post("/api/v1/closures", json=await body(field, period), headers=staff)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    (listed,) = (await client.get(f"/api/v1/closures?site={await slug_of(field)}", headers=staff)).json()
    assert (listed["id"], listed["kind"], listed["area"]) == (made.json()["id"], "weather", None)
    assert datetime.fromisoformat(listed["period"]["start"]) == period.start

    address = f"/api/v1/closures/{listed['id']}/lift"
    assert (await client.post(address, headers=staff)).status_code == 428
    assert (await client.post(address, headers={**staff, "If-Match": '"9"'})).status_code == 412
    lifted = await client.post(address, headers={**staff, "If-Match": '"1"'})
    assert (lifted.status_code, lifted.json()["version"]) == (200, 2)


async def test_over_http_a_reason_that_is_left_out_is_the_usual_one_of_its_kind(
    db: None, client: httpx.AsyncClient
) -> None:
    field = await factories.field()
    staff, usual = await headers(field.site_manager), USUAL_REASONS[ClosureKind.WEATHER]
    plain = await body(field, factories.period(9))
    without = {name: value for name, value in plain.items() if not name.startswith("reason")}
    half = {**without, "reason_ja": "台風10号のため", "period": (await body(field, factories.period(11)))["period"]}

    made = [await client.post("/api/v1/closures", json=one, headers=staff) for one in (without, half)]

    assert [one.status_code for one in made] == [201, 201]
    listed = (await client.get("/api/v1/closures", headers=staff)).json()
    told = {one["id"]: (one["reason_ja"], one["reason_en"]) for one in listed}
    assert [told[one.json()["id"]] for one in made] == [(usual.ja, usual.en), ("台風10号のため", usual.en)]
    blank = {**without, "reason_ja": " "}
    assert (await client.post("/api/v1/closures", json=blank, headers=staff)).status_code == 422


async def test_over_http_a_preview_tells_whom_a_closing_would_displace_and_writes_nothing(
    db: None, client: httpx.AsyncClient
) -> None:
    field, company = await factories.field(), await factories.company()
    standing = await apply(field, company, factories.period(9))
    closed = await closures.close(field.approver, await closing(field, factories.period(12)), now())
    staff, site = await headers(field.site_manager), await slug_of(field)
    wanted = {"places": [{"site": site}], "period": (await body(field, factories.period(8, 8)))["period"]}

    told = (await client.post("/api/v1/closures/preview", json=wanted, headers=staff)).json()

    assert [told[name] for name in ("applications", "stays", "companies")] == [1, 1, 1]
    (one,) = told["displaced"]
    assert (one["reservation_id"], one["state"], one["becomes"]) == (standing, "submitted", "rejected")
    assert [(stay["state"], stay["becomes"]) for stay in one["stays"]] == [("planned", "displaced")]
    assert [(other["kind"], other["closure_id"]) for other in told["closed"]] == [("closure", closed.id)]
    assert told["in_the_way"] == []
    assert (await reading.find(company, standing))["state"] == State.SUBMITTED


async def test_over_http_several_places_are_closed_and_displace(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    standing = await apply(field, company, factories.period(9))
    staff = await headers(field.site_manager)
    wanted = {
        key: value for key, value in (await body(field, factories.period(9), displace=True)).items() if key != "site"
    }
    part = {"type": "MultiPolygon", "coordinates": mapping(factories.square(south=32, size=0.001))["coordinates"]}

    outside = {"places": [{"site": await slug_of(field), "footprint": part}]}
    assert (await client.post("/api/v1/closures", json=wanted | outside, headers=staff)).status_code == 422
    both = {"places": [{"site": await slug_of(field)}], "site": await slug_of(field)}
    assert (await client.post("/api/v1/closures", json=wanted | both, headers=staff)).status_code == 422
    made = await client.post("/api/v1/closures", json=wanted | {"places": both["places"]}, headers=staff)

    assert made.status_code == 201
    assert made.json()["displaced"] == [standing]
    lifted = await client.post(
        f"/api/v1/closures/{made.json()['id']}/lift?together=true", headers={**staff, "If-Match": '"1"'}
    )
    assert lifted.json()["version"] == 2


@pytest.mark.parametrize("reason", ["\u200b", "\u202eegrahc", "x" * 501])
async def test_a_reason_that_cannot_be_read_is_none(db: None, reason: str) -> None:
    field = await factories.field()
    closed = replace(await closing(field, factories.period(9)), reason_en=reason)
    with pytest.raises(InvalidInput) as refused:
        await closures.close(field.site_manager, closed, now())
    assert [one.path for one in refused.value.faults] == ["reason_en"]


async def test_over_http_staff_are_told_which_application_stands_there(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    standing = await apply(field, company, factories.period(9))

    refused = await client.post(
        "/api/v1/closures", json=await body(field, factories.period(9)), headers=await headers(field.approver)
    )

    assert refused.status_code == 409
    assert [one["reservation_id"] for one in refused.json()["in_the_way"]] == [standing]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-01T09:00:00+09:00", "2026-01-01T08:00:00+09:00"),
        ("infinity", "infinity"),
        ("2026-01-01T09:00:00", "2026-01-01T10:00:00"),
        ("9999-01-01T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("2001-01-01T00:00:00Z", "2001-01-02T00:00:00Z"),
    ],
)
async def test_a_period_without_sense_is_refused(db: None, client: httpx.AsyncClient, start: str, end: str) -> None:
    field = await factories.field()
    wanted = await body(field, factories.period(9), period={"start": start, "end": end})
    refused = await client.post("/api/v1/closures", json=wanted, headers=await headers(field.site_manager))
    assert refused.status_code == 422
    assert await Closure.count().where(Closure.site_id == field.site_id) == 0


async def test_companies_have_no_business_with_closures(db: None, client: httpx.AsyncClient) -> None:
    field = await factories.field()
    company = await headers(await factories.company())
    assert (await client.get("/api/v1/closures", headers=company)).status_code == 403
    refused = await client.post("/api/v1/closures", json=await body(field, factories.period(9)), headers=company)
    assert refused.status_code == 403
    assert (await client.get("/api/v1/closures")).status_code == 401


async def test_closures_of_other_owners_are_not_listed(db: None, client: httpx.AsyncClient) -> None:
    field, other = await factories.field(), await factories.field()
    await closures.close(other.site_manager, await closing(other, factories.period(9)), now())
    listed = await client.get("/api/v1/closures", headers=await headers(field.site_manager))
    assert listed.json() == []
