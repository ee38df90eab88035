"""What becomes of a letter: delivered, tried again, refused for good, sent again; never lost, and told why."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts.rules import Actor
from testfields.accounts.tables import Organisation
from testfields.core.clock import now
from testfields.db.statements import Statement
from testfields.notifications import service
from testfields.notifications.rules import LEASE, MOST_ATTEMPTS, OVERDUE, DeliveryState, Receiver, next_attempt
from testfields.notifications.tables import Delivery
from tests import factories
from tests.notifications.test_pages import administrator
from tests.notifications.writing import person, post
from tests.working import HURRY, Postbox, jobs, postbox, settings, work_off

OPEN = Statement("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
""")


async def stored(delivery_id: int) -> Delivery:
    found = await Delivery.objects().get(Delivery.id == delivery_id)
    assert found is not None
    return found


async def bearer(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {await factories.token(actor)}"}


async def deliver(delivery_id: int, box: Postbox, folder: Path) -> None:
    await service.deliver(delivery_id, box.url, "portal@city.test", folder, now)


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "552 5.2.2 Mailbox full", "553-5.1.3 Bad\r\n553 address"])
async def test_a_refusal_for_good_is_final_at_once_and_its_words_are_kept(
    own_db: str, tmp_path: Path, answer: str
) -> None:
    company = await factories.company()
    gone = await post(person(company))
    async with postbox() as box:
        box.answers[company.email] = answer
        await work_off(own_db, settings(tmp_path, box.url))
        await HURRY.run()
        await work_off(own_db, settings(tmp_path, box.url))
        assert len(box.receivers) == 1
    row = await stored(gone)
    assert (row.state, row.attempts, row.sent_at) == (DeliveryState.FAILED, 1, None)
    assert row.last_error == {"553": "553 5.1.3 Bad address"}.get(answer[:3], answer)
    assert {status for _, status in await jobs()} == {"succeeded"}


async def test_a_refusal_for_now_is_tried_again_later_and_arrives(own_db: str, tmp_path: Path) -> None:
    company = await factories.company()
    late = await post(person(company))
    async with postbox() as box:
        box.answers[company.email] = "451 4.7.1 Greylisted, try again later"
        await work_off(own_db, settings(tmp_path, box.url))
        row = await stored(late)
        assert (row.state, row.attempts, row.last_error) == ("waiting", 1, "451 4.7.1 Greylisted, try again later")
        assert row.next_attempt_at > now()

        box.answers.clear()
        await HURRY.run()
        await work_off(own_db, settings(tmp_path, box.url))
    row = await stored(late)
    assert (row.state, row.attempts, row.last_error) == ("sent", 2, "")
    assert len(box.to(company.email)) == 1


async def test_a_mail_refused_after_it_was_said_is_final_too(own_db: str, tmp_path: Path) -> None:
    gone = await post(person(await factories.company()))
    async with postbox() as box:
        box.verdict = "554 5.7.1 Looks like spam"
        await deliver(gone, box, tmp_path)
    assert ((await stored(gone)).state, (await stored(gone)).last_error) == ("failed", "554 5.7.1 Looks like spam")


async def test_who_is_never_reached_is_given_up_in_the_end(own_db: str, tmp_path: Path) -> None:
    lost = await post(person(await factories.company()))
    await Delivery.update(attempts=MOST_ATTEMPTS - 1).where(Delivery.id == lost)
    await service.deliver(lost, "smtp://localhost:1", "portal@city.test", tmp_path, now)
    row = await stored(lost)
    assert (row.state, row.attempts) == ("failed", MOST_ATTEMPTS)
    assert "Connect" in row.last_error


def test_waits_grow_until_nobody_waits_any_more() -> None:
    waits = [next_attempt(one, now()) for one in range(1, MOST_ATTEMPTS + 1)]
    assert all(one is not None for one in waits[:-1])
    assert waits[-1] is None


async def test_no_transaction_is_open_while_the_mail_server_thinks(own_db: str, tmp_path: Path) -> None:
    slow = await post(person(await factories.company()))
    async with postbox() as box:
        box.answering.clear()
        sending = asyncio.create_task(deliver(slow, box, tmp_path))
        await box.arrived.wait()
        assert await OPEN.value() == 0
        assert (await stored(slow)).leased_until > now()

        # A second one finds the lease, sends nothing, and looks again when it is over.
        await deliver(slow, box, tmp_path)
        assert [task for task, _ in await jobs()].count("deliver") == 2
        box.answering.set()
        await sending
    assert len(box.received) == 1
    assert (await stored(slow)).state == "sent"


