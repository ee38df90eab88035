"""A reservation's life: who may do what, and what becomes of its claim."""

from dataclasses import replace

import pytest
from shapely.geometry import MultiPolygon, box

from testfields.accounts.rules import STAFF_ROLES, Actor
from testfields.accounts.tables import Organisation
from testfields.availability import service as availability
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, NotAllowed, NotFound, Stale, Taken, WrongState
from testfields.db.engine import DB
from testfields.events.rules import Broken
from testfields.events.service import broken_chains
from testfields.projects.tables import Project
from testfields.reservations import checking, filing, reading, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import (
    TRANSITIONS,
    Action,
    Party,
    State,
    acting_role,
    actions_for,
    next_state,
)
from testfields.reservations.states import CLAIMING
from testfields.sites.tables import Area, Site
from tests import factories

ROLES = frozenset({*Party, *STAFF_ROLES})


async def filed(field: factories.Field, company: Actor, hour: float = 9, action: Action = Action.SUBMIT) -> int:
    """An application for one hour at `hour`; its id."""
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(hour)),), action)
    return (await filing.file(company, application, now())).id


async def claims_of(reservation_id: int) -> list[str]:
    """The kinds of a reservation's claims."""
    rows = await Claim.select(Claim.source_kind).where(
        Claim.source_id == reservation_id, Claim.source_kind.is_in(["hold", "reservation"])
    )
    return [row["source_kind"] for row in rows]


@pytest.mark.parametrize(("state", "action"), list(TRANSITIONS))
def test_each_row_of_the_table_names_a_role_and_leads_somewhere(state: State | None, action: Action) -> None:
    transition = TRANSITIONS[(state, action)]
    assert transition.roles
    assert next_state(state, action, ROLES) is transition.to
    assert acting_role(state, action, ROLES) in transition.roles
    for role in ROLES - transition.roles:
        with pytest.raises(NotAllowed):
            next_state(state, action, {role})


@pytest.mark.parametrize("state", [state for state in State if not actions_for(state, ROLES)])
def test_an_end_has_no_way_out(state: State) -> None:
    for action in Action:
        with pytest.raises(WrongState):
            next_state(state, action, ROLES)


async def test_a_hold_becomes_a_submission_is_approved_and_confirmed(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company, action=Action.HOLD)
    assert await claims_of(one) == ["hold"]

    moved = await steps.act(company, one, Step(Action.SUBMIT, 1), now())
    assert (moved.state, moved.version) == (State.SUBMITTED, 2)
    assert await claims_of(one) == ["reservation"]

    await steps.act(field.approver, one, Step(Action.APPROVE, 2, conditions="監視員を2名置くこと。"), now())
    moved = await steps.act(None, one, Step(Action.CONFIRM), now())
    assert moved.state is State.CONFIRMED
    assert (await reading.find(company, one))["conditions"] == "監視員を2名置くこと。"
    assert [row["action"] for row in await reading.events(company, one)] == ["hold", "submit", "approve", "confirm"]


@pytest.mark.parametrize(("who", "action"), [("company", Action.WITHDRAW), ("approver", Action.REJECT)])
async def test_an_end_gives_the_claim_back(db: None, who: str, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)
    actor = company if who == "company" else field.approver

    moved = await steps.act(actor, one, Step(action, 1, reason="理由"), now())

    assert moved.state not in CLAIMING
    assert await claims_of(one) == []
    assert await filed(field, await factories.company()) > one


async def test_roles_are_kept_apart(db: None) -> None:
    field, other_field, company = await factories.field(), await factories.field(), await factories.company()
    one = await filed(field, company)

    with pytest.raises(NotAllowed):
        await steps.act(field.reviewer, one, Step(Action.APPROVE, 1), now())
    with pytest.raises(NotAllowed):
        await steps.act(company, one, Step(Action.APPROVE, 1), now())
    for stranger in (await factories.company(), other_field.approver):
        with pytest.raises(NotFound):
            await steps.act(stranger, one, Step(Action.WITHDRAW, 1), now())
        with pytest.raises(NotFound):
            await reading.find(stranger, one)
        with pytest.raises(NotFound):
            await reading.events(stranger, one)
        assert await reading.listed(stranger, reading.ListQuery()) == []


