"""Filing an application."""

import pytest

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, Taken
from testfields.reservations import checking, filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.web.problems import problem_of
from tests import factories


async def test_the_second_application_for_a_taken_volume_is_told_what_is_in_the_way(db: None) -> None:
    field = await factories.field()
    first, second = await factories.company(), await factories.company()
    asked = (Asked(factories.period(9)),)
    filed = await filing.file(first, filing.Application(await factories.project(first), field.area_id, asked), now())
    assert filed.state is State.SUBMITTED

    with pytest.raises(Taken) as refusal:
        await filing.file(second, filing.Application(await factories.project(second), field.area_id, asked), now())

    assert [(one.kind, one.start) for one in refusal.value.in_the_way] == [("reservation", asked[0].period.start)]


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.HOLD])
async def test_ones_own_application_in_the_way_is_told_by_its_number_and_anothers_never(
    db: None, action: Action
) -> None:
    field, company, stranger = await factories.field(), await factories.company(), await factories.company()
    own, theirs = Asked(factories.period(9)), Asked(factories.period(10))

    async def ask(actor: Actor, *asked: Asked, action: Action = action) -> Application:
        return Application(await factories.project(actor), field.area_id, asked, action)

    number = (await filing.file(company, await ask(company, own), now())).id
    await filing.file(stranger, await ask(stranger, theirs), now())
    both = await ask(company, own, theirs, action=Action.SUBMIT)
    draft = await filing.file(company, await ask(company, own, theirs, action=Action.SAVE), now())

    with pytest.raises(Taken) as at_once:
        await filing.file(company, both, now())
    with pytest.raises(Taken) as from_a_draft:
        await steps.act(company, draft.id, Step(Action.SUBMIT), now())
    told = [[one.reservation_id for one in refusal.value.in_the_way] for refusal in (at_once, from_a_draft)]
    assert told == [[number, None], [number, None]]
    assert [one.reservation_id for one in (await checking.check(company, both, now())).in_the_way] == [number, None]

    third = await factories.company()
    verdict = await checking.check(third, await ask(third, own, theirs), now())
    assert [one.reservation_id for one in verdict.in_the_way] == [None, None]
    with pytest.raises(Taken) as refusal:
        await filing.file(third, await ask(third, own, theirs), now())
    assert [one.reservation_id for one in refusal.value.in_the_way] == [None, None]
    assert problem_of(refusal.value, 409, "taken").in_the_way == list(refusal.value.in_the_way)


async def test_another_companys_project_is_as_unknown_as_none(db: None) -> None:
    field = await factories.field()
    owner, stranger = await factories.company(), await factories.company()
    application = filing.Application(await factories.project(owner), field.area_id, (Asked(factories.period(9)),))

    with pytest.raises(InvalidInput) as refusal:
        await filing.file(stranger, application, now())

    assert [one.path for one in refusal.value.faults] == ["project_id"]