async def test_what_a_dead_worker_had_leased_goes_out_under_the_same_id(own_db: str, tmp_path: Path) -> None:
    again = await post(person(await factories.company()))
    async with postbox() as box:
        await deliver(again, box, tmp_path)
        # As if the worker had died between sending and marking.
        died = now() - LEASE - OVERDUE
        await Delivery.update(state="waiting", sent_at=None, leased_until=died, next_attempt_at=died).where(
            Delivery.id == again
        )
        await Statement("DELETE FROM procrastinate_jobs").run()
        await service.take_up_overdue(now())
        await service.take_up_overdue(now())
        assert [task for task, _ in await jobs()] == ["deliver"]
        await work_off(own_db, settings(tmp_path, box.url))
    first, second = box.received
    assert first["Message-ID"].partition("@")[0] == second["Message-ID"].partition("@")[0]
    assert (await stored(again)).state == "sent"


async def test_an_organisation_is_written_to_at_its_address_for_contact(own_db: str, tmp_path: Path) -> None:
    company = await factories.company()
    await post(Receiver(None, company.companies[0], "株式会社A", "ja"))
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
    found = await Organisation.objects().get(Organisation.id == company.companies[0])
    assert found is not None
    assert [one["To"].addresses[0].addr_spec for one in box.received] == [found.contact_email]


async def test_a_letter_that_cannot_be_written_as_a_mail_fails_and_says_so(own_db: str, tmp_path: Path) -> None:
    company = await factories.company()
    broken = await post(person(company))
    await Statement("UPDATE person SET email = 'nobody' WHERE id = :id").run(id=company.person_id)
    await work_off(own_db, settings(tmp_path))
    row = await stored(broken)
    assert row.state == "sent" or row.last_error


async def test_what_never_arrived_is_listed_with_the_reason_and_sent_again(
    own_db: str, client: AsyncClient, tmp_path: Path
) -> None:
    company, headers = await factories.company(), await bearer(await administrator())
    fine, gone = await post(person(await factories.company())), await post(person(company))
    async with postbox() as box:
        box.answers[company.email] = "550 5.1.1 No such user"
        await work_off(own_db, settings(tmp_path, box.url))
        (listed,) = (await client.get("/api/v1/mails?state=failed", headers=headers)).json()
        assert (listed["id"], listed["last_error"]) == (gone, "550 5.1.1 No such user")
        (sent,) = (await client.get("/api/v1/mails?state=sent", headers=headers)).json()
        assert sent["id"] == fine

        box.answers.clear()
        for _ in range(2):
            again = await client.post(f"/api/v1/mails/{gone}/resend", headers=headers | {"Idempotency-Key": "once"})
            assert (again.status_code, again.json()["state"]) == (200, "waiting")
        await work_off(own_db, settings(tmp_path, box.url))
    assert len(box.to(company.email)) == 1
    assert (await client.get("/api/v1/mails?state=failed", headers=headers)).json() == []


async def test_staff_see_and_send_again_what_is_about_their_own_land(db: None, client: AsyncClient) -> None:
    field, other, company = await factories.field(), await factories.field(), await factories.company()
    mine = await post(person(company), "わたしの土地", tenant_id=field.owner_id)
    await post(person(company), "ほかの土地", tenant_id=other.owner_id)
    await Delivery.update(state="failed", last_error="550 5.1.1 No such user").where(Delivery.id == mine)
    form = await factories.log_in(client, field.reviewer)

    listed = (await client.get("/desk/mails?state=failed&lang=ja")).text
    assert "わたしの土地" in listed
    assert "ほかの土地" not in listed
    assert "550 5.1.1 No such user" in listed
    shown = (await client.get(f"/desk/mails/{mine}")).text
    assert "再送されません" in shown
    # A form that does not say in which state it showed the mail sends nothing: it could not be pressed but once.
    for unknown in ({"state": "x"}, {"state": ""}, {}):
        assert (await client.post(f"/desk/mails/{mine}/resend", data=form | unknown)).status_code == 422
    assert (await stored(mine)).state == "failed"
    for _ in range(2):
        sent = await client.post(f"/desk/mails/{mine}/resend", data=form | {"state": "failed"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"/desk/mails/{mine}")
    assert (await stored(mine)).state == "waiting"

    await factories.log_in(client, other.reviewer)
    assert (await client.get(f"/desk/mails/{mine}")).status_code == 404
    await factories.log_in(client, company)
    assert (await client.get("/desk/mails")).status_code == 403


async def test_a_button_pressed_twice_sends_once(own_db: str, tmp_path: Path) -> None:
    boss, company = await administrator(), await factories.company()
    gone = await post(person(company))
    async with postbox() as box:
        await work_off(own_db, settings(tmp_path, box.url))
        await service.resend(boss, gone, DeliveryState.SENT, now())
        await work_off(own_db, settings(tmp_path, box.url))
        await service.resend(boss, gone, DeliveryState.FAILED, now())
        await work_off(own_db, settings(tmp_path, box.url))
    assert len(box.to(company.email)) == 2
    assert timedelta() < LEASE
