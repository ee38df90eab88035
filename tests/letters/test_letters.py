"""What the portal writes to people about an application."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Organisation, Person
from testfields.availability import service as availability
from testfields.availability.rules import decision_due
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.events.tables import Event
from testfields.letters import jobs
from testfields.letters.rendering import render
from testfields.letters.rules import COMPANY, STAFF, Audience, Facts
from testfields.letters.service import facts_of, receivers
from testfields.notifications.tables import Delivery
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.reservations.words import VolumeTold
from testfields.web import locale
from tests import factories

BASE = "https://portal.test"
FACTS = Facts(
    event_id=7,
    reservation_id=12,
    action=Action.RETURN,
    from_state=State.SUBMITTED,
    reason="飛行経路が区画の外に出ています。\n図面を直してください。",
    conditions="",
    deadline=datetime(2026, 12, 1, 8, tzinfo=UTC),
    due_at=datetime(2026, 11, 30, 15, tzinfo=UTC),
    title_ja="配送ドローンの実証",
    title_en="Delivery drone trial",
    company_ja="株式会社A",
    company_en="A Inc.",
    site_ja="夢洲",
    site_en="Yumeshima",
    area_ja="広場",
    area_en="Plaza",
    timezone="Asia/Tokyo",
    contact="夢洲管理事務所 06-0000-0000",
    permit_code=None,
    volumes=(
        VolumeTold(
            Period(datetime(2026, 12, 3, 0, tzinfo=UTC), datetime(2026, 12, 3, 2, tzinfo=UTC)),
            AltitudeBand(Decimal("0.00"), Decimal("50.00")),
            "広場",
            "Plaza",
        ),
        VolumeTold(
            Period(datetime(2026, 12, 4, 0, tzinfo=UTC), datetime(2026, 12, 4, 2, tzinfo=UTC)),
            AltitudeBand(Decimal("0.00"), Decimal("50.00")),
            "広場",
            "Plaza",
        ),
    ),
)

TEXT_JA = """\
事業者の担当 様

審査の担当者から、申請内容の修正をお願いしています。期限まで、ご希望の場所と日時を引き続き確保しています。

申請番号：12
実証案件：配送ドローンの実証
場所：夢洲 広場
日時：2026年12月3日(木) 9:00–11:00
    2026年12月4日(金) 9:00–11:00
高さ：地上0–50 m

■ 理由
飛行経路が区画の外に出ています。
図面を直してください。

■ 次にしていただくこと
理由をご確認のうえ、期限までに申請内容を修正し、再度提出してください。期限を過ぎると申請は失効します。
期限：2026年12月1日(火) 17:00

■ 申請の内容
https://portal.test/my/reservations/12

--
実証フィールド・ポータル
連絡先：夢洲管理事務所 06-0000-0000
このメールは自動で送信しています。
"""

TEXT_EN = """\
Dear the applicant,

Staff ask you to revise your application. The place and time stay kept for you until the deadline.

Application number: 12
Project: Delivery drone trial
Place: Yumeshima Plaza
Time: Thu 3 Dec 2026, 09:00–11:00 JST
    Fri 4 Dec 2026, 09:00–11:00 JST
Height: 0–50 m above ground

■ Reason
飛行経路が区画の外に出ています。
図面を直してください。

■ What to do next
Please read the reason, revise the application and submit it again by the deadline. After that it lapses.
Deadline: Tue 1 Dec 2026, 17:00 JST

■ The application
https://portal.test/my/reservations/12

