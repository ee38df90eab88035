"""Taking an application through its states."""

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.service import NO_SUCH_AREA, Asked, InArea, Place, in_area_arrays
from testfields.core.errors import N_, InvalidInput, Message, NotFound, Stale, Taken, WrongState, fault
from testfields.db.engine import DB, transactional
from testfields.reservations import day, fitting, queries, stay_queries
from testfields.reservations.actions import ACTIONS, Settles
from testfields.reservations.deadlines import refuse_untimely, return_deadline
from testfields.reservations.filing import (
    Application,
    Moved,
    checked_place,
    refuse_undecided,
    refuse_use,
    why_no_project,
)
from testfields.reservations.fitting import Fitting
from testfields.reservations.moving import Locked, Step, lock, move, next_of
from testfields.reservations.reading import asked_for, volumes_of
from testfields.reservations.refusals import nearest_told, refuse_unverified, refuse_waiting_for_oneself
from testfields.reservations.rules import TRANSITIONS, Action, State, check_words, checked_texts
from testfields.reservations.states import STATES
from testfields.reservations.stays import StayState
from testfields.reservations.taking_back import undone
from testfields.reservations.telling import story_of
from testfields.reservations.terms import ENDS_SOONER, begins_at, terms_of, warnings_of

# What whoever asked for a step is told where they asked for it.
REFUSALS = (InvalidInput, Taken, Stale, WrongState, NotFound)


@transactional
async def act(actor: Actor | None, reservation_id: int, step: Step, now: datetime) -> Moved:
    """Take one step of the state table; without an actor the portal itself acts.

    What becomes free by it is offered to those who wait before anybody else can take it. Raises NotFound, Stale,
    WrongState, NotAllowed, InvalidInput, or Taken when the volume has to be claimed first.
    """
    locked, moved = await _act(actor, reservation_id, step, now)
    # What has begun before it was decided lapses when the rest is approved.
    lapses = step.action is Action.APPROVE and locked.times.starts_at <= now
    if lapses or _gives_back(locked.state, step.action, moved.state):
        await offer_waiting(locked.site_id, now)
    return moved


def _gives_back(state: State, action: Action, to: State) -> bool:
    """Whether ground may have become free by a step."""
    some = ACTIONS[action].settles in {Settles.BY_STAY, Settles.REPLACING} and action is not Action.CHECK_IN
    return STATES[state].claims is not None and (some or STATES[to].claims is None)


async def _act(actor: Actor | None, reservation_id: int, step: Step, now: datetime) -> tuple[Locked, Moved]:
    """The step by itself, and the reservation as it was found."""
    locked, roles = await lock(actor, reservation_id, step.version)
    if not ACTIONS[step.action].on_the_day:
        locked = await day.brought_up_to(locked, now)
    to, role = next_of(actor, locked, step.action, roles)
    # What is past the draft has been let in by staff, or was filed by them.
    if actor is not None and locked.state is State.DRAFT:
        await refuse_unverified(actor, to, locked.site_id, company_id=locked.company_id)
    settles = ACTIONS[step.action].settles
    if settles is Settles.REPLACING:
        raise WrongState(N_("A change needs the volumes to change to."))
    if step.stays and not TRANSITIONS[(locked.state, step.action)].by_stays:
        message = N_("“%(action)s” is about the whole application, and not about single times of it.")
        raise InvalidInput([fault("stays", message, action=Message(ACTIONS[step.action].word))])
    if ACTIONS[step.action].by_closing:
        raise WrongState(N_("Times are taken away by closing their place, and in no other way."))
    if step.action is Action.TAKE_BACK:
        step = replace(step, told=await undone(locked.id, now))
    reason, conditions = checked_texts(reason=step.reason, conditions=step.conditions)
    check_words(step.action, reason, conditions)
    step = replace(step, reason=reason, conditions=conditions)
    refuse_untimely(locked.state, step.action, locked.times, now)
    if settles is Settles.BY_STAY:
        return locked, await day.take(actor, locked, step, role, now)
    terms = await _settle_claim(actor, locked, step.action, to, now)
    if step.action is Action.RETURN:
        terms["deadline"] = return_deadline(locked.times, now)
    details = dict(step.told)
    if step.action is Action.APPROVE:
        # A decision carries its own conditions, also when it has none: those of an earlier one are over.
        details |= {"conditions": conditions, "stays": day.told(await day.lapse(locked, to, now))}
    if locked.state is State.DRAFT:
        details |= story_of(await volumes_of(locked.id))
    return locked, await move(actor, locked, step, to, role, now, terms, details)


