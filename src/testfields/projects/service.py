"""Planning a project, changing the plan, and finding it again."""

from datetime import datetime

import asyncpg
from msgspec.structs import asdict

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, InvalidInput, NotFound, fault, refuse_stale
from testfields.db.engine import transactional
from testfields.projects import queries
from testfields.projects.fields import FACTS, Plan, PlanFacts
from testfields.projects.rules import HowFar, check_fixed, checked

# Of one company; more would be no list to choose from.
MOST_SEEN = 100
NO_SUCH = N_("There is no such project.")


async def add(actor: Actor, plan: Plan, company_id: int | None, now: datetime) -> int:
    """Plan a project for one of the actor's companies, None for the only one; its id.

    Raises InvalidInput with everything that is missing.
    """
    return await write_down(actor, _company(actor, company_id), plan, now)


async def write_down(actor: Actor, company_id: int, plan: Plan, now: datetime) -> int:
    """Keep a plan of a company's, for somebody who may; its id. Raises InvalidInput with everything that is missing."""
    values = asdict(checked(plan))
    project_id: int = await queries.ADD.value(company_id=company_id, person_id=actor.person_id, now=now, **values)
    return project_id


def _company(actor: Actor, company_id: int | None) -> int:
    companies = reach(actor, May.PLAN_PROJECT).companies
    if company_id is None and len(companies) == 1:
        return companies[0]
    if company_id not in companies:
        raise InvalidInput([fault("company_id", N_("Please choose one of your companies."))])
    return company_id


@transactional
async def change(actor: Actor, project_id: int, version: int | None, plan: Plan) -> int:
    """Change the plan that was seen at `version`, None for any; the new version.

    Raises NotFound, also for another company's project, Stale, or InvalidInput, also for what is fixed for now.
    """
    row = await queries.LOCK.row(id=project_id, companies=reach(actor, May.CHANGE_PROJECT).companies)
    if row is None:
        raise NotFound(NO_SUCH)
    stored = dict(row.items())
    seen = stored.pop("version")
    refuse_stale(version, seen)
    plan = checked(plan)
    check_fixed(Plan(**stored), plan, await how_far(project_id))
    changed: int = await queries.CHANGE.value(id=project_id, **asdict(plan))
    return changed


def facts_in(row: asyncpg.Record) -> PlanFacts:
    """What a row that has the fields of a plan, among others, says of it."""
    return PlanFacts(**{name: row[name] for name in FACTS})


async def how_far(project_id: int) -> HowFar:
    """How far what was filed under a project has come."""
    (row,) = await queries.FILED.rows(id=project_id)
    return HowFar(**dict(row.items()))


async def find(actor: Actor, project_id: int, may: May) -> asyncpg.Record:
    """A project to which the actor may do what `may` says; raises NotFound."""
    far = reach(actor, may)
    row = await queries.FIND.row(id=project_id, companies=far.companies, owners=far.owners)
    if row is None:
        raise NotFound(NO_SUCH)
    return row


async def listed(actor: Actor, before: int, limit: int) -> list[asyncpg.Record]:
    """The projects that the actor may see, newest first, below the id `before`."""
    far = reach(actor, May.SEE_PROJECTS)
    return await queries.LIST.rows(companies=far.companies, owners=far.owners, before=before, limit=limit)


async def seen_of(actor: Actor, company_id: int, may: May) -> list[asyncpg.Record]:
    """The newest projects of a company that staff know, as something has been filed under them on their land."""
    return await queries.SEEN_OF.rows(
        company_id=company_id, companies=[], owners=reach(actor, may).owners, limit=MOST_SEEN
    )


async def own(actor: Actor) -> list[asyncpg.Record]:
    """The projects of the actor's companies, newest first, with how many applications each has."""
    return await queries.OWN.rows(companies=reach(actor, May.SEE_OWN_PAGES).companies)
