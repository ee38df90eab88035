"""The worker as a process: told to stop, killed, cut off from its database."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from testfields import worker
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.db.jobs import Job, defer
from testfields.db.statements import Statement
from testfields.notifications.tables import Delivery
from testfields.reservations import filing
from testfields.reservations.filing import Application
from tests import factories
from tests.working import HURRY, Postbox, jobs, postbox, settings, work_off

RUN = "from testfields.settings import load; from testfields.worker import run_worker; run_worker(load())"
# As if the heartbeat had stopped a while ago.
AGE_HEARTBEATS = Statement("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
AGE_JOBS = Statement("UPDATE procrastinate_events SET at = at - CAST(:age AS interval)")
END_LEASES = Statement("UPDATE delivery SET leased_until = now() - interval '1 second' WHERE state = 'waiting'")
CUT_OFF = Statement("""
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'the worker'
""")


async def file_one() -> None:
    """An application, whose company and staff are written to."""
    field, company = await factories.field(), await factories.company()
    application = Application(await factories.project(company), field.area_id, (Asked(factories.period(9)),))
    await filing.file(company, application, now())


@asynccontextmanager
async def process(url: str, folder: Path, box: Postbox) -> AsyncIterator[Process]:
    """A worker of its own on the database at `url`."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"{url}&application_name=the%20worker",
        "TESTFIELDS_DATA": str(folder),
        "TESTFIELDS_SMTP_URL": box.url,
    }
    with (folder / "worker.log").open("wb") as log:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RUN, env=environment, stdout=log, stderr=log
        )
        try:
            yield running
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()


async def sent() -> int:
    return await Delivery.count().where(Delivery.sent_at.is_not_null())


async def until_sent(count: int) -> None:
    """Wait for what must come to be; the test run's own limit ends what never does."""
    while await sent() < count:  # noqa: ASYNC110 (the database does not ring)
        await asyncio.sleep(0.02)


async def test_what_a_killed_worker_left_half_done_is_picked_up_and_done_once(own_db: str, tmp_path: Path) -> None:
    await file_one()
    async with postbox() as box:
        box.answering.clear()
        async with process(own_db, tmp_path, box) as running:
            await box.arrived.wait()
            running.send_signal(signal.SIGKILL)
            await running.wait()
        assert ("deliver", "doing") in await jobs()
        assert await sent() == 0

        box.answering.set()
        await defer([Job("pick_up_stalled", {"timestamp": 0})])
        await work_off(own_db, settings(tmp_path, box.url))
        assert ("deliver", "doing") in await jobs(), "a heartbeat may be a little late"

        # The job comes back before the lease is over, and looks again when it is.
        await AGE_HEARTBEATS.run()
        await defer([Job("pick_up_stalled", {"timestamp": 0})])
        await work_off(own_db, settings(tmp_path, box.url))
        assert await sent() < await Delivery.count()
        await END_LEASES.run()
        await HURRY.run()
        await work_off(own_db, settings(tmp_path, box.url))

    assert await sent() == await Delivery.count() > 0
    assert {task for task, status in await jobs() if status != "succeeded"} == {"expire"}
    receivers = [one["To"] for one in box.received]
    assert len(receivers) == len(set(receivers)) == await Delivery.count()


async def test_a_worker_told_to_stop_finishes_the_job_at_hand(own_db: str, tmp_path: Path) -> None:
    await file_one()
    async with postbox() as box:
        box.answering.clear()
        async with process(own_db, tmp_path, box) as running:
            await box.arrived.wait()
            running.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
            assert running.returncode is None
            box.answering.set()
            assert await running.wait() == 0, (tmp_path / "worker.log").read_text()

    assert await sent() == len(box.received) > 0
    assert "doing" not in {status for _, status in await jobs()}


async def test_a_worker_cut_off_from_its_database_comes_back(own_db: str, tmp_path: Path) -> None:
    async with postbox() as box, process(own_db, tmp_path, box) as running:
        for mails in (3, 6):
            await file_one()
            await until_sent(mails)
            assert await CUT_OFF.value() > 0
        assert running.returncode is None


async def test_jobs_that_were_done_long_ago_are_cleared_away(own_db: str, tmp_path: Path) -> None:
    await file_one()
    await work_off(own_db, settings(tmp_path))
    kept = len(await jobs())

    await AGE_JOBS.run(age=timedelta(hours=worker.KEEP_DONE_HOURS - 1))
    await defer([Job("clear_away", {"timestamp": 0})])
    await work_off(own_db, settings(tmp_path))
    assert len(await jobs()) == kept

    await AGE_JOBS.run(age=timedelta(hours=2))
    await defer([Job("clear_away", {"timestamp": 0})])
    await work_off(own_db, settings(tmp_path))
    assert [task for task, _ in await jobs()] == ["expire"], "what is still to come stays"
