"""The numbers of a month: what a slow model counts, by each site's clock, as page, table and for programs."""

import csv
import io
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

import httpx
import pytest

from testfields.core.clock import now
from testfields.core.errors import InvalidInput
from testfields.core.local_time import local_date
from testfields.dashboard import service
from testfields.dashboard.rules import Figures, month_typed, shifted
from testfields.dashboard.views import chart
from testfields.db.engine import DB
from testfields.reservations import steps
from testfields.reservations.actions import Action
from testfields.reservations.moving import Step
from testfields.reservations.rules import CAN_BE_TAKEN_BACK, TRANSITIONS, State
from testfields.reservations.tables import Reservation
from tests import factories
from tests.reviews.cases import bearer, file, log_in

MONTH = date(2026, 3, 1)
ZONES = ("Asia/Tokyo", "Pacific/Kiritimati", "America/New_York")
DECISIONS = {Action.APPROVE, Action.REJECT, Action.RETURN}
COUNTED = {*DECISIONS, Action.SUBMIT, Action.TAKE_BACK}


@dataclass(frozen=True)
class Told:
    """An event of an application's story."""

    id: int
    at: datetime
    action: Action
    before: State | None
    after: State
    due: datetime | None
    undoes: tuple[int, ...]


Story = Sequence[Told]


def a_story(chance: random.Random, ids: Iterable[int]) -> Story:
    """Any way through the life of an application, some of its steps in the same second, others months apart."""
    story: list[Told] = []
    state: State | None = None
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(450 * 24 * 60))
    for number in (next(iter(ids)) for _ in range(chance.randrange(1, 14))):
        ways = [
            (action, one.to)
            for (start, action), one in TRANSITIONS.items()
            if start == state
            and (
                action is not Action.TAKE_BACK or (story and (story[-1].before, story[-1].action) in CAN_BE_TAKEN_BACK)
            )
        ]
        if not ways:
            break
        # Mostly what is counted.
        action, after = chance.choices(ways, [6 if action in COUNTED else 1 for action, _ in ways])[0]
        due = at + timedelta(days=chance.randrange(30)) if after is State.SUBMITTED else None
        undoes: tuple[int, ...] = ()
        if action is Action.TAKE_BACK:
            due = None
            undoes = tuple(one.id for one in story[-2 if story[-1].action is Action.CONFIRM else -1 :])
        story.append(Told(number, at, action, state, after, due, undoes))
        state, at = after, at + timedelta(hours=chance.choice([0, 1, 20, 24 * 12, 24 * 40]))
    return story


def figures(stories: Iterable[Story], month: date, zone: str) -> tuple[Figures, list[int]]:
    """What a reader with a pencil would count; the days beside it, for the median of all."""
    found, days = Figures(), list[int]()
    for story in stories:
        undone = {number for one in story for number in one.undoes}
        asked: Told | None = None
        for place, one in enumerate(story):
            here = local_date(one.at, zone).replace(day=1) == month
            if here and one.after is State.SUBMITTED and all(b.after is not State.SUBMITTED for b in story[:place]):
                found = replace(found, filed=found.filed + 1)
            if here and one.action in DECISIONS and asked and one.id not in undone:
                name = {Action.APPROVE: "approved", Action.REJECT: "rejected", Action.RETURN: "returned"}[one.action]
                found = replace(found, **{name: getattr(found, name) + 1})
                if one.action is not Action.RETURN:
                    days.append((local_date(one.at, zone) - local_date(asked.at, zone)).days)
                    assert asked.due is not None
                    late = one.at > asked.due
                    found = replace(found, promised=found.promised + 1, in_time=found.in_time + (not late))
            if one.after is State.SUBMITTED and one.action is not Action.TAKE_BACK:
                asked = one
    return found, days


def with_days(found: Figures, days: list[int]) -> Figures:
    return replace(found, median_days=median(days) if days else None, longest_days=max(days, default=None))


def together(each: Sequence[tuple[Figures, list[int]]]) -> Figures:
    names = ("filed", "approved", "rejected", "returned", "promised", "in_time")
    added = {name: sum(getattr(one, name) for one, _ in each) for name in names}
    return with_days(Figures(**added), [day for _, days in each for day in days])


def standing(stories: Iterable[Story], end: date, zone: str) -> int:
    """How many stood before staff when the local day before `end` was over."""
    before = [[one for one in story if local_date(one.at, zone) < end] for story in stories]
    return sum(bool(story) and story[-1].after is State.SUBMITTED for story in before)


