"""Filing whatever fits of an application: the stays that do are asked for, the others are told with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.refusals import refusals_of_each
from testfields.availability.rules import volume_faults
from testfields.availability.search import nearest_free
from testfields.availability.service import Asked, Place
from testfields.core.errors import N_, Fault, InvalidInput, Message, PortalError, Taken, fault
from testfields.core.periods import Period
from testfields.core.volumes import Volume
from testfields.db.engine import transactional
from testfields.reservations import checking, filing
from testfields.reservations.actions import ACTIONS
from testfields.reservations.checking import Verdict, verdict_on
from testfields.reservations.filing import Application, Filed, LeftOut, acceptable, place_of, write
from testfields.reservations.reading import own
from testfields.reservations.refusals import nearest_told, own_told
from testfields.reservations.rules import checked_texts


@dataclass(frozen=True)
class Judged:
    """An application as it lies in its place, with the rules of the site that each of its volumes breaks."""

    asked: tuple[Asked, ...]
    place: Place
    faults: tuple[tuple[Fault, ...], ...]


@dataclass(frozen=True)
class Fitting:
    """What fits of what was asked for; `place` has nothing else. `refusals` stand behind what was left out."""

    asked: tuple[Asked, ...]
    place: Place
    left_out: tuple[LeftOut, ...]
    refusals: tuple[Taken, ...]

    @property
    def refusal(self) -> PortalError:
        """Why nothing is filed where nothing fits: the rules that are broken, else what is in the way."""
        if faults := [found for one in self.left_out for found in one.faults]:
            return InvalidInput(faults)
        return joined(self.refusals)

    @property
    def told(self) -> list[dict[str, object]]:
        """What was left out, as an event keeps it: when, and why by the texts of the portal."""
        return [
            {
                "period": [one.period.start, one.period.end],
                "why": [found.message for found in one.faults] or [Message(Taken([]).message.id)],
            }
            for one in self.left_out
        ]


def joined(refusals: Sequence[Taken]) -> Taken:
    """Several refusals as one."""
    return Taken(
        [found for one in refusals for found in one.in_the_way],
        numbers=[number for one in refusals for number in one.numbers],
    )


async def file(actor: Actor, application: Application, now: datetime) -> Filed:
    """File an application: all of it, as `filing.file` does, or whatever fits.

    Raises as that does; where whatever fits was asked for, only where nothing does.
    """
    if not application.whatever_fits:
        return await filing.file(actor, application, now)
    application = acceptable(actor, application)
    judged = await judge(application, now)
    seen = await sort_out(judged)
    # Joining shapes may take long, so it is done before anybody has to wait for it.
    claims = await availability.claims_of(seen.place) if seen.asked else []
    async with nearest_told(actor, judged.place, application.asked, now):
        return await _file_what_fits(actor, application, judged, (seen.asked, claims), now)


@transactional
async def _file_what_fits(
    actor: Actor, application: Application, judged: Judged, seen: tuple[Sequence[Asked], list[Volume]], now: datetime
) -> Filed:
    fits = await held(judged)
    claims = seen[1] if fits.asked == seen[0] else await availability.claims_of(fits.place)
    filed = await write(actor, application, fits.place, claims, now, left_out=fits.told)
    return replace(filed, left_out=await told_to(actor, fits))


async def held(judged: Judged) -> Fitting:
    """What fits, of which nobody else takes anything until the transaction ends.

    Raises InvalidInput or Taken where nothing does, WrongState where the site has changed since it was looked at.
    """
    await availability.hold_site(judged.place)
    await availability.lock(judged.place.site_id)
    fits = await sort_out(judged)
    if not fits.asked:
        raise fits.refusal
    return fits


async def judge(application: Application, now: datetime) -> Judged:
    """Hold the site's rules against each volume; raises NotFound, and InvalidInput for what is wrong with all of it."""
    if not ACTIONS[application.action].in_part:
        message = N_("“Whatever fits” can be asked for only by what is submitted or held at once.")
        raise InvalidInput([fault("whatever_fits", message)])
    place = await place_of(application.area_id, application.asked)
    faults = volume_faults(place.policy, place.placed, now)
    return Judged(application.asked, place, tuple(tuple(one) for one in faults))


async def sort_out(judged: Judged, besides: int = 0) -> Fitting:
    """Part the stays that fit now from those that do not: a stay does when each of its volumes is allowed and free.

    One's own stays need no distance from each other, so that each is looked at by itself. What the reservation
    `besides` holds counts as free.
    """
    taken = [one.taken for one in judged.place.placed]
    refusals = await refusals_of_each(judged.place.site_id, taken, besides)
    whole = {period: _members(judged, period) for period in dict.fromkeys(one.period for one in judged.asked)}
    out = {
        period: _left_out(period, [judged.faults[one] for one in members], [refusals[one] for one in members])
        for period, members in whole.items()
        if any(judged.faults[one] or refusals[one] for one in members)
    }
    fits = [place for place, one in enumerate(judged.asked) if one.period not in out]
    return Fitting(
        tuple(judged.asked[one] for one in fits),
        replace(judged.place, placed=tuple(judged.place.placed[one] for one in fits)),
        tuple(one for one, _ in out.values()),
        tuple(refusal for _, refusal in out.values()),
    )


def _members(judged: Judged, period: Period) -> list[int]:
    """The volumes of one stay, by their places."""
    return [place for place, one in enumerate(judged.asked) if one.period == period]


def _left_out(
    period: Period, faults: Sequence[tuple[Fault, ...]], refusals: Sequence[Taken | None]
) -> tuple[LeftOut, Taken]:
    """A stay that does not fit. What is in the way of one that would not be allowed anyway says nothing."""
    broken = tuple(found for one in faults for found in one)
    refusal = joined([] if broken else [one for one in refusals if one is not None])
    return LeftOut(period, broken, refusal.in_the_way), refusal


async def told_to(actor: Actor, fits: Fitting) -> tuple[LeftOut, ...]:
    """What was left out, with what in the way is the actor's own."""
    told = iter(await own_told(actor, joined(fits.refusals)))
    return tuple(replace(one, in_the_way=tuple(next(told) for _ in one.in_the_way)) for one in fits.left_out)


async def check(actor: Actor, application: Application, now: datetime, besides: int = 0) -> Verdict:
    """Answer what filing would, as `checking.check` does; of one for whatever fits also which stays do not."""
    if not application.whatever_fits:
        return await checking.check(actor, application, now, besides)
    if besides:
        await own(actor, besides)
    try:
        checked_texts(note=application.note)
        fits = await sort_out(await judge(application, now), besides)
        await availability.claims_of(fits.place)
    except InvalidInput as error:
        return Verdict(error.faults)
    if not fits.asked:
        return await _nothing_fits(actor, application, fits, now, besides)
    return replace(
        await verdict_on(actor, application, fits.place, now),
        fitting=tuple(dict.fromkeys(one.period for one in fits.asked)),
        left_out=await told_to(actor, fits),
    )


async def _nothing_fits(actor: Actor, application: Application, fits: Fitting, now: datetime, besides: int) -> Verdict:
    refusal = fits.refusal
    if isinstance(refusal, InvalidInput):
        return Verdict(refusal.faults)
    in_the_way = await own_told(actor, cast("Taken", refusal))
    nearest = await nearest_free(application.area_id, application.asked, now, besides=besides)
    return Verdict(in_the_way=tuple(in_the_way), nearest=tuple(nearest))
