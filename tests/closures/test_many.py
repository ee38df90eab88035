"""A closing over many stays of many companies: all of them in one transaction, and each company told once."""

from dataclasses import replace

from testfields.closures import service as closures
from testfields.closures.grounds import Scope
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.events.service import broken_chains
from testfields.events.tables import Event
from testfields.letters import jobs as letters
from testfields.notifications.tables import Delivery
from testfields.reservations.stays import StayState
from testfields.reservations.tables import Stay
from tests import factories
from tests.closures.test_displacing import apply, overlapping, owner_of, permitted, shut
from tests.races.conftest import claims_out_of_step

COMPANIES = 6


async def test_sixty_stays_of_six_companies_are_displaced_and_told_once(db: None) -> None:
    field = await factories.field()
    sites = [field.site_id, await factories.site(field.owner_id)]
    places = [replace(field, site_id=one, area_id=await factories.area(one)) for one in sites]
    companies = [await factories.company() for _ in range(COMPANIES)]
    for turn, company in enumerate(companies):
        place, first = places[turn % 2], 6 * (turn // 2)
        for hour in range(first, first + 4):
            await apply(place, company, factories.period(hour), factories.period(hour, days=2))
        series = (factories.period(first + 5, days=days) for days in (1, 2, 9))
        await permitted(place, company, *series)
    storm = Period(factories.tomorrow(0), factories.tomorrow(0, days=3))
    scope = Scope(owner=await owner_of(field))

    looked = await closures.preview(field.approver, scope, storm, now())
    closed = await shut(field, storm, scope=scope)

    assert (len(looked.met), looked.stays, looked.companies) == (30, 60, COMPANIES)
    assert len(closed.displaced) == 30
    for state, count in ((StayState.DISPLACED, 60), (StayState.PLANNED, COMPANIES)):
        assert await Stay.count().where(Stay.state == state) == count
    assert await Event.count().where(Event.action == "displace") == 30
    assert [await overlapping(one) for one in sites] == [0, 0]
    assert await claims_out_of_step() == []
    assert await broken_chains() == []

    told = await Event.select(Event.id).where(Event.subject == "closure").order_by(Event.id)
    for one in (*told, *told):
        await letters.write_of_closing(one["id"], "https://portal.test")
    people = await Delivery.select(Delivery.person_id).where(Delivery.event_id == told[0]["id"])
    assert sorted(one["person_id"] for one in people) == sorted(one.person_id for one in companies)
    assert await Delivery.count().where(Delivery.event_id == told[1]["id"]) == 0