async def test_a_draft_is_the_companys_own_business(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    draft = await filed(field, company, action=Action.SAVE)
    assert await claims_of(draft) == []

    with pytest.raises(NotFound):
        await reading.find(field.approver, draft)
    with pytest.raises(NotFound):
        await steps.act(field.approver, draft, Step(Action.REJECT, 1, reason="x"), now())


async def test_a_refusal_needs_its_reason_and_a_stale_version_is_refused(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)

    with pytest.raises(InvalidInput):
        await steps.act(field.approver, one, Step(Action.REJECT, 1, reason="  "), now())
    with pytest.raises(Stale):
        await steps.act(field.approver, one, Step(Action.APPROVE, 7), now())


async def test_changing_volumes_keeps_the_old_claim_until_the_new_one_is_sure(db: None) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    one = await filed(field, company, hour=9)
    await filed(field, rival, hour=13)

    with pytest.raises(Taken):
        await steps.change_volumes(company, one, 1, (Asked(factories.period(13)),), now())
    assert await claims_of(one) == ["reservation"]
    with pytest.raises(Taken):
        await filed(field, rival, hour=9)

    moved = await steps.change_volumes(company, one, 1, (Asked(factories.period(9.5)),), now())
    assert moved.state is State.SUBMITTED
    assert await filed(field, rival, hour=11) > one


async def test_changing_volumes_after_approval_reopens_the_review(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)
    await steps.act(field.approver, one, Step(Action.APPROVE), now())

    moved = await steps.change_volumes(company, one, None, (Asked(factories.period(15)),), now())

    assert moved.state is State.SUBMITTED


async def test_a_hold_past_its_deadline_can_only_expire(db: None) -> None:
    field, company = await factories.field(hold_minutes=5), await factories.company()
    one = await filed(field, company, action=Action.HOLD)
    later = now() + factories.timedelta(minutes=6)

    with pytest.raises(WrongState):
        await steps.act(None, one, Step(Action.EXPIRE), now())
    with pytest.raises(WrongState):
        await steps.act(company, one, Step(Action.SUBMIT), later)
    moved = await steps.act(None, one, Step(Action.EXPIRE), later)
    assert moved.state is State.EXPIRED
    assert await claims_of(one) == []


async def test_the_first_waiting_application_that_fits_is_offered_a_hold(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company, hour=9)
    rivals = [await factories.company() for _ in range(3)]
    waiting = [
        await filed(field, rival, hour=hour, action=Action.WAIT)
        for rival, hour in zip(rivals, (9, 9, 9.5), strict=True)
    ]
    assert await steps.offer_waiting(field.site_id, now()) == []

    await steps.act(company, one, Step(Action.WITHDRAW), now())

    assert await steps.offer_waiting(field.site_id, now()) == [], "it was offered as it became free"
    assert (await reading.find(rivals[0], waiting[0]))["state"] == "held"
    assert await claims_of(waiting[0]) == ["hold"]
    assert (await reading.find(rivals[1], waiting[1]))["state"] == "waiting"


async def test_the_story_is_sealed_and_cannot_be_rewritten(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)
    await steps.act(company, one, Step(Action.WITHDRAW), now())
    assert await broken_chains() == []

    async with DB.connection() as connection:
        for attempt in (
            "UPDATE event SET reason = 'x'",
            "DELETE FROM event",
            "TRUNCATE event CASCADE",
        ):
            with pytest.raises(Exception, match="only ever added to"):
                await connection.execute(attempt)
        # With the guard off the forgery goes in, and the seals tell on it.
        await connection.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
        await connection.execute("UPDATE event SET reason = 'forged' WHERE sequence = 1")
    assert await broken_chains() == [Broken("reservation", one, 1)]


async def test_no_state_without_its_event(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)

    async with DB.connection() as connection:
        with pytest.raises(Exception, match="its last event says"):
            await connection.execute("UPDATE reservation SET state = 'confirmed' WHERE id = $1", one)
        await connection.execute("ALTER TABLE reservation DISABLE TRIGGER reservation_in_step")
        await connection.execute("UPDATE reservation SET state = 'confirmed' WHERE id = $1", one)


async def test_a_hold_may_be_submitted_although_the_notice_has_run_short(db: None) -> None:
    field, company = await factories.field(notice_minutes=600, hold_minutes=600), await factories.company()
    start = factories.tomorrow(9)
    application = Application(
        await factories.project(company), field.area_id, (Asked(factories.period(9)),), Action.HOLD
    )
    held = await filing.file(company, application, start - factories.timedelta(minutes=605))

    with pytest.raises(WrongState):
        await steps.act(company, held.id, Step(Action.SUBMIT), start)
    moved = await steps.act(company, held.id, Step(Action.SUBMIT), start - factories.timedelta(minutes=590))
    assert moved.state is State.SUBMITTED


async def test_a_new_approval_does_not_inherit_the_conditions_of_the_last(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)
    await steps.act(field.approver, one, Step(Action.APPROVE, conditions="監視員を置くこと。"), now())
    await steps.change_volumes(company, one, None, (Asked(factories.period(15)),), now())

    await steps.act(field.approver, one, Step(Action.APPROVE), now())

    assert (await reading.find(company, one))["conditions"] == ""


async def test_no_claim_is_lost_behind_a_reservations_back(own_db: str) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)

    async with DB.connection() as connection:
        for attempt in ("DELETE FROM claim", "TRUNCATE claim"):
            with pytest.raises(Exception, match=r"does not fit its claim|not to be emptied"):
                await connection.execute(attempt)
        assert await claims_of(one) == ["reservation"]
        # With the guards off it is gone, and nobody would have noticed.
        await connection.execute("ALTER TABLE claim DISABLE TRIGGER claim_in_step_delete")
        await connection.execute("DELETE FROM claim")
    assert await claims_of(one) == []


