"""The background worker: which task does what, and running it until it is told to stop.

The jobs use the portal's own pool in the worker's loop; procrastinate keeps a small pool beside it for the queue.
"""

import asyncio
import logging
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
import psycopg
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException

from testfields import schema, stopping, workflow
from testfields.accounts.authority import May
from testfields.accounts.guards import OnlyPortal, rows_of_jobs
from testfields.core.clock import now
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.db.jobs import QUEUE
from testfields.features import FEATURES
from testfields.letters.rules import Audience
from testfields.notifications import service as notifications
from testfields.reservations import steps
from testfields.settings import Settings
from testfields.web.features import Task
from testfields.workflow import Follows

logger = logging.getLogger("testfields.worker")

CONCURRENCY = 4
# Events do not NOTIFY (see db/jobs.sql), so the worker looks this often. From approval to
# the permit's mail it is six jobs, each enqueued by the one before.
LOOK_SECONDS = 0.25
# 2, 4, 8 … seconds between attempts: the last of them 18 hours after the one before.
RETRY = RetryStrategy(max_attempts=16, exponential_wait=2)
HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0
# A stop waits this long for running jobs; those left are put back into the queue.
GRACE_SECONDS = 5.0
RECONNECT_SECONDS = 2.0
KEEP_DONE_HOURS = 72
KEEP_FAILED_HOURS = 30 * 24

LOST = (
    OSError,
    ConnectorException,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    psycopg.OperationalError,
    schema.SchemaError,
)

# The worker puts in the connector with the portal's address.
APP = App(connector=PsycopgConnector())


async def what_follows(_settings: Settings, event_id: int) -> None:
    """Enqueued by each event itself."""
    await workflow.begin(event_id)


async def confirm(_settings: Settings, event_id: int) -> None:
    """Confirm what was approved."""
    await workflow.confirm(event_id)


async def issue_permit(_settings: Settings, event_id: int, then: list[str]) -> None:
    """Issue a permit; `then` are those who are told of it."""
    await workflow.issue_permit(event_id, [Audience(one) for one in then])


async def revoke_permit(_settings: Settings, event_id: int, then: list[str]) -> None:
    """Revoke a permit; `then` are those who are told of it."""
    await workflow.revoke_permit(event_id, [Audience(one) for one in then])


async def expire(_settings: Settings, reservation_id: int, ends_at: str) -> None:
    """End what runs out at `ends_at` (RFC 3339)."""
    await workflow.expire(reservation_id, datetime.fromisoformat(ends_at))


# What carries out the table of `workflow`; the rooms bring their own.
WORKFLOW = (
    Task("what_follows", what_follows, OnlyPortal(May.CARRY_ON)),
    Task(Follows.CONFIRM, confirm, OnlyPortal(May.CARRY_ON)),
    Task(Follows.ISSUE_PERMIT, issue_permit, OnlyPortal(May.ISSUE_PERMIT)),
    Task(Follows.REVOKE_PERMIT, revoke_permit, OnlyPortal(May.ISSUE_PERMIT)),
    Task(workflow.EXPIRE, expire, OnlyPortal(May.CARRY_ON)),
)


def _take_on(task: Task) -> None:
    @APP.task(name=task.name, queue=QUEUE, retry=RETRY, pass_context=True, task_middleware=[task.guard])
    async def run(context: JobContext, /, **arguments: Any) -> None:
        await task.run(context.additional_context["settings"], **arguments)


for task in (*WORKFLOW, *(one for feature in FEATURES for one in feature.tasks)):
    _take_on(task)


@APP.periodic(cron="* * * * *")
@APP.task(
    name="take_up_overdue",
    queue=QUEUE,
    queueing_lock="take_up_overdue",
    task_middleware=[OnlyPortal(May.KEEP_HOUSE)],
)
async def take_up_overdue(timestamp: int) -> None:  # noqa: ARG001 (procrastinate passes it)
    """Deliver what no job delivers any more."""
    await notifications.take_up_overdue(now())


