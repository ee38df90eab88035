"""Administrators see how the portal stands: worker, jobs, mails, owners who cannot decide, disk, versions."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from testfields.accounts import organising
from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.accounts.tables import Person
from testfields.core.clock import now
from testfields.db.jobs import DEAD_AFTER, LATE_AFTER
from testfields.db.statements import Statement
from testfields.notifications.tables import Delivery
from testfields.watch import service
from testfields.watch.rules import GB, Disk, Standing
from testfields.watch.views import size
from tests import factories
from tests.accounts.people import Browser, admin, with_password
from tests.notifications.writing import person, post
from tests.workflow.test_watch import BEAT
from tests.working import settings, work_off

FAILED = Statement("UPDATE procrastinate_jobs SET status = 'failed'")


async def test_a_worker_that_is_gone_is_seen_at_once(db: None, client: AsyncClient) -> None:
    boss = await with_password(await admin())
    headers = {"Authorization": f"Bearer {await factories.token(boss, ('read',))}"}
    browser = Browser(client)
    await browser.log_in(boss)
    assert "state--red" in (await browser.get("/admin?lang=en")).text

    await BEAT.run(at=now() - DEAD_AFTER + timedelta(seconds=5))
    shown = (await browser.get("/admin")).text
    assert "state--red" not in shown
    assert "seconds ago" in shown
    assert (await client.get("/api/v1/status", headers=headers)).json()["standing"]["worker"] == "good"

    await Statement("DELETE FROM procrastinate_workers").run()
    await BEAT.run(at=now() - DEAD_AFTER - timedelta(seconds=1))
    told = (await client.get("/api/v1/status", headers=headers)).json()
    assert told["standing"]["worker"] == "bad"
    assert DEAD_AFTER.total_seconds() < 60
    assert "Not working" in (await browser.get("/admin")).text


async def test_what_waits_and_what_failed_is_counted(own_db: str, tmp_path: Path) -> None:
    quiet = await service.status(tmp_path, now())
    assert (quiet.mails, quiet.jobs) == (Standing.GOOD, Standing.GOOD)
    mail = await post(person(await factories.company()))
    waiting = await service.status(tmp_path, now())
    assert (waiting.stored.mails_unsent, waiting.stored.mails_overdue, waiting.mails) == (1, 0, Standing.GOOD)
    assert waiting.work.due_since is not None
    assert waiting.stored.mails_since is not None
    late = await service.status(tmp_path, now() + LATE_AFTER + timedelta(minutes=1))
    assert (late.stored.mails_overdue, late.mails, late.jobs) == (1, Standing.LOOK, Standing.LOOK)

    await FAILED.run()
    await Delivery.update(state="failed").where(Delivery.id == mail)
    failed = await service.status(tmp_path, now())
    assert (failed.stored.mails_unsent, failed.stored.mails_failed, failed.mails) == (0, 1, Standing.LOOK)
    assert failed.stored.jobs_failed > 0
    assert failed.jobs is Standing.LOOK


async def test_a_worker_that_runs_is_there(own_db: str, tmp_path: Path) -> None:
    await post(person(await factories.company()))
    await work_off(own_db, settings(tmp_path))
    done = await service.status(tmp_path, now())
    assert (done.work.due_since, done.jobs) == (None, Standing.GOOD)


async def test_owners_whose_applications_nobody_can_decide_are_named(db: None, client: AsyncClient) -> None:
    boss = await with_password(await admin())
    field, bare = await factories.field(), await factories.organisation(OrganisationKind.OWNER)
    await factories.person(bare, OrganisationKind.OWNER, MemberRole.REVIEWER)

    async def named() -> list[int]:
        return [one.id for one in (await service.status(Path("/"), now())).stored.owners_without_approver]

    assert await named() == [bare]
    await Person.update({Person.active: False}).where(Person.id == field.approver.person_id)
    assert sorted(await named()) == sorted([bare, field.owner_id])
    browser = Browser(client)
    await browser.log_in(boss)
    assert f'href="/admin/organisations/{bare}"' in (await browser.get("/admin")).text
    await organising.set_active(boss, bare, False, now())
    assert await named() == [field.owner_id]


@pytest.mark.parametrize(
    ("free", "total", "standing"),
    [
        (400 * GB, 1000 * GB, Standing.GOOD),
        (149 * GB, 1000 * GB, Standing.LOOK),
        (49 * GB, 1000 * GB, Standing.BAD),
        (4 * GB, 20 * GB, Standing.LOOK),
        (GB - 1, 10 * GB, Standing.BAD),
        (3 * GB, 4 * GB, Standing.GOOD),
    ],
)
async def test_room_on_the_disk(db: None, free: int, total: int, standing: Standing) -> None:
    found = await service.status(Path("/nowhere/yet"), now())
    assert found.disk.total >= found.disk.free > 0
    assert replace(found, disk=Disk(free, total)).room is standing
    assert (size(1500 * 10**6), size(2 * 10**6)) == ("1.5 GB", "2 MB")


async def test_versions_are_told_to_administrators_alone(db: None, client: AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {await factories.token(await admin())}"}
    told = (await client.get("/api/v1/status", headers=headers)).json()
    assert set(told["versions"]) == {"portal", "python", "postgresql", "postgis", "migration"}
    assert all(told["versions"].values())
    assert told["database_size"] > 0
    field = await factories.field()
    for actor in (field.approver, await factories.company()):
        known = {"Authorization": f"Bearer {await factories.token(actor)}"}
        assert (await client.get("/api/v1/status", headers=known)).status_code == 403
    assert (await client.get("/api/v1/status")).status_code == 401