async def test_looking_whether_a_time_fits_tells_nothing_of_another_companys_reservation(db: None) -> None:
    field, company, rival = await factories.field(), await factories.company(), await factories.company()
    theirs = await filed(field, rival, hour=9)
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))

    with pytest.raises(NotFound):
        await checking.check(company, application, now(), besides=theirs)
    assert not (await checking.check(company, application, now())).fits


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.RETURN, Action.REJECT, Action.WITHDRAW])
async def test_conditions_are_set_by_an_approval_only(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company, action=Action.HOLD if action is Action.SUBMIT else Action.SUBMIT)
    actor = field.approver if action in {Action.RETURN, Action.REJECT} else company

    with pytest.raises(InvalidInput) as refusal:
        await steps.act(actor, one, Step(action, reason="理由", conditions="夜間も飛行できること。"), now())

    assert [one.path for one in refusal.value.faults] == ["conditions"]


@pytest.mark.parametrize("state", [State.HELD, State.RETURNED, State.CONFIRMED])
async def test_a_change_without_volumes_changes_nothing(db: None, state: State) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company, action=Action.HOLD if state is State.HELD else Action.SUBMIT)
    if state is State.RETURNED:
        await steps.act(field.reviewer, one, Step(Action.RETURN, reason="図面が必要です。"), now())
    if state is State.CONFIRMED:
        await steps.act(field.approver, one, Step(Action.APPROVE), now())
        await steps.act(None, one, Step(Action.CONFIRM), now())
    before = dict((await reading.find(company, one)).items())

    with pytest.raises(WrongState):
        await steps.act(company, one, Step(Action.CHANGE), now())

    assert dict((await reading.find(company, one)).items()) == before


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.HOLD, Action.WAIT])
async def test_a_draft_goes_nowhere_once_its_project_tries_what_the_area_forbids(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    await Area.update({Area.uses: ["drone"]}).where(Area.id == field.area_id)
    one = await filed(field, company, action=Action.SAVE)
    row = await reading.find(company, one)
    await Project.update({Project.use: "vehicle"}).where(Project.id == row["project_id"])

    with pytest.raises(InvalidInput) as refusal:
        await steps.act(company, one, Step(action), now())

    assert [one.path for one in refusal.value.faults] == ["area_id"]


async def test_a_decision_is_due_before_the_time_begins(db: None) -> None:
    field, company = await factories.field(processing_days=14), await factories.company()
    one = await filed(field, company)
    assert (await reading.find(company, one))["due_at"] == factories.period(9).start


async def test_an_offer_passes_over_what_waits_at_a_site_that_has_closed_down(db: None) -> None:
    field, first, second = await factories.field(), await factories.company(), await factories.company()
    one = await filed(field, first)
    waiting = await filed(field, second, action=Action.WAIT)
    await Site.update({Site.published: False}).where(Site.id == field.site_id)
    await steps.act(first, one, Step(Action.WITHDRAW), now())

    assert await steps.offer_waiting(field.site_id, now()) == []
    assert (await reading.find(second, waiting))["state"] == State.WAITING


async def test_an_offer_passes_over_what_a_deactivated_company_waits_for(db: None) -> None:
    field, first = await factories.field(), await factories.company()
    gone, next_one = await factories.company(), await factories.company()
    one = await filed(field, first)
    passed, waiting = [await filed(field, company, action=Action.WAIT) for company in (gone, next_one)]
    await Organisation.update({Organisation.active: False}).where(Organisation.id == gone.companies[0])
    await steps.act(first, one, Step(Action.WITHDRAW), now())

    assert (await reading.find(gone, passed))["state"] == State.WAITING
    assert (await reading.find(next_one, waiting))["state"] == State.HELD


async def test_a_draft_that_is_put_away_stays_its_companys_own(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    draft = await filed(field, company, action=Action.SAVE)
    held = await filed(field, company, hour=12, action=Action.HOLD)
    for one in (draft, held):
        await steps.act(company, one, Step(Action.WITHDRAW), now())

    with pytest.raises(NotFound):
        await reading.find(field.reviewer, draft)
    assert [row["id"] for row in await reading.listed(field.reviewer, reading.ListQuery())] == [held]
    assert [row["id"] for row in await reading.listed(company, reading.ListQuery())] == [held, draft]


async def test_a_hold_ends_when_its_time_begins_at_the_latest(db: None) -> None:
    field, company = await factories.field(hold_minutes=43_200, notice_minutes=0), await factories.company()
    one = await filed(field, company, action=Action.HOLD)
    assert (await reading.find(company, one))["deadline"] == factories.period(9).start
    await steps.change_volumes(company, one, None, (Asked(factories.period(4)),), now())
    assert (await reading.find(company, one))["deadline"] == factories.period(4).start


async def test_conditions_end_with_their_approval(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    one = await filed(field, company)
    await steps.act(field.approver, one, Step(Action.APPROVE, conditions="監視員を置くこと。"), now())
    await steps.change_volumes(company, one, None, (Asked(factories.period(12)),), now())
    assert (await reading.find(company, one))["conditions"] == ""


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.WAIT, Action.SAVE])
async def test_nothing_is_filed_that_could_never_be_claimed(db: None, action: Action) -> None:
    field, company = await factories.field(), await factories.company()
    shared = await factories.area(field.site_id, mode="shared")
    asked = (Asked(factories.period(9, 2)), Asked(factories.period(10, 2)))
    row = await Area.select(Area.geometry).where(Area.id == shared).first()
    assert row is not None
    west, south, east, north = row["geometry"].bounds
    half = MultiPolygon([box(west, south, (west + east) / 2, north)])
    both = (asked[0], replace(asked[1], footprint=half))

    with pytest.raises(InvalidInput):
        await filing.file(company, Application(await factories.project(company), shared, both, action), now())


async def test_what_waits_is_offered_its_time_inside_the_notice_too(db: None) -> None:
    field, first, second = await factories.field(), await factories.company(), await factories.company()
    one = await filed(field, first)
    waiting = await filed(field, second, action=Action.WAIT)
    await Site.update({Site.notice_minutes: 100_000}).where(Site.id == field.site_id)
    await steps.act(first, one, Step(Action.WITHDRAW), now())
    assert (await reading.find(second, waiting))["state"] == "held"


async def test_a_site_that_changes_while_it_is_booked_is_looked_at_again(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    place = await availability.place(field.area_id, application.asked)
    await Site.update({Site.version: Site.version + 1}).where(Site.id == field.site_id)

    with pytest.raises(WrongState):
        await availability.hold_site(place)
    assert (await filing.file(company, application, now())).state is State.SUBMITTED
