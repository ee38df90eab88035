"""Playing the plot: every step is the portal's own use case, told the time at which it happened.

The API refuses what lies in the past, and half of a living fortnight does; so the services below it are called, with
the same rules, claims, events and jobs. One transaction: either the whole fortnight is there or nothing of it.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from testfields.accounts import directory
from testfields.accounts import service as accounts
from testfields.accounts.entries import NewOrganisation
from testfields.accounts.rules import Actor, OrganisationKind
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.errors import InvalidInput, PortalError, Taken
from testfields.core.local_time import JAPANS_ZONE, local_date, local_time, midnight
from testfields.core.periods import Period
from testfields.db.engine import DB, transactional
from testfields.demo import newcomers, queries
from testfields.demo.cast import ACCOUNTS, COMPANIES, EXTRAS, OPERATOR, PASSWORD, Account, as_person
from testfields.demo.plot import CONDITIONS, PROJECTS, REASONS, SCENES, WAITING, Scene
from testfields.piccolo_app import data_folder
from testfields.projects import service as projects
from testfields.reservations import filing, reading
from testfields.reservations import steps as reservations
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from testfields.sites.exchange import importing
from testfields.zones import importing as zones

SEED = 20_261_203
# Zones have been published before anything is decided.
SINCE_LONG = timedelta(days=90)
TRIES = 400


class _Owner(msgspec.Struct, frozen=True):
    """An owner as ``maps/sample-owners.json`` describes it."""

    slug: str
    name_ja: str
    name_en: str
    corporate_number: str | None
    metric_crs: int


@dataclass(frozen=True)
class Place:
    """An area of the sample sites, as far as the plot needs it."""

    id: int
    uses: frozenset[str]
    notice: timedelta
    hold: timedelta


@dataclass(frozen=True)
class Stage:
    """Everything the scenes are played with."""

    people: Mapping[str, Actor]
    projects: Sequence[tuple[Actor, int, str]]
    places: Sequence[Place]
    approver: Actor
    now: datetime
    chance: random.Random

    def local(self, day: int, hour: float) -> datetime:
        """`hour` o'clock in Japan, `day` days from today."""
        return midnight(local_date(self.now, JAPANS_ZONE) + timedelta(days=day), JAPANS_ZONE) + timedelta(hours=hour)


async def seeded() -> bool:
    """Whether the plot has been played in this database."""
    return bool(await queries.SEEDED.value())


async def people() -> dict[str, Actor]:
    """The cast, added where it is missing; actors by key."""
    owners = msgspec.json.decode((data_folder("maps") / "sample-owners.json").read_bytes(), type=list[_Owner])
    organisations = [*COMPANIES, OPERATOR, *(_as_organisation(one) for one in owners)]
    ids = {one.slug: await directory.ensure_organisation(one) for one in organisations}
    return {one.key: await _actor(one, ids) for one in (*ACCOUNTS, *EXTRAS)}


def _as_organisation(owner: _Owner) -> NewOrganisation:
    contact = f"contact@{owner.slug}.example"
    return NewOrganisation(OrganisationKind.OWNER, contact_email=contact, **msgspec.structs.asdict(owner))


async def _actor(account: Account, ids: dict[str, int]) -> Actor:
    await directory.ensure_person(as_person(account, ids), PASSWORD)
    actor = await accounts.actor_by_email(account.email)
    if actor is None:
        raise LookupError(account.email)
    return actor


@transactional
async def play(now: datetime, tell: Callable[[int, int], None] = lambda _done, _planned: None) -> int:
    """Fill an empty database with the fortnight around `now`; how many applications there are.

    `tell` is told now and then how many of the planned scenes are done.
    """
    cast = await people()
    maps = data_folder("maps")
    await importing.import_file(maps / "sample-sites.geojson", None, now)
    for layer in sorted((maps / "zones").glob("*.geojson")):
        await zones.import_layer(layer, zones.Wanted(), now - SINCE_LONG)
    stage = Stage(cast, await _projects(cast, now), await _places(), cast["approver"], now, random.Random(SEED))
    filed = 0
    scenes = [scene for scene in SCENES for _ in range(scene.count)]
    for done, scene in enumerate(scenes):
        tell(done, len(scenes))
        filed += await _play_scene(stage, scene) is not None
    await _close(stage)
    await newcomers.come(cast["company"], PASSWORD, now)
    return filed + await _rivals(stage)


