"""Whom a closing displaces is told of it: once each, of all that is theirs, whatever happens to the worker."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import asyncpg

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.closures.grounds import Scope
from testfields.db.jobs import Job, defer
from testfields.db.statements import Statement
from testfields.letters import jobs as letters
from testfields.notifications.tables import Delivery
from testfields.reservations.rules import Action
from tests import factories
from tests.closures.test_displacing import NINE, apply, owner_of, permitted, shut
from tests.workflow.test_worker import AGE_HEARTBEATS, process
from tests.working import postbox, settings, words_of, work_off

CLOSING_EVENT = Statement("SELECT min(id) FROM event WHERE subject = 'closure'")
LETTER = """
    INSERT INTO delivery (event_id, channel, person_id, locale, subject, text, html)
    VALUES ($1, 'mail', $2, 'ja', '', '', '')
"""
BLOCKED = Statement("""
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'the worker' AND wait_event_type = 'Lock')
""")


async def test_everybody_is_told_once_of_all_that_is_theirs_in_their_language(own_db: str, tmp_path: Path) -> None:
    field, company = await factories.field(contact="shisetsu@city.test"), await factories.company()
    second = await factories.site(field.owner_id, contact="kouen@city.test")
    other = replace(field, site_id=second, area_id=await factories.area(second))
    colleague = await factories.person(company.companies[0], OrganisationKind.COMPANY, MemberRole.MANAGER, locale="en")
    stranger = await factories.company()
    mine = [await permitted(field, company, NINE), await permitted(other, company, NINE)]
    theirs = await apply(field, stranger, factories.period(12))
    async with postbox() as box:
        chosen = settings(tmp_path, box.url)
        await work_off(own_db, chosen)
        before = len(box.received)
        closed = await shut(field, factories.period(8, 8), scope=Scope(owner=await owner_of(field)))
        await work_off(own_db, chosen)
        await letters.write_of_closing(await CLOSING_EVENT.value(), chosen.base_url)
        await work_off(own_db, chosen)

    assert closed.displaced == (*mine, theirs)
    written = box.received[before:]
    assert sorted(receivers(written)) == sorted((company.email, colleague.email, stranger.email))
    by_receiver = dict(zip(receivers(written), written, strict=True))
    japanese, english, alone = (by_receiver[one.email] for one in (company, colleague, stranger))
    assert japanese["Subject"].startswith("休止に伴い、申請した時間が取り消されました（申請2件")
    text = words_of(english)
    for words in (*(f"No. {number}" for number in mine), "A typhoon", "shisetsu@city.test, kouen@city.test"):
        assert words in text
    assert "台風のため" in words_of(japanese)
    assert "台風のため" in words_of(japanese, "html")
    # Nothing of another company's.
    assert f"No. {theirs}" not in text
    assert f"{mine[0]}番" not in words_of(alone)
    assert f"{theirs}番" in words_of(alone)


async def test_a_worker_killed_half_way_has_told_everybody_once_when_it_is_back(own_db: str, tmp_path: Path) -> None:
    field = await factories.field()
    companies = [await factories.company() for _ in range(4)]
    for number, company in enumerate(companies):
        await apply(field, company, factories.period(9 + number), action=Action.HOLD)
    async with postbox() as box:
        chosen = settings(tmp_path, box.url)
        await work_off(own_db, chosen)
        box.received.clear()
        await shut(field, factories.period(8, 9))
        event_id = await CLOSING_EVENT.value()
        blocker = await asyncpg.connect(own_db)
        async with process(own_db, tmp_path, box) as running:
            # The last letter cannot be written before this is over; the others are by then.
            await blocker.execute("BEGIN")
            await blocker.execute(LETTER, event_id, companies[-1].person_id)
            while not await BLOCKED.value():  # noqa: ASYNC110 (the database does not ring)
                await asyncio.sleep(0.02)
            running.send_signal(signal.SIGKILL)
            await running.wait()
        await blocker.execute("ROLLBACK")
        await blocker.close()
        assert box.received == []
        await AGE_HEARTBEATS.run()
        await defer([Job("pick_up_stalled", {"timestamp": 0})])
        await work_off(own_db, chosen)
        await work_off(own_db, chosen)

    told = await Delivery.select(Delivery.person_id).where(Delivery.event_id == event_id)
    assert sorted(one["person_id"] for one in told) == sorted(one.person_id for one in companies)
    assert sorted(receivers(box.received)) == sorted(one.email for one in companies)


def receivers(mails: Sequence[EmailMessage]) -> list[str]:
    return [one["To"].addresses[0].addr_spec for one in mails]
