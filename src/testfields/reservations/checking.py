"""Asking beforehand what would become of an application."""

from dataclasses import dataclass, replace
from datetime import datetime

from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.availability import service as availability
from testfields.availability.refusals import refusal_of
from testfields.availability.search import nearest_free
from testfields.availability.service import Place
from testfields.core.errors import Fault, InTheWay, InvalidInput, Message
from testfields.core.periods import Period
from testfields.projects.rules import craft_of
from testfields.projects.service import facts_in
from testfields.reservations import waiting
from testfields.reservations.filing import Application, LeftOut, checked_place, faults_of_use, project_of
from testfields.reservations.reading import own
from testfields.reservations.refusals import own_told
from testfields.reservations.rules import State, checked_texts
from testfields.reservations.terms import terms_of, warnings_of
from testfields.zones.rules import Finding
from testfields.zones.service import findings_of


@dataclass(frozen=True)
class Verdict:
    """What would become of an application now; `due_at` is when staff ought to decide, `deadline` when a hold ends."""

    faults: tuple[Fault, ...] = ()
    in_the_way: tuple[InTheWay, ...] = ()
    due_at: datetime | None = None
    deadline: datetime | None = None
    warnings: tuple[Message, ...] = ()
    # How many wait already for some of what is taken.
    waiting: int = 0
    # Times near to those asked for at which all would fit, moved together.
    nearest: tuple[tuple[Period, ...], ...] = ()
    # Of one for whatever fits, where something does: the stays that would be asked for, and the others.
    fitting: tuple[Period, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    # What law and the place say of it; never that it is allowed.
    findings: tuple[Finding, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether filing it would succeed."""
        return not self.faults and not self.in_the_way


async def verdict_on(actor: Actor, application: Application, place: Place, now: datetime) -> Verdict:
    """What would become of an application in a place where nothing is in its way."""
    due_at = terms_of(place, State.SUBMITTED, now)["due_at"]
    project = await project_of(actor, application, May.SEE_OWN_PAGES)
    return Verdict(
        faults_of_use(project["use"] if project else None, place),
        due_at=due_at,
        deadline=terms_of(place, State.HELD, now)["deadline"],
        warnings=warnings_of(place, due_at, now),
        findings=await findings_of(craft_of(facts_in(project)), place.volumes, now) if project else (),
    )


async def check(actor: Actor, application: Application, now: datetime, besides: int = 0) -> Verdict:
    """Answer what filing would, or what changing the reservation `besides` would; nothing is written.

    The rules are those of `file`, but whether the volume is taken is read, not tried: a filing that is rolled back
    would hold the site's lock at each change of a form, and real bookings would queue behind it. So the next booking
    may overtake this answer; `file` alone decides. Raises NotFound, also for `besides` that is not the actor's own:
    with another company's number the answer would tell where and when that one books.
    """
    if besides:
        await own(actor, besides)
    try:
        checked_texts(note=application.note)
        place = await checked_place(application.area_id, application.asked, now)
        claims = await availability.claims_of(place)
    except InvalidInput as error:
        return Verdict(error.faults)
    verdict = await verdict_on(actor, application, place, now)
    refusal = await refusal_of(place.site_id, claims, besides)
    if not refusal.in_the_way:
        return verdict
    return replace(
        verdict,
        in_the_way=tuple(await own_told(actor, refusal)),
        waiting=await waiting.ahead_of(place.site_id, claims),
        nearest=tuple(await nearest_free(application.area_id, application.asked, now, besides=besides)),
    )