async def _projects(cast: Mapping[str, Actor], now: datetime) -> list[tuple[Actor, int, str]]:
    """Every company's projects: who books, the project, and its use."""
    booking = [cast["company"], cast["rival"], *(cast[one.slug] for one in COMPANIES[2:])]
    return [
        (actor, await projects.add(actor, plan, None, now - timedelta(days=30)), plan.use)
        for actor, plans in zip(booking, PROJECTS, strict=True)
        for plan in plans
    ]


async def _places() -> list[Place]:
    """The areas of the published sites."""
    return [
        Place(
            row["id"],
            frozenset(row["uses"] or row["site_uses"]),
            timedelta(minutes=row["notice_minutes"]),
            timedelta(minutes=row["hold_minutes"]),
        )
        for row in await queries.PLACES.rows()
    ]


async def _play_scene(stage: Stage, scene: Scene) -> int | None:
    """One application, taken from its filing to where the scene wants it; its id, None where no time was free."""
    for company, project, place, period in _chances(stage, scene):
        filed_at = min(period.start - place.notice - timedelta(days=stage.chance.randint(2, 6)), stage.now)
        if scene.state in {State.SUBMITTED, State.RETURNED}:
            # Some have lain on the desk for a while, so that not all is due on the same days.
            filed_at = min(
                filed_at, stage.now - timedelta(days=stage.chance.randint(0, 9), hours=stage.chance.randint(1, 20))
            )
        if scene.state is State.HELD:
            filed_at = stage.now - min(place.hold, timedelta(hours=6)) / 2
        first = {State.HELD: Action.HOLD, State.EXPIRED: Action.HOLD, State.DRAFT: Action.SAVE}
        application = Application(
            project, place.id, (Asked(period),), first.get(scene.state, Action.SUBMIT), _note(stage)
        )
        try:
            async with DB.transaction():
                filed = await filing.file(company, application, filed_at)
                await _bring(stage, company, filed.id, scene.state, period, filed_at, place)
        except (Taken, InvalidInput):
            continue
        return filed.id
    return None


def _chances(stage: Stage, scene: Scene) -> Iterator[tuple[Actor, int, Place, Period]]:
    """Who might do it where and when, as chance wills."""
    for _ in range(TRIES):
        company, project, use = stage.chance.choice(stage.projects)
        place = stage.chance.choice([one for one in stage.places if use in one.uses])
        hours = stage.chance.choice((1, 2, 2, 3, 4))
        start = stage.local(stage.chance.randint(scene.first_day, scene.last_day), stage.chance.randint(8, 17))
        if scene.state is State.ACTIVE:
            hour = local_time(stage.now, JAPANS_ZONE).hour - stage.chance.randint(0, 1)
            start = stage.local(0, hour)
        elif scene.last_day == 0 or (scene.first_day == 0 and start <= stage.now):
            start = max(start, local_time(stage.now, JAPANS_ZONE).replace(minute=0, second=0, microsecond=0) + _HOUR)
        period = Period(start, start + timedelta(hours=hours))
        if _fits(scene.state, period, stage.now):
            yield company, project, place, period


_HOUR = timedelta(hours=1)
_PAST = frozenset({State.REPORTED, State.COMPLETED, State.NO_SHOW, State.EXPIRED})


def _fits(state: State, period: Period, now: datetime) -> bool:
    """What is over must lie behind us, what is on now around us, what is decided before us."""
    if state in _PAST:
        return period.end < now
    if state is State.ACTIVE:
        return period.start <= now < period.end
    return period.start > now or state in {State.REVOKED, State.CANCELLED, State.REJECTED, State.WITHDRAWN}


