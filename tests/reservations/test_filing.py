"""Filing an application."""

import pytest

from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import InvalidInput, Taken
from testfields.reservations import filing
from testfields.reservations.rules import State
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


async def test_another_companys_project_is_as_unknown_as_none(db: None) -> None:
    field = await factories.field()
    owner, stranger = await factories.company(), await factories.company()
    application = filing.Application(await factories.project(owner), field.area_id, (Asked(factories.period(9)),))

    with pytest.raises(InvalidInput) as refusal:
        await filing.file(stranger, application, now())

    assert [one.path for one in refusal.value.faults] == ["project_id"]
