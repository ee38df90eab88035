"""Single stays on the pages: given back by form, told in the story, left out of what is coming."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.local_time import format_period
from testfields.events.tables import Event
from testfields.letters import jobs
from testfields.letters.rules import Audience
from testfields.notifications.tables import Delivery
from testfields.reservations import day, filing, reading, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.reservations.stays import StayState
from tests import factories

T = StayState
TOKYO = "Asia/Tokyo"
# What keeps a time on one line.
JOINER = "\u2060"
HOURS = (9, 12, 15)
WHEN = [format_period(factories.period(hour), TOKYO, "ja") for hour in HOURS]


@dataclass(frozen=True)
class Series:
    """Three permitted stays, and the company before their page."""

    client: AsyncClient
    field: factories.Field
    company: Actor
    number: int
    stays: list[int]
    form: dict[str, str]

    @property
    def address(self) -> str:
        return f"/my/reservations/{self.number}"

    async def give_back(self, **chosen: object) -> int:
        """Send the form; the status."""
        version = (await reading.find(self.company, self.number))["version"]
        data = {**self.form, "version": str(version), **{name: str(value) for name, value in chosen.items()}}
        return (await self.client.post(f"{self.address}/give_back", data=data)).status_code

    async def states(self) -> list[StayState]:
        return [one.state for one in await day.stays_of(self.number)]


@pytest.fixture
async def series(db: None, client: AsyncClient) -> Series:
    field, company = await factories.field(), await factories.company()
    number = await permitted(field, company, *HOURS)
    form = await factories.log_in(client, company)
    return Series(client, field, company, number, [one.id for one in await day.stays_of(number)], form)


async def permitted(field: factories.Field, company: Actor, *hours: float) -> int:
    asked = tuple(Asked(factories.period(hour)) for hour in hours)
    number = (await filing.file(company, Application(await factories.project(company), field.area_id, asked), now())).id
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    return number


@pytest.mark.parametrize(
    ("much", "states"),
    [
        ("one", [T.PLANNED, T.GIVEN_BACK, T.PLANNED]),
        ("after", [T.PLANNED, T.GIVEN_BACK, T.GIVEN_BACK]),
        ("all", [T.GIVEN_BACK, T.GIVEN_BACK, T.GIVEN_BACK]),
    ],
)
async def test_as_much_is_given_back_as_was_chosen(series: Series, much: str, states: list[StayState]) -> None:
    page = (await series.client.get(series.address)).text
    assert all(
        f'<option value="{number}">{when}</option>' in page for number, when in zip(series.stays, WHEN, strict=True)
    )

    assert await series.give_back(stay=series.stays[1], much=much) == 303

    assert await series.states() == states
    page = (await series.client.get(series.address)).text
    assert (f'<option value="{series.stays[0]}">' in page) is (states[0] is T.PLANNED)
    assert f'<option value="{series.stays[1]}">' not in page
    assert ('name="much"' in page) is (states.count(T.PLANNED) > 1)


@pytest.mark.parametrize("chosen", [{}, {"much": "everything"}, {"much": "one"}, {"much": "after", "stay": "x"}])
async def test_nothing_is_given_back_that_was_not_chosen(series: Series, chosen: Mapping[str, str]) -> None:
    assert await series.give_back(**chosen) == 422
    assert await series.states() == [T.PLANNED] * 3


async def test_a_stay_of_somebody_else_and_one_that_is_over_are_not_given_back(series: Series) -> None:
    other = await permitted(series.field, await factories.company(), 18)
    (foreign,) = await day.stays_of(other)
    for much in ("one", "after"):
        assert await series.give_back(stay=foreign.id, much=much) == 422
    assert [one.state for one in await day.stays_of(other)] == [T.PLANNED]

    assert await series.give_back(stay=series.stays[0], much="one") == 303
    assert await series.give_back(stay=series.stays[0], much="one") == 409
    assert await series.states() == [T.GIVEN_BACK, T.PLANNED, T.PLANNED]


async def test_an_old_page_gives_nothing_back_and_keeps_what_was_chosen(series: Series) -> None:
    data = {**series.form, "version": "1", "stay": str(series.stays[1]), "much": "after", "reason_give_back": "天候"}
    late = await series.client.post(f"{series.address}/give_back", data=data)
    assert late.status_code == 409
    assert await series.states() == [T.PLANNED] * 3
    assert f'<option value="{series.stays[1]}" selected>' in late.text
    assert 'name="much" value="after" checked' in late.text
    assert "天候" in late.text


async def test_the_story_tells_which_times_each_step_was_about(series: Series) -> None:
    nine = factories.period(HOURS[0])
    await steps.act(series.company, series.number, Step(Action.GIVE_BACK, stays=(series.stays[1],)), now())
    await steps.act(series.company, series.number, Step(Action.CHECK_IN), nine.start)
    await steps.act(series.company, series.number, Step(Action.CHECK_OUT), nine.end)

    page = (await series.client.get(series.address)).text
    story = page.partition('id="story"')[2]
    out, came, back = (one.partition("</ul>")[0] for one in story.split('class="timeline__times"')[1:])
    assert (f"{WHEN[0]}：利用済み" in out, f"{WHEN[0]}：実施中" in came) == (True, True)
    assert f"{WHEN[1]}：返却済み" in back
    assert WHEN[2] not in out + came + back

    events = (await series.client.get(f"/api/v1{series.address.removeprefix('/my')}/events")).json()
    told = {one["action"]: [(stay["id"], stay["state"]) for stay in one["stays"]] for one in events}
    assert told == {
        "submit": [], "approve": [], "confirm": [],
        "give_back": [(series.stays[1], "given_back")],
        "check_in": [(series.stays[0], "active")],
        "check_out": [(series.stays[0], "completed")],
    }  # fmt: skip
    (period,) = [one["stays"][0]["period"] for one in events if one["action"] == "give_back"]
    assert sorted(period) == ["end", "start"]

    await factories.log_in(series.client, series.field.approver)
    desk = (await series.client.get(f"/desk/{series.number}")).text
    assert f"{WHEN[1]}：返却済み" in desk.partition('id="history"')[2]


async def test_what_was_given_back_is_neither_coming_nor_asked_for_again(series: Series) -> None:
    assert await series.give_back(stay=series.stays[0], much="one") == 303

    my = (await series.client.get("/my")).text.replace(JOINER, "")
    assert WHEN[0] not in my
    assert WHEN[1] in my
    change = (await series.client.get(f"{series.address}/change")).text
    assert 'name="time1_start"' in change
    assert 'name="time2_start"' not in change

    assert await series.give_back(much="all") == 303
    assert (await series.client.get(f"{series.address}/change")).status_code == 409


async def test_staff_still_see_what_is_over(series: Series) -> None:
    assert await series.give_back(much="all") == 303
    await factories.log_in(series.client, series.field.approver)
    desk = await series.client.get(f"/desk/{series.number}")
    assert desk.status_code == 200
    assert WHEN[0] in desk.text
    review = (await series.client.get(f"/api/v1/reviews/{series.number}")).json()
    assert review["days"] == [factories.tomorrow(9).date().isoformat()]


async def letter(number: int, action: Action) -> tuple[str, str]:
    """The subject and the text that the company is sent about the last such step."""
    event = (Event.subject == "reservation") & (Event.subject_id == number) & (Event.action == action)
    row = await Event.select(Event.id).where(event).order_by(Event.id, ascending=False).first()
    assert row is not None
    await jobs.write(row["id"], Audience.COMPANY, "https://portal.test")
    mail = await Delivery.select(Delivery.subject, Delivery.text).order_by(Delivery.id, ascending=False).first()
    assert mail is not None
    return mail["subject"], mail["text"]


async def test_a_letter_names_the_times_that_it_is_about(series: Series) -> None:
    nine = factories.period(HOURS[0])
    await steps.act(series.company, series.number, Step(Action.GIVE_BACK, stays=(series.stays[1],)), now())
    await steps.act(series.company, series.number, Step(Action.CHECK_IN), nine.start)
    await steps.act(series.company, series.number, Step(Action.CHECK_OUT), nine.end)
    await steps.act(None, series.number, Step(Action.NO_SHOW), factories.period(HOURS[2]).start)

    for action, about in ((Action.GIVE_BACK, 1), (Action.CHECK_OUT, 0), (Action.NO_SHOW, 2)):
        subject, text = await letter(series.number, action)
        assert [when in text for when in WHEN] == [place == about for place in range(3)], action
        assert WHEN[about] in subject
        assert "ほか" not in subject


async def test_a_permit_is_announced_without_the_times_that_lapsed_before_it(series: Series) -> None:
    asked = tuple(Asked(factories.period(hour)) for hour in (18, 20))
    application = Application(await factories.project(series.company), series.field.area_id, asked)
    number = (await filing.file(series.company, application, now())).id
    await steps.act(series.field.approver, number, Step(Action.APPROVE), factories.period(19).start)
    await steps.act(None, number, Step(Action.CONFIRM), factories.period(19).start)
    for action in (Action.APPROVE, Action.CONFIRM):
        _, text = await letter(number, action)
        assert "20:00–21:00" in text
        assert "18:00–19:00" not in text


async def test_nothing_is_planned_of_an_application_that_was_rejected(db: None, client: AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    number = (await filing.file(company, application, now())).id
    await steps.act(field.approver, number, Step(Action.REJECT, reason="理由"), now())
    await factories.log_in(client, company)
    volumes = (await client.get(f"/my/reservations/{number}")).text.split('class="volumes"')[1].split("</ul>")[0]
    assert "予定" not in volumes
    assert "<li" in volumes