def _note(stage: Stage) -> str:
    return stage.chance.choice(("", "", "前日に機材を搬入したいです。", "見学者が3名来る予定です。"))


async def _bring(
    stage: Stage, company: Actor, one: int, state: State, period: Period, filed_at: datetime, place: Place
) -> None:
    """From filed to `state`, step by step, each at a time at which it may have happened."""
    decided = min(filed_at + timedelta(days=1, hours=3), period.start - timedelta(hours=2), stage.now)
    decided = max(decided, filed_at)
    condition = stage.chance.choice(CONDITIONS)
    approve = (stage.approver, Step(Action.APPROVE, conditions=condition), decided)
    confirm = (None, Step(Action.CONFIRM), decided)
    check_in = (company, Step(Action.CHECK_IN), period.start)
    check_out = (company, Step(Action.CHECK_OUT), period.end - timedelta(minutes=5))
    reason = REASONS.get(state, "")
    steps: Mapping[State, Sequence[tuple[Actor | None, Step, datetime]]] = {
        State.CONFIRMED: (approve, confirm),
        State.ACTIVE: (approve, confirm, check_in),
        State.COMPLETED: (approve, confirm, check_in, check_out),
        State.REPORTED: (
            approve,
            confirm,
            check_in,
            check_out,
            (company, Step(Action.REPORT, reason=reason), min(period.end + timedelta(hours=20), stage.now)),
        ),
        State.NO_SHOW: (approve, confirm, (stage.approver, Step(Action.NO_SHOW), period.end)),
        State.REVOKED: (approve, confirm, (stage.approver, Step(Action.REVOKE, reason=reason), decided)),
        State.CANCELLED: (approve, confirm, (company, Step(Action.CANCEL, reason=reason), decided)),
        State.EXPIRED: ((None, Step(Action.EXPIRE), filed_at + place.hold),),
        State.REJECTED: ((stage.approver, Step(Action.REJECT, reason=reason), decided),),
        State.WITHDRAWN: ((company, Step(Action.WITHDRAW, reason=reason), decided),),
        State.RETURNED: ((stage.approver, Step(Action.RETURN, reason=reason), stage.now - _HOUR),),
    }
    for actor, step, at in steps.get(state, ()):
        await reservations.act(actor, one, step, at)


async def _rivals(stage: Stage) -> int:
    """Applications of other companies that wait for what one submitted application has taken; how many."""
    submitted = await reading.listed(stage.approver, reading.ListQuery(limit=200, state=State.SUBMITTED))
    for wanted in submitted:
        rivals = _rivals_of(stage, wanted["company_id"], wanted["use"])
        if len(rivals) == WAITING:
            taken = msgspec.json.decode(wanted["volumes"])[0]["period"]
            period = Period(*(datetime.fromisoformat(taken[end]) for end in ("start", "end")))
            for company, project in rivals:
                application = Application(project, wanted["area_id"], (Asked(period),), Action.WAIT)
                await filing.file(company, application, stage.now - _HOUR)
            return WAITING
    return 0


def _rivals_of(stage: Stage, company_id: int, use: str) -> list[tuple[Actor, int]]:
    """Other companies, each with a project of that use, as many as shall wait."""
    one_each = {
        actor.person_id: (actor, project)
        for actor, project, its_use in stage.projects
        if its_use == use and company_id not in actor.companies
    }
    return list(one_each.values())[:WAITING]


async def _close(stage: Stage) -> None:
    """Two closures: works that are coming, and a storm's aftermath, each at the first free days."""
    plans = (
        ("inland-ground", None, ClosureKind.WORKS, "散水設備の工事のため", "Works on the sprinklers"),
        ("maishima", "parking-yard", ClosureKind.EVENT, "市民マラソンの準備のため", "Preparing a city marathon"),
    )
    for site, area, kind, ja, en in plans:
        for day in range(3, 30):
            period = Period(stage.local(day, 9), stage.local(day, 17))
            try:
                async with DB.transaction():
                    await closures.close(
                        stage.approver, Closing(one_place(site, area), kind, ja, en, period), stage.now
                    )
            except PortalError:
                continue
            break
