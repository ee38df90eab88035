"""Permits: issued once, revoked at once, checked by anybody."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.errors import NotFound
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.permits import service
from testfields.permits.pages import verdict_of
from testfields.permits.rules import Permitted, Phase, Standing, make_code, phase_of, read_code, standing_of
from testfields.permits.tables import Permit
from testfields.reservations import filing
from testfields.reservations import steps as reservations
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.stays import StayState
from tests import factories

PLANNED = StayState.PLANNED
BAND = AltitudeBand(None, None)


async def confirmed(company: Actor, conditions: str = "", **changes: object) -> tuple[factories.Field, int]:
    field = await factories.field(name_ja="夢洲", name_en="Yumeshima")
    project = await factories.project(company, **changes)
    asked = (Asked(factories.period(9, 2)),)
    reservation = (await filing.file(company, Application(project, field.area_id, asked), now())).id
    await reservations.act(field.approver, reservation, Step(Action.APPROVE, conditions=conditions), now())
    await reservations.act(None, reservation, Step(Action.CONFIRM), now())
    return field, reservation


async def code_of(reservation: int) -> str:
    row = await Permit.select(Permit.code).where(Permit.reservation_id == reservation).first()
    assert row is not None
    return str(row["code"])


def test_a_code_is_26_letters_and_read_however_it_is_typed() -> None:
    code = make_code(bytes(range(16)))
    assert re.fullmatch("[A-Z2-7]{26}", code)
    spaced = " ".join(code[at : at + 4] for at in range(0, 26, 4)).lower()
    assert read_code(code) == read_code(spaced) == read_code("-".join(code)) == code
    for wrong in ("", code[:-1], code + "A", code[:-1] + "0", "../" + code, "é" * 26):
        assert read_code(wrong) is None
    assert make_code(b"\0" * 15 + b"\1") != make_code(b"\0" * 16)


@pytest.mark.parametrize("state", list(State))
def test_a_permit_falls_with_its_reservation(state: State) -> None:
    stands = state in {State.CONFIRMED, State.ACTIVE, State.COMPLETED, State.REPORTED}
    assert standing_of(state, None) is (Standing.VALID if stands else Standing.REVOKED)
    assert standing_of(state, now()) is Standing.REVOKED


def test_before_during_between_and_after_its_times() -> None:
    start = now()
    hour = timedelta(hours=1)
    times = tuple(
        Permitted(Period(start + at * hour, start + (at + 1) * hour), BAND, "広場", "Plaza", PLANNED) for at in (1, 3)
    )
    moments = {0: Phase.BEFORE, 1: Phase.DURING, 2: Phase.BEFORE, 3: Phase.DURING, 4: Phase.OVER}
    for hours, phase in moments.items():
        assert phase_of(State.CONFIRMED, times, start + hours * hour) is phase
    assert phase_of(State.COMPLETED, times, start + hour) is Phase.OVER
    # A time that was given back is permitted no more.
    left = (times[0], replace(times[1], state=StayState.GIVEN_BACK))
    assert [phase_of(State.CONFIRMED, left, start + at * hour) for at in (1, 3)] == [Phase.DURING, Phase.OVER]


async def test_it_is_issued_once_and_only_for_what_is_confirmed(db: None) -> None:
    company = await factories.company()
    field, reservation = await confirmed(company)
    await service.issue(reservation, now())
    await service.issue(reservation, now())
    assert await Permit.count() == 1

    await reservations.act(field.approver, reservation, Step(Action.REVOKE, reason="工事のため"), now())
    await service.issue(reservation, now())
    assert await Permit.count() == 1


async def test_it_is_void_the_moment_its_reservation_is_cancelled(db: None) -> None:
    company = await factories.company()
    _, reservation = await confirmed(company)
    await service.issue(reservation, now())
    code = await code_of(reservation)
    assert (await service.check(code, now())).standing is Standing.VALID

    await service.revoke(reservation, "", now())
    assert (await service.check(code, now())).standing is Standing.VALID, "nothing has taken its ground away"

    await reservations.act(company, reservation, Step(Action.CANCEL), now())
    before_the_job = await service.check(code, now())
    assert (before_the_job.standing, before_the_job.revoked_at) == (Standing.REVOKED, None)

    await service.revoke(reservation, "取消し", now())
    assert (await service.check(code, now())).revoked_at is not None


async def test_a_void_permit_tells_nothing_of_what_is_asked_for_now(db: None) -> None:
    company = await factories.company()
    _, reservation = await confirmed(company, conditions="監視員を置くこと。")
    await service.issue(reservation, now())
    code = await code_of(reservation)
    await reservations.change_volumes(company, reservation, None, (Asked(factories.period(15)),), now())

    permit = await service.check(code, now())
    assert [one.period for one in permit.permitted] == [factories.period(9, 2)]
    assert permit.conditions == "監視員を置くこと。"
    assert permit.standing is Standing.REVOKED


async def test_over_is_not_called_valid(db: None) -> None:
    _, reservation = await confirmed(await factories.company())
    await service.issue(reservation, now())
    code = await code_of(reservation)
    ends = factories.period(9, 2).end
    assert verdict_of(await service.check(code, ends - timedelta(seconds=1))) == "valid"
    assert verdict_of(await service.check(code, ends)) == "over"


async def test_the_page_says_one_word_and_then_where_when_what(db: None, client: AsyncClient) -> None:
    company = await factories.company()
    field, reservation = await confirmed(company, conditions="監視員を置くこと。\n<b>雨天中止</b>")
    await service.issue(reservation, now())
    code = await code_of(reservation)

    page = await client.get(f"/p/{code}")
    assert page.status_code == 200, page.text
    assert "<strong>有効</strong>" in page.text
    for said in ("夢洲", "9:00–11:00", "配送ドローンの実証", "ドローン", "地上0–150 m", "&lt;b&gt;雨天中止"):
        assert said in page.text
    for kept in (company.name, company.email, field.approver.name, "組織", "離島への配送"):
        assert kept not in page.text

    english = await client.get(f"/p/{code}", params={"lang": "en"})
    assert "<strong>Valid</strong>" in english.text
    assert "Yumeshima" in english.text
    assert "Delivery drone trial" in english.text

    await reservations.act(field.approver, reservation, Step(Action.REVOKE, reason="担当者の連絡先に誤り"), now())
    revoked = await client.get(f"/p/{code}", params={"lang": "ja"})
    assert "<strong>失効</strong>" in revoked.text
    assert "担当者の連絡先に誤り" not in revoked.text


async def test_it_names_the_company_only_where_the_project_agreed(db: None, client: AsyncClient) -> None:
    _, reservation = await confirmed(await factories.company(), name_public=True)
    await service.issue(reservation, now())
    code = await code_of(reservation)
    shown = (await client.get(f"/api/v1/permits/{code}")).json()
    assert shown["company"]["ja"].startswith("組織")
    assert shown["company"]["ja"] in (await client.get(f"/p/{code}")).text


async def test_an_unknown_code_is_said_to_be_unknown(db: None, client: AsyncClient) -> None:
    for code in (make_code(b"\7" * 16), "nonsense", "A" * 5000):
        page = await client.get(f"/p/{code}")
        assert page.status_code == 404
        assert "<strong>該当なし</strong>" in page.text
        answer = await client.get(f"/api/v1/permits/{code}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"
    with pytest.raises(NotFound):
        await service.check("", now())


async def test_a_program_is_told_the_same(db: None, client: AsyncClient) -> None:
    _, reservation = await confirmed(await factories.company())
    await service.issue(reservation, now())
    code = await code_of(reservation)
    answer = await client.get(f"/api/v1/permits/{code.lower()}")
    assert answer.status_code == 200, answer.text
    permit = answer.json()
    assert (permit["code"], permit["standing"], permit["phase"], permit["company"]) == (code, "valid", "before", None)
    assert permit["permitted"][0]["altitude"] == {"lower": 0.0, "upper": 150.0}


async def test_the_page_with_its_sheets_is_about_twenty_kilobytes(db: None, client: AsyncClient) -> None:
    _, reservation = await confirmed(await factories.company(), conditions="監視員を置くこと。")
    await service.issue(reservation, now())
    page = await client.get(f"/p/{await code_of(reservation)}")
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    assert "<script" not in page.text
    sizes = [len((await client.get(sheet)).content) for sheet in sheets]
    assert len(page.content) + sum(sizes) < 24_000


async def test_it_carries_the_conditions_of_the_approval_that_it_rests_on(db: None) -> None:
    company = await factories.company()
    field, reservation = await confirmed(company, conditions="監視員を置くこと。")
    asked = (Asked(factories.period(12, 2)),)
    await reservations.change_volumes(company, reservation, None, asked, now())
    await reservations.act(field.approver, reservation, Step(Action.APPROVE), now())
    await reservations.act(None, reservation, Step(Action.CONFIRM), now())
    await service.issue(reservation, now())

    assert (await service.check(await code_of(reservation), now())).conditions == ""


async def test_what_was_changed_for_another_time_is_not_told_as_used(db: None) -> None:
    company = await factories.company()
    _, number = await confirmed(company)
    await service.issue(number, now())
    await reservations.change_volumes(company, number, None, (Asked(factories.period(15)),), now())
    permit = await service.of_reservation(company, number, now())
    assert [one.state for one in permit.permitted] == [StayState.GIVEN_BACK]


async def test_whoever_left_ahead_of_the_time_has_used_it(db: None) -> None:
    company = await factories.company()
    _, number = await confirmed(company)
    await service.issue(number, now())
    ahead = factories.period(9).start - timedelta(minutes=40)
    for action in (Action.CHECK_IN, Action.CHECK_OUT):
        await reservations.act(company, number, Step(action), ahead)
        ahead += timedelta(minutes=20)
    permit = await service.of_reservation(company, number, now())
    assert [one.state for one in permit.permitted] == [StayState.COMPLETED]