async def _settle_claim(
    actor: Actor | None, locked: Locked, action: Action, to: State, now: datetime
) -> dict[str, datetime | None]:
    """Bring the claim into step with the state that comes next; the dates that go with it."""
    had, needs = STATES[locked.state].claims, STATES[to].claims
    terms = dict(day.NO_TERMS)
    if ACTIONS[action].settles is Settles.ASKING:
        asked = await asked_for(locked.id)
        # What holds a claim, or has waited for one, kept the rules when it was filed; notice that has run short since
        # is no fault of its own.
        kept = had or ACTIONS[action].as_filed
        place = await (availability.place(locked.area_id, asked) if kept else checked_place(locked.area_id, asked, now))
        if not had and (place.retired or not place.published):
            raise NotFound(NO_SUCH_AREA)
        refuse_undecided(place)
        refuse_use(place, locked.use)
        # What is taken back stands as it stood, with the dates of its submission.
        terms = terms if action is Action.TAKE_BACK else terms_of(place, to, now)
        if not had:
            claims = await availability.claims_of(place)
        if actor is not None and to is State.WAITING:
            await refuse_waiting_for_oneself(actor, place.site_id, claims)
        if needs and not had:
            await availability.hold_site(place)
            # An offer that does not fit is told to nobody.
            told = nearest_told(actor, place, asked, now) if action is not Action.OFFER else nullcontext()
            async with told, DB.transaction():
                await availability.take(locked.site_id, needs, locked.id, claims)
    if had and needs and had is not needs:
        await availability.change_kind(locked.site_id, locked.id, had, needs)
    if had and not needs:
        await availability.release(locked.id)
    return terms


@transactional
async def change_volumes(
    actor: Actor, reservation_id: int, version: int | None, asked: Sequence[Asked], now: datetime
) -> Moved:
    """Ask for other volumes at the same site. The old claim stays until the new one is sure.

    After approval this reopens the review. Raises as `act` does.
    """
    locked, roles = await lock(actor, reservation_id, version)
    locked = await day.brought_up_to(locked, now)
    to, role = next_of(actor, locked, Action.CHANGE, roles)
    refuse_untimely(locked.state, Action.CHANGE, locked.times, now)
    # What has been used stays as it is, also where it is sent along; what was lost is asked for anew.
    used = {one.period for one in await day.stays_of(locked.id) if one.state is StayState.COMPLETED}
    asked = [one for one in asked if one.period not in used]
    place = await checked_place(locked.area_id, asked, now)
    refuse_use(place, locked.use)
    async with nearest_told(actor, place, asked, now, besides=locked.id):
        await take_instead(locked, place, to, now)
    await _replace_stays(locked.id, place.volumes)
    terms, warnings = terms_anew(locked, place, to, now)
    moved = await move(actor, locked, Step(Action.CHANGE), to, role, now, terms, story_of(place.volumes))
    if STATES[to].claims:
        await offer_waiting(locked.site_id, now)
    return replace(moved, warnings=warnings)


async def take_instead(locked: Locked, place: Place, to: State, now: datetime) -> None:
    """From now on a reservation takes what its new place wants; where that is refused, the old claim was never gone."""
    if kind := STATES[to].claims:
        claims = await availability.claims_of(place)
        await availability.hold_site(place)
        async with DB.transaction():
            await availability.release_from(locked.id, now)
            await availability.take(locked.site_id, kind, locked.id, claims)


def terms_anew(
    locked: Locked, place: Place, to: State, now: datetime
) -> tuple[dict[str, datetime | None], tuple[Message, ...]]:
    """The dates of what is asked for anew, and what to beware of: what runs out does so when it would have, and before
    it begins."""
    terms, runs_on = terms_of(place, to, now), locked.times.deadline if to is not State.SUBMITTED else None
    warnings = warnings_of(place, terms["due_at"], now)
    if runs_on is None:
        return terms | {"deadline": None}, warnings
    deadline = min(runs_on, begins_at(place))
    return terms | {"deadline": deadline}, (Message(ENDS_SOONER), *warnings) if deadline < runs_on else warnings