async def stored(field: factories.Field, stories: Sequence[Story]) -> None:
    """The stories as the portal's events; where an application stands follows from its last."""
    company = await factories.company()
    project = await factories.project(company)
    async with DB.connection() as connection:
        for story in stories:
            row = Reservation(
                project_id=project, company_id=company.companies[0], site_id=field.site_id, area_id=field.area_id,
                state=story[-1].after.value, created_by=company.person_id,
            )  # fmt: skip
            await row.save()
            for one in story:
                details: dict[str, object] = {"due_at": one.due.isoformat()} if one.due else {}
                if one.undoes:
                    details["taken_back"] = one.undoes
                await connection.execute(
                    "INSERT INTO event (id, subject, subject_id, at, site_id, actor_role, action, from_state, to_state,"
                    " details) VALUES ($1, 'reservation', $2, $3, $4, 'portal', $5, $6, $7, $8)",
                    one.id, row.id, one.at, field.site_id, one.action.value, one.before and one.before.value,
                    one.after.value, json.dumps(details),
                )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_they_are_what_a_slow_model_counts(db: None, seed: int) -> None:
    chance = random.Random(seed)
    ids = iter(range(10**9, 2 * 10**9))
    owner = await factories.organisation(factories.OrganisationKind.OWNER)
    staff = await factories.person(owner, factories.OrganisationKind.OWNER, factories.MemberRole.REVIEWER)
    async with DB.connection() as connection:
        # These stories have no claims.
        for table in ("event", "reservation"):
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_in_step")
    written: list[tuple[str, list[Story]]] = []
    for number, zone in enumerate(ZONES):
        site_id = await factories.site(owner, timezone=zone, name_ja=f"場所{number}")
        field = factories.Field(owner, site_id, await factories.area(site_id), staff, staff, staff)
        stories = [story for _ in range(40) if (story := a_story(chance, ids))]
        await stored(field, stories)
        written.append((zone, stories))
    await stored(await factories.field(), [a_story(chance, ids)])

    found = await service.numbers(staff, MONTH)

    by_zone = [figures(stories, MONTH, zone) for zone, stories in written]
    assert [one.figures for one in found.sites] == [with_days(*one) for one in by_zone]
    assert [one.open for one in found.sites] == [
        standing(stories, shifted(MONTH, 1), zone) for zone, stories in written
    ]
    assert [one.month for one in found.months] == [shifted(MONTH, by) for by in range(-12, 1)]
    for one in found.months:
        assert one.figures == together([figures(stories, one.month, zone) for zone, stories in written]), one.month
    counted = together([(one.figures, []) for one in found.months])
    assert min(counted.filed, counted.approved, counted.rejected, counted.returned, counted.in_time) > 3
    assert any(one.undoes for _, stories in written for story in stories for one in story)


async def test_the_steps_that_people_take_are_counted(db: None) -> None:
    field, company = await factories.field(processing_days=3), await factories.company()
    at = now()
    number = await file(field, company, days=20)

    async def step(actor: factories.Actor, action: Action, days: float) -> None:
        reason = "理由" if action in {Action.RETURN, Action.REJECT} else ""
        await steps.act(actor, number, Step(action, reason=reason), at + timedelta(days=days))

    await step(field.approver, Action.RETURN, 1)
    await step(company, Action.SUBMIT, 2)
    await step(field.approver, Action.REJECT, 4)
    await step(field.approver, Action.TAKE_BACK, 4)
    await step(field.approver, Action.APPROVE, 7)
    months = {local_date(at + timedelta(days=day), ZONES[0]).replace(day=1) for day in range(8)}
    all_of = [(await service.numbers(field.reviewer, month)).total for month in months]
    assert sum(one.filed for one in all_of) == 1
    assert sum(one.returned for one in all_of) == 1
    assert sum(one.rejected for one in all_of) == 0
    (approved,) = [one for one in all_of if one.approved]
    assert (approved.median_days, approved.longest_days, approved.promised, approved.in_time) == (5.0, 5, 1, 0)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-1", "2026-11-01", "1969-12", "2200-01", "２０２６-11", "9999-12"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        month_typed(text)


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert shifted(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert shifted(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert shifted(date(2026, 3, 1), -12) == date(2025, 3, 1)


async def test_all_of_them_is_said_only_of_all(db: None) -> None:
    assert Figures(promised=300, in_time=299).share_in_time == 99
    assert Figures().share_in_time is None


async def test_page_table_and_program_say_the_same(db: None, client: httpx.AsyncClient) -> None:
    field, company = await factories.field(), await factories.company()
    await file(field, company)
    month = f"{local_date(now(), ZONES[0]):%Y-%m}"
    found = await service.numbers(field.reviewer, month_typed(month))
    bars = chart(found.months)["months"][-1]["bars"]
    assert [(one["kind"], one["value"]) for one in bars] == [("filed", 1), ("decided", "")]

    headers = await bearer(field.reviewer)
    answer = (await client.get(f"/api/v1/numbers?month={month}", headers=headers)).json()
    assert (answer["month"], answer["open"], answer["total"]["filed"]) == (month, 1, 1)
    assert [one["month"] for one in answer["months"]][-1] == month
    assert (await client.get("/api/v1/numbers?month=x", headers=headers)).status_code == 422
    assert (await client.get(f"/api/v1/numbers?month={month}", headers=await bearer(company))).status_code == 403

    await log_in(client, field.reviewer)
    shown = await client.get("/desk/numbers")
    assert shown.status_code == 200
    assert 'href="/desk/numbers"' in (await client.get("/desk")).text
    sheet = await client.get(f"/desk/numbers.csv?month={month}")
    assert f'filename="numbers-{month}.csv"' in sheet.headers["Content-Disposition"]
    names, line, total = csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")))
    assert dict(zip(names, line, strict=True))["Still open"] == "1"
    assert dict(zip(names, total, strict=True))["Filed"] == "1"
    assert (await client.get("/desk/numbers?month=2026-13")).status_code == 422