--
Test-field Portal
Contact: 夢洲管理事務所 06-0000-0000
This mail was sent automatically.
"""


def test_a_letter_says_what_happened_to_which_application_why_and_what_to_do_by_when() -> None:
    letter = render(FACTS, Audience.COMPANY, "事業者の担当", "ja", BASE)
    assert letter.subject == (
        "申請内容の修正をお願いします（申請番号12、夢洲 広場、2026年12月3日(木) 9:00–11:00 ほか1件）"
    )
    assert letter.text.rstrip() == TEXT_JA.rstrip()


def test_the_english_letter_says_the_same() -> None:
    letter = render(FACTS, Audience.COMPANY, "the applicant", "en", BASE)
    assert letter.subject == (
        "Please revise your application (application 12, Yumeshima Plaza, Thu 3 Dec 2026, 09:00–11:00 JST and 1 more)"
    )
    assert letter.text.rstrip() == TEXT_EN.rstrip()


def test_markup_in_a_reason_stays_text() -> None:
    letter = render(replace(FACTS, reason="<b>1</b> & 2\n次の行"), Audience.COMPANY, "<i>", "ja", BASE)
    assert "&lt;b&gt;1&lt;/b&gt; &amp; 2<br>次の行" in letter.html
    assert "<i>" not in letter.html
    assert "<b>1</b> & 2\n次の行" in letter.text


def test_staff_are_told_whose_application_it_is_and_sent_to_their_desk() -> None:
    submitted = replace(FACTS, action=Action.SUBMIT, from_state=None, reason="")
    letter = render(submitted, Audience.STAFF, "審査の担当", "ja", BASE)
    assert "事業者：株式会社A" in letter.text
    assert "審査期限：2026年12月1日(火) 0:00" in letter.text
    assert "https://portal.test/desk/12" in letter.text
    assert "理由" not in letter.text


def test_a_letter_about_a_step_that_set_no_date_names_none() -> None:
    letter = render(replace(FACTS, deadline=None), Audience.COMPANY, "事業者の担当", "ja", BASE)
    assert "期限：" not in letter.text


@pytest.mark.parametrize("words", [*COMPANY.values(), *STAFF.values()], ids=lambda words: words.what)
def test_every_letter_is_worded_in_japanese_too(words: object) -> None:
    japanese = locale.catalogue("ja")
    for text in (words.what, words.opening, words.next):  # type: ignore[attr-defined]
        assert japanese.gettext(text) != text


async def filed(field: factories.Field, company: Actor) -> int:
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    return (await filing.file(company, application, now())).id


async def last_event(reservation_id: int) -> int:
    rows = await Event.select(Event.id).where((Event.subject == "reservation") & (Event.subject_id == reservation_id))
    return max(int(row["id"]) for row in rows)


async def test_the_company_is_those_who_acted_on_it_and_its_managers_and_nobody_else(db: None) -> None:
    field, stranger = await factories.field(), await factories.company()
    company = await factories.organisation(OrganisationKind.COMPANY)
    roles = {"filed": MemberRole.MEMBER, "boss": MemberRole.MANAGER, "idle": MemberRole.MEMBER}
    people = {name: await factories.person(company, OrganisationKind.COMPANY, role) for name, role in roles.items()}
    reservation = await filed(field, people["filed"])
    await filed(await factories.field(), stranger)

    assert {one.person_id for one in await receivers(Audience.COMPANY, reservation)} == {
        people["filed"].person_id,
        people["boss"].person_id,
    }
    await steps.act(people["idle"], reservation, Step(Action.WITHDRAW), now())
    assert people["idle"].person_id in {one.person_id for one in await receivers(Audience.COMPANY, reservation)}
    assert {one.person_id for one in await receivers(Audience.STAFF, reservation)} == {
        field.approver.person_id,
        field.reviewer.person_id,
    }


async def test_a_letter_tells_of_its_own_event_however_late_it_is_written(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    first = await last_event(reservation)
    await steps.change_volumes(company, reservation, None, (Asked(factories.period(13)),), now())

    await jobs.write(first, Audience.COMPANY, BASE)
    await jobs.write(await last_event(reservation), Audience.COMPANY, BASE)

    texts = [row["text"] for row in await Delivery.select(Delivery.text).order_by(Delivery.id)]
    assert ["9:00–10:00" in text for text in texts] == [True, False]
    assert ["13:00–14:00" in text for text in texts] == [False, True]


async def test_a_late_letter_names_the_dates_and_conditions_of_its_own_event(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    early = now() - timedelta(days=3)
    asked = (Asked(factories.period(9, days=40)),)
    application = Application(await factories.project(company), field.area_id, asked)
    reservation = (await filing.file(company, application, early)).id
    submitted = await last_event(reservation)
    await steps.act(field.reviewer, reservation, Step(Action.RETURN, reason="図面が足りません。"), early)
    returned = await last_event(reservation)
    await steps.act(company, reservation, Step(Action.SUBMIT), now())
    await steps.act(field.approver, reservation, Step(Action.APPROVE, conditions="風速8 m以下"), now())
    approved = await last_event(reservation)
    await steps.change_volumes(company, reservation, None, asked, now())
    await steps.act(field.approver, reservation, Step(Action.APPROVE, conditions="立入りは2人まで"), now())

    facts = {name: await facts_of(event) for name, event in (("s", submitted), ("r", returned), ("a", approved))}
    place = await availability.place(field.area_id, asked)
    assert facts["s"].due_at == decision_due(place.policy, early) != decision_due(place.policy, now())
    assert facts["s"].deadline is None
    assert facts["r"].deadline is not None
    assert facts["a"].conditions == "風速8 m以下"
    assert (await facts_of(await last_event(reservation))).conditions == "立入りは2人まで"


async def test_a_rival_learns_nothing_of_the_application_in_its_way(db: None) -> None:
    field, winner, rival = await factories.field(), await factories.company(), await factories.company()
    await filed(field, winner)
    application = Application(
        await factories.project(rival, title_ja="巡回ロボットの実証"),
        field.area_id,
        (Asked(factories.period(9)),),
        Action.WAIT,
    )
    waiting = (await filing.file(rival, application, now())).id

    await jobs.write(await last_event(waiting), Audience.COMPANY, BASE)

    mail = await Delivery.select(Delivery.subject, Delivery.text, Delivery.html).first()
    assert mail is not None
    written = " ".join(mail.values())
    assert "巡回ロボットの実証" in written
    assert "配送ドローンの実証" not in written
    names = await factories.Organisation.select(factories.Organisation.name_ja).where(
        factories.Organisation.id == winner.companies[0]
    )
    assert names[0]["name_ja"] not in written


async def test_where_nobody_can_read_it_the_letter_goes_to_the_address_for_contact(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    locked = (company, field.approver, field.reviewer)
    await Person.update(active=False).where(Person.id.is_in([one.person_id for one in locked]))

    for audience, organisation_id in ((Audience.COMPANY, company.companies[0]), (Audience.STAFF, field.owner_id)):
        (receiver,) = await receivers(audience, reservation)
        assert (receiver.person_id, receiver.organisation_id) == (None, organisation_id)
        await jobs.write(await last_event(reservation), audience, BASE)
    written = await Delivery.select(Delivery.text, Delivery.organisation_id).order_by(Delivery.id)
    names = await Organisation.select(Organisation.id, Organisation.name_ja)
    called = {row["id"]: row["name_ja"] for row in names}
    assert [row["text"].startswith(f"{called[row['organisation_id']]} 様") for row in written] == [True, True]


async def test_of_a_deactivated_organisation_the_address_for_contact_alone_is_told_and_of_an_owner_nobody(
    db: None,
) -> None:
    field, company = await factories.field(), await factories.company()
    reservation = await filed(field, company)
    assert [one.person_id for one in await receivers(Audience.COMPANY, reservation)] == [company.person_id]
    await Organisation.update(active=False).where(Organisation.id.is_in([company.companies[0], field.owner_id]))

    (receiver,) = await receivers(Audience.COMPANY, reservation)
    assert (receiver.person_id, receiver.organisation_id) == (None, company.companies[0])
    assert await receivers(Audience.STAFF, reservation) == []
    await jobs.write(await last_event(reservation), Audience.STAFF, BASE)
    assert await Delivery.count() == 0
