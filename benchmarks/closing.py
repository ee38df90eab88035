"""A closing of every site of an owner, over 1,000 stays of 50 companies: one transaction, and letters to all of them.

Half of the stays are applications of their own that wait for a decision, half belong to permitted series of three, of which
two are met and the third goes on.
"""

import asyncio
import time
from dataclasses import dataclass, replace

from tests import factories

from testfields import schema
from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import Scope, Wanted
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.periods import Period
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.db.statements import Statement
from testfields.letters import jobs as letters
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.sites.tables import Site

COMPANIES, SITES = 50, 10
ALONE, SERIES = 10, 5

EVENT = Statement("SELECT min(id) FROM event WHERE subject = 'closure'")
LETTERS = Statement("SELECT count(*) FROM delivery WHERE event_id = :event_id")


@dataclass(frozen=True)
class Closed:
    """How many stays were displaced, and in how many seconds: looked at, taken, told."""

    stays: int
    letters: int
    preview_s: float
    closing_s: float
    letters_s: float


def measure(running: cluster.Cluster) -> Closed:
    """Measure in a database of its own on `running`."""
    DB.use(running.url("closing"))
    return asyncio.run(_measure(running))


async def _measure(running: cluster.Cluster) -> Closed:
    DB.use(running.url("postgres"))
    async with DB.connection() as connection:
        await connection.execute("CREATE DATABASE closing")
    DB.use(running.url("closing"))
    await schema.upgrade()
    async with DB.open(4):
        fields = await _seeded()
        scope = Scope(tuple([Wanted(await _slug(one.site_id)) for one in fields]))
        period = Period(factories.tomorrow(0, days=1), factories.tomorrow(0, days=3))
        started = time.perf_counter()
        looked = await closures.preview(fields[0].approver, scope, period, now())
        previewed = time.perf_counter()
        closing = Closing(scope, ClosureKind.WEATHER, "台風のため", "A typhoon", period, displaces=True)
        await closures.close(fields[0].approver, closing, now())
        closed = time.perf_counter()
        event_id = await EVENT.value()
        await letters.write_of_closing(event_id, "https://portal.test")
        told = time.perf_counter()
        count = await LETTERS.value(event_id=event_id)
        return Closed(looked.stays, count, previewed - started, closed - previewed, told - closed)


async def _seeded() -> list[factories.Field]:
    """Sites of one owner, an area of each company's own, and what each has applied for there."""
    first = await factories.field()
    sites = [first.site_id] + [await factories.site(first.owner_id) for _ in range(SITES - 1)]
    fields = [replace(first, site_id=one) for one in sites]
    for number in range(COMPANIES):
        field = fields[number % SITES]
        # Areas of one size side by side.
        outline = (await Site.select(Site.geometry).where(Site.id == field.site_id).first())["geometry"].bounds
        part = factories.square(outline[0] + 0.0018 * (number // SITES), outline[1], 0.0017)
        place = replace(field, area_id=await factories.area(field.site_id, part))
        await _applied(place, await factories.company())
    return fields


async def _slug(site_id: int) -> str:
    return str((await Site.select(Site.slug).where(Site.id == site_id).first())["slug"])


async def _applied(field: factories.Field, company: Actor) -> None:
    project = await factories.project(company)
    for hour in range(ALONE):
        await filing.file(company, Application(project, field.area_id, (Asked(factories.period(hour)),)), now())
    for hour in range(ALONE, ALONE + SERIES):
        series = tuple(Asked(factories.period(hour, days=days)) for days in (1, 2, 20))
        number = (await filing.file(company, Application(project, field.area_id, series), now())).id
        await steps.act(field.approver, number, Step(Action.APPROVE), now())
        await steps.act(None, number, Step(Action.CONFIRM), now())
