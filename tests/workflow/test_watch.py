"""Whoever watches, and whoever is promised a mail, is told of a worker that is gone or late."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.core.clock import now
from testfields.db.jobs import DEAD_AFTER, LATE_AFTER, Pace, Work
from testfields.db.statements import Statement
from testfields.notifications import service as notifications
from testfields.notifications.tables import Delivery
from tests import factories
from tests.notifications.writing import person, post
from tests.working import settings, work_off

BEAT = Statement("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at)")
AGE = Statement("UPDATE procrastinate_events SET at = :at")
AT = datetime.fromisoformat("2026-12-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("silent", "waiting", "pace"),
    [
        (None, None, Pace.DEAD),
        (DEAD_AFTER + timedelta(seconds=1), None, Pace.DEAD),
        (timedelta(seconds=9), None, Pace.WORKING),
        (timedelta(seconds=9), LATE_AFTER - timedelta(seconds=1), Pace.WORKING),
        (timedelta(seconds=9), LATE_AFTER + timedelta(seconds=1), Pace.LATE),
    ],
)
def test_a_worker_is_there_late_or_gone(silent: timedelta | None, waiting: timedelta | None, pace: Pace) -> None:
    work = Work(None if silent is None else AT - silent, None if waiting is None else AT - waiting)
    assert work.pace(AT) is pace


async def test_the_watch_is_told(own_db: str, client: AsyncClient, tmp_path: Path) -> None:
    gone = await client.get("/workz")
    assert (gone.status_code, gone.json()["status"]) == (503, "dead")

    await BEAT.run(at=now())
    fine = await client.get("/workz")
    assert (fine.status_code, fine.json()["status"]) == (200, "working")

    waiting = await post(person(await factories.company()))
    assert (await client.get("/workz")).status_code == 200
    await AGE.run(at=now() - timedelta(minutes=3))
    late = await client.get("/workz")
    assert (late.status_code, late.json()["status"]) == (503, "late")

    await work_off(own_db, settings(tmp_path))
    await Delivery.update(state="waiting", next_attempt_at=now() - timedelta(minutes=3)).where(Delivery.id == waiting)
    late = (await client.get("/workz")).json()
    assert (late["status"], late["job_due_since"], late["mails_overdue"]) == ("late", None, 1)

    await Delivery.update(state="failed").where(Delivery.id == waiting)
    told = await client.get("/workz")
    assert (told.status_code, told.json()["mails_failed"]) == (200, 1)


async def test_pages_that_promise_a_mail_say_that_it_comes_later(
    db: None, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = await factories.field()
    await factories.log_in(client, field.reviewer)
    monkeypatch.setattr(notifications._last_look, "until", now())
    assert "メールの送信が遅れています" in (await client.get("/desk?lang=ja")).text

    # Looked at again after a while.
    await BEAT.run(at=now())
    assert "メールの送信が遅れています" in (await client.get("/desk")).text
    monkeypatch.setattr(notifications._last_look, "until", now())
    assert "メールの送信が遅れています" not in (await client.get("/desk")).text
