"""Looking applications up: one of them, lists, their stories. Nobody finds what is not theirs."""

from dataclasses import dataclass
from typing import NoReturn

import asyncpg

from testfields.accounts.access import reach, roles_in
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability.service import Asked, InArea
from testfields.core.errors import N_, NotFound
from testfields.core.periods import Period
from testfields.core.volumes import Volume
from testfields.db.values import period_range, to_band, to_period
from testfields.reservations import own_queries, queries
from testfields.reservations.rules import Party, Role, State, role_of
from testfields.reservations.states import OVER, USED
from testfields.reservations.stays import OPEN, StayState

# More than a company has under way at a time; the newest are shown.
MOST_UNDER_WAY = 500
# More than one company uses in the time that a calendar shows.
MOST_STAYS = 2000
NO_SUCH = N_("There is no such application.")


def roles_of(actor: Actor | None, company_id: int, owner_id: int) -> frozenset[Role]:
    """What somebody is to a reservation of that company on that owner's land; the portal itself is no actor."""
    if actor is None:
        return frozenset({Party.PORTAL})
    return frozenset(role_of(role) for role in roles_in(actor, company_id, owner_id))


async def find(actor: Actor, reservation_id: int, may: May = May.SEE_APPLICATIONS) -> asyncpg.Record:
    """A reservation that `may` reaches, with all that its page shows; raises NotFound, also for another company's."""
    far = reach(actor, may)
    row = await queries.FIND.row(id=reservation_id, companies=far.companies, owners=far.owners)
    return row if row is not None else _no_such()


async def own(actor: Actor, reservation_id: int) -> asyncpg.Record:
    """A reservation of the actor's own company; raises NotFound, also where the actor sees it as staff only."""
    return await find(actor, reservation_id, May.SEE_OWN_PAGES)


async def volumes_with_stays(reservation_id: int) -> list[tuple[InArea, StayState]]:
    """The volumes of a reservation that somebody has found already, by when they begin, each with what has become of
    its stay."""
    rows = await queries.VOLUMES.rows(id=reservation_id)
    return [(in_area(row), StayState(row["stay_state"])) for row in rows]


def in_area(row: asyncpg.Record) -> InArea:
    """A volume in its area, of a row with `area_id`, `footprint`, `altitude` and `period`."""
    return InArea(row["area_id"], Volume(row["footprint"], to_band(row["altitude"]), to_period(row["period"])))


async def volumes_of(reservation_id: int) -> tuple[InArea, ...]:
    """The same without their stays."""
    return tuple(volume for volume, _ in await volumes_with_stays(reservation_id))


async def asked_for(reservation_id: int) -> tuple[Asked, ...]:
    """Those that are not over, as they would be asked for now."""
    return tuple(one.asked for one, state in await volumes_with_stays(reservation_id) if state in OPEN)


async def asked_by_stay(reservation_id: int) -> list[tuple[int, Asked]]:
    """The same, each with the number of its stay: two stays may have the same period by now."""
    rows = await queries.VOLUMES.rows(id=reservation_id)
    return [(row["stay_id"], in_area(row).asked) for row in rows if row["stay_state"] in OPEN]


async def asked_at_first(reservation_id: int) -> tuple[Asked, ...]:
    """All of them, whatever has become of their stays."""
    return tuple(one.asked for one in await volumes_of(reservation_id))


@dataclass(frozen=True)
class ListQuery:
    """Which reservations to list, newest first, below the id `before`."""

    before: int = 2**63 - 1
    limit: int = 50
    state: State | None = None
    site: str | None = None
    project_id: int | None = None


async def listed(actor: Actor, query: ListQuery) -> list[asyncpg.Record]:
    """The reservations that the actor may see."""
    far = reach(actor, May.SEE_APPLICATIONS)
    return await queries.LIST.rows(
        companies=far.companies,
        owners=far.owners,
        before=query.before,
        limit=query.limit,
        state=query.state,
        site=query.site,
        project_id=query.project_id,
    )


async def under_way(actor: Actor) -> list[asyncpg.Record]:
    """What the actor's companies have under way, by when it takes place, with the last thing that happened to each."""
    companies = reach(actor, May.SEE_OWN_PAGES).companies
    return await own_queries.UNDER_WAY.rows(companies=companies, over=sorted(OVER), limit=MOST_UNDER_WAY)


async def past(actor: Actor, before: int, limit: int, words: str = "") -> list[asyncpg.Record]:
    """What is over for the actor's companies, newest first, below the id `before`; with `words`, in lower case, only
    that in whose number or names they stand."""
    companies = reach(actor, May.SEE_OWN_PAGES).companies
    return await own_queries.PAST.rows(companies=companies, over=sorted(OVER), before=before, limit=limit, words=words)


async def count_past(actor: Actor, words: str = "") -> int:
    """How many of these there are."""
    companies = reach(actor, May.SEE_OWN_PAGES).companies
    return int(await own_queries.COUNT_PAST.value(companies=companies, over=sorted(OVER), words=words))


async def own_stays(actor: Actor, within: Period) -> list[asyncpg.Record]:
    """The stays of the actor's companies that touch a period, by when they begin, without those that came to
    nothing."""
    companies = reach(actor, May.SEE_OWN_PAGES).companies
    states = sorted((frozenset(State) - OVER) | USED)
    return await own_queries.STAYS.rows(
        companies=companies, states=states, within=period_range(within), limit=MOST_STAYS
    )


async def events(actor: Actor, reservation_id: int) -> list[asyncpg.Record]:
    """The story of a reservation, from its first event; raises NotFound."""
    row = await find(actor, reservation_id)
    sees_staff = Party.COMPANY not in roles_of(actor, row["company_id"], row["owner_id"])
    return await queries.EVENTS.rows(id=reservation_id, sees_staff=sees_staff)


def _no_such() -> NoReturn:
    raise NotFound(NO_SUCH)