async def _replace_stays(reservation_id: int, volumes: Sequence[InArea]) -> None:
    await stay_queries.FORGET_STAYS.run(id=reservation_id)
    await stay_queries.ADD_STAYS.run(id=reservation_id, area_id=volumes[0].area_id, **in_area_arrays(volumes))


@transactional
async def revise_draft(
    actor: Actor, reservation_id: int, version: int | None, application: Application, now: datetime
) -> Moved:
    """Bring a draft up to date, project, area, volumes and note, and take the application's action on it.

    Raises as `act` does; then the draft stays as it was.
    """
    locked, roles = await lock(actor, reservation_id, version)
    if locked.state is not State.DRAFT:
        raise WrongState(N_("This is no longer a draft. Please open the application itself."))
    to, role = next_of(actor, locked, Action.CHANGE, roles)
    (note,) = checked_texts(note=application.note)
    fits = await _what_fits(actor, application, now) if application.whatever_fits else None
    asked = fits.asked if fits else application.asked
    place = await checked_place(application.area_id, asked, now)
    revised = await queries.REVISE.run(
        id=locked.id,
        site_id=place.site_id,
        area_id=place.volumes[0].area_id,
        project_id=application.project_id,
        companies=reach(actor, May.APPLY).companies,
        uses=sorted(place.uses),
        note=note,
    )
    if not revised:
        raise await why_no_project(actor, application, place)
    await _replace_stays(locked.id, place.volumes)
    revision = Step(Action.CHANGE)
    moved = await move(actor, locked, revision, to, role, now, terms_of(place, to, now), story_of(place.volumes))
    warnings = warnings_of(place, None, now)
    if application.action is Action.SAVE:
        return replace(moved, warnings=warnings)
    if fits is None:
        done = await act(actor, locked.id, Step(application.action, moved.version), now)
        return replace(done, warnings=warnings)
    step = Step(application.action, moved.version, told={"left_out": fits.told})
    done, left_out = await act(actor, locked.id, step, now), await fitting.told_to(actor, fits)
    return replace(done, left_out=left_out, warnings=warnings)


async def _what_fits(actor: Actor, application: Application, now: datetime) -> Fitting:
    """What of it fits, and goes on to fit until the transaction ends; raises as `act` does where nothing does."""
    judged = await fitting.judge(application, now)
    async with nearest_told(actor, judged.place, application.asked, now), DB.transaction():
        return await fitting.held(judged)


@transactional
async def offer_waiting(site_id: int, now: datetime) -> list[int]:
    """Offer a hold to every waiting application at a site that fits by now, first come first served; their ids.

    Nobody takes anything there meanwhile, so that none of them is passed by, also where other ground becomes free.
    """
    if not await queries.ANYBODY_WAITS.value(site_id=site_id):
        return []
    await availability.lock(site_id)
    offered, after = [], (datetime.min.replace(tzinfo=UTC), 0)
    while row := await queries.NEXT_WAITING.row(site_id=site_id, now=now, after_at=after[0], after_id=after[1]):
        after = (row["submitted_at"], row["id"])
        try:
            async with DB.transaction():
                await act(None, row["id"], Step(Action.OFFER), now)
        except (Taken, InvalidInput, WrongState, NotFound):
            # Against the rules by now, or at a site that is published no more.
            continue
        offered.append(row["id"])
    return offered


@transactional
async def finish(reservation_id: int, now: datetime) -> None:
    """End the stays of one application that end by themselves by now; nothing where there are none."""
    locked, _ = await lock(None, reservation_id, None)
    if (await day.brought_up_to(locked, now)).version != locked.version:
        await offer_waiting(locked.site_id, now)


async def end_what_is_over(now: datetime) -> None:
    """End every stay that ends by itself by now, and what has run out without its job having ended it."""
    for row in await stay_queries.ENDING.rows(now=now):
        await finish(row["id"], now)
    for row in await stay_queries.RUN_OUT.rows(now=now):
        # Somebody may have taken it further meanwhile.
        with suppress(WrongState):
            await act(None, row["id"], Step(Action.EXPIRE), now)