@APP.periodic(cron="* * * * *")
@APP.task(
    name="end_what_is_over",
    queue=QUEUE,
    queueing_lock="end_what_is_over",
    task_middleware=[OnlyPortal(May.CARRY_ON)],
)
async def end_what_is_over(timestamp: int) -> None:  # noqa: ARG001 (procrastinate passes it)
    """End the stays that nobody has ended, and what has run out."""
    await steps.end_what_is_over(now())


@APP.periodic(cron="* * * * *")
@APP.task(
    name="pick_up_stalled",
    queue=QUEUE,
    queueing_lock="pick_up_stalled",
    pass_context=True,
    task_middleware=[OnlyPortal(May.KEEP_HOUSE)],
)
async def pick_up_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (procrastinate passes it)
    """Put back what a killed worker left half done; every job may run twice."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        logger.warning("picking up stalled job %s: %s", job.id, job.task_name)
        await manager.retry_job(job)


@APP.periodic(cron="17 * * * *")
@APP.task(
    name="clear_away",
    queue=QUEUE,
    queueing_lock="clear_away",
    pass_context=True,
    task_middleware=[OnlyPortal(May.KEEP_HOUSE)],
)
async def clear_away(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (procrastinate passes it)
    """Delete jobs that have been done for a while, and have each room clear away what is over.

    Failed jobs stay longer, for somebody to look at.
    """
    for feature in FEATURES:
        for clear in feature.hourly:
            await clear(now())
    manager = context.app.job_manager
    await manager.delete_old_jobs(KEEP_DONE_HOURS)
    await manager.delete_old_jobs(KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True)


# A quarter to four in the morning in Japan.
@APP.periodic(cron="45 18 * * *")
@APP.task(
    name="clear_away_files",
    queue=QUEUE,
    queueing_lock="clear_away_files",
    pass_context=True,
    task_middleware=[OnlyPortal(May.KEEP_HOUSE)],
)
async def clear_away_files(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (procrastinate passes it)
    """Have each room clear away the files that nothing uses any more."""
    for feature in FEATURES:
        for clear in feature.daily:
            await clear(context.additional_context["settings"])


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises ClusterError where the embedded database cannot be had, WrongAddress, and NoRow.
    """
    tuple(rows_of_jobs(APP.tasks))
    with stopping.until_told(), cluster.address(settings.database_url, settings.data, kept=True) as url:
        DB.use(url)
        asyncio.run(_until_told(settings, url))


async def _until_told(settings: Settings, url: str) -> None:
    """A database that is away, or has not been upgraded, is waited for: the worker comes back with it."""
    told, reached = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    stopping.listen(partial(loop.call_soon_threadsafe, told.set))
    waiting = asyncio.create_task(told.wait())
    while not told.is_set():
        working = asyncio.create_task(_work_on_own_pool(settings, url, reached))
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            continue
        except LOST as error:
            if isinstance(error, schema.WrongAddress) and not reached.is_set():
                raise
            logger.error("the database cannot be worked with, trying again: %s", error)
        await asyncio.wait({waiting}, timeout=RECONNECT_SECONDS)


async def _work_on_own_pool(settings: Settings, url: str, reached: asyncio.Event) -> None:
    await schema.demand_current()
    reached.set()
    async with DB.open(settings.pool_size):
        await work(settings, url)


async def work(settings: Settings, url: str, wait: bool = True) -> None:
    """Do the jobs of the database at `url`, on the open pool, until cancelled; running jobs are finished first.

    Without `wait` it ends when no job is due. Raises one of `LOST` when the database goes away.
    """
    # A pooler hands no prepared statement on with a transaction; the few of the queue do without.
    unprepared = {"prepare_threshold": None}
    connector = PsycopgConnector(conninfo=url, min_size=1, max_size=CONCURRENCY, kwargs=unprepared)
    with APP.replace_connector(connector) as app:
        async with app.open_async():
            await app.run_worker_async(
                wait=wait,
                concurrency=CONCURRENCY,
                listen_notify=False,
                fetch_job_polling_interval=LOOK_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                additional_context={"settings": settings},
                install_signal_handlers=False,
            )
