"""Staff file for a company that asked them to, by telephone or at the counter, on their own land.

It goes the way of every application: by the same rules, through the same review. The company is told of it, and can
change and withdraw it as its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.service import Asked, Place
from testfields.core.errors import N_, InvalidInput, NotAllowed, fault
from testfields.core.volumes import Volume
from testfields.db.engine import DB, transactional
from testfields.projects import service as projects
from testfields.projects.fields import Plan
from testfields.projects.rules import checked
from testfields.reservations import behalf_queries as queries
from testfields.reservations.filing import Application, Filed, acceptable, checked_place, write
from testfields.reservations.refusals import nearest_told
from testfields.reservations.rules import Action

# Of a search; more names are better narrowed down.
MOST_FOUND = 20
NO_SUCH_COMPANY = N_("There is no such company. Please choose one that is registered.")
NO_SUCH_PROJECT = N_("Please choose one of the projects of this company that you know, or write down a new one.")


@dataclass(frozen=True)
class Call:
    """What a company asked for: under a project that staff know by its id, or by a plan that they write down.

    `reason` says who asked for it, and how.
    """

    company_id: int
    project: int | Plan
    area_id: int
    asked: tuple[Asked, ...]
    reason: str
    note: str = ""

    @property
    def application(self) -> Application:
        """The same, as it is filed."""
        known = self.project if isinstance(self.project, int) else 0
        return Application(
            known, self.area_id, self.asked, Action.FILE_FOR, self.note, behalf_of=self.company_id, reason=self.reason
        )


async def companies(words: str) -> list[asyncpg.Record]:
    """The first companies with all of these words in their names, or with that corporate number; all for none."""
    return await queries.COMPANIES.rows(words=words, limit=MOST_FOUND)


async def company(company_id: int) -> asyncpg.Record | None:
    """A company to file for; None where there is none, or one that has been deactivated."""
    return await queries.COMPANY.row(id=company_id)


async def projects_of(actor: Actor, company_id: int) -> list[asyncpg.Record]:
    """Those of a company's projects that the actor's colleagues have seen an application of."""
    return await projects.seen_of(actor, company_id, May.FILE_FOR)


async def file(actor: Actor, call: Call, now: datetime) -> Filed:
    """File what a company asked for.

    Raises as `filing.file` does, NotFound for an area that there is not, and NotAllowed for land of others.
    """
    application = acceptable(actor, call.application)
    await _check_company(actor, call)
    place = await checked_place(call.area_id, call.asked, now)
    if place.owner_id not in reach(actor, May.FILE_FOR).owners:
        raise NotAllowed(N_("Only staff of the owner of this land can file for a company here."))
    claims = await availability.claims_of(place)
    async with nearest_told(actor, place, application.asked, now), DB.turn_at(place.site_id):
        return await _file(actor, call, application, place, claims, now)


async def _check_company(actor: Actor, call: Call) -> None:
    if await company(call.company_id) is None:
        raise InvalidInput([fault("company_id", NO_SUCH_COMPANY)])
    if isinstance(call.project, Plan):
        checked(call.project)
    elif call.project not in {row["id"] for row in await projects_of(actor, call.company_id)}:
        raise InvalidInput([fault("project_id", NO_SUCH_PROJECT)])


@transactional
async def _file(
    actor: Actor, call: Call, application: Application, place: Place, claims: Sequence[Volume], now: datetime
) -> Filed:
    """A plan that is written down is kept with the application, or not at all."""
    if await queries.HOLD_COMPANY.row(id=call.company_id) is None:
        raise InvalidInput([fault("company_id", NO_SUCH_COMPANY)])
    if isinstance(call.project, Plan):
        project_id = await projects.write_down(actor, call.company_id, call.project, now)
        application = replace(application, project_id=project_id)
    return await write(actor, application, place, claims, now)
