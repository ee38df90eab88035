"""The form of an application with what it names looked up, and how it stands."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import asyncpg
import msgspec

from testfields.accounts.rules import Actor
from testfields.core.errors import N_, Fault, InvalidInput, Message, NotFound, WrongState, fault
from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand
from testfields.reservations import fitting
from testfields.reservations.actions import ACTIONS
from testfields.reservations.apply import queries
from testfields.reservations.apply.forms import (
    Entered,
    asked_of,
    fields_of,
    rows_of,
    rows_of_volumes,
    sought_of,
    time_from_address,
    time_of,
)
from testfields.reservations.apply.reading import AreaChoice, SiteChoice, site_choice, site_of_area
from testfields.reservations.checking import Verdict
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.reservations.stays import OPEN, TIMES_OVER
from testfields.reservations.surroundings import Beside, Size, beside, sizes_of
from testfields.reservations.words import stays_told
from testfields.web.parameters import whole_number
from testfields.web.schemas import Heights, MultiPolygonView


@dataclass(frozen=True)
class Form:
    """The form with its site, its area and the further ones, and the verdict on it.

    `errors` are by the form's fields.
    """

    entered: Entered
    site: SiteChoice | None
    area: AreaChoice | None
    more: tuple[AreaChoice, ...] = ()
    verdict: Verdict | None = None
    errors: tuple[Fault, ...] = ()
    # The company that staff fill the form in for, 0 as long as they have chosen none; None where it does so itself.
    behalf_of: int | None = None
    # Of what is asked for, where that can be told: how large it is, its heights, and what else is taken then.
    size: Size | None = None
    altitude: AltitudeBand | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def zone(self) -> str:
        """The site's zone; before there is a site, the times cannot be read yet and any zone will do."""
        return self.site.timezone if self.site else "UTC"

    @property
    def free_to_choose(self) -> bool:
        """Whether it may wait, be held, or be asked for in part: neither a change may, nor what staff file."""
        return not self.entered.reservation and self.behalf_of is None

    @property
    def whatever_fits(self) -> bool:
        """Whether stays that do not fit are to be left out; of one alone there is no choice."""
        return self.entered.whatever == "fits" and self.free_to_choose and len(rows_of(self.entered)) > 1


async def opened(entered: Entered) -> Form:
    """Look up what the form names; an area may be named by its id alone, and one of one is chosen."""
    area_id = whole_number(entered.area)
    slug = entered.site or (await site_of_area(area_id) if area_id else None)
    site = await site_choice(slug) if slug else None
    area = site.area(entered.area) if site else None
    if site and area is None and len(site.areas) == 1:
        area = site.areas[0]
    more = tuple(one for one in site.areas if one.slug in entered.more and one is not area) if site else ()
    named = replace(
        entered,
        site=site.slug if site else "",
        area=area.slug if area else "",
        more=tuple(one.slug for one in more),
    )
    return Form(named, site, area, more)


def with_time(form: Form, start: str, end: str) -> Form:
    """The form with the stay that a link asks for, by default as short as the site allows; as it is without a site."""
    if form.site is None:
        return form
    time = time_from_address(start, end, form.zone, timedelta(minutes=form.site.policy.minimum_minutes))
    return replace(form, entered=replace(form.entered, times=(time,)))


async def judged(actor: Actor, form: Form, at: datetime) -> Form:
    """The form with the verdict on it and with what lies around, as far as enough has been entered."""
    return await _looked_around(actor, await _judged(actor, form, at))


async def _judged(actor: Actor, form: Form, at: datetime) -> Form:
    if form.area is None or all(one.blank for one in form.entered.times):
        return form
    besides = whole_number(form.entered.reservation) or 0
    rows = rows_of_volumes(form.entered)
    try:
        verdict = await fitting.check(actor, application_of(form, Action.SUBMIT), at, besides)
    except InvalidInput as error:
        return replace(form, errors=tuple(fields_of(error.faults, rows)))
    except NotFound as error:
        return replace(form, errors=(Fault("area", error.message),))
    chosen = whole_number(form.entered.project_id) is not None
    faults = [one for one in verdict.faults if chosen or one.path != "project_id"]
    return replace(form, verdict=verdict, errors=tuple(fields_of(faults, rows)))


async def _looked_around(actor: Actor, form: Form) -> Form:
    """The form with the size of what it asks for and with what else is taken then, also where it would be refused."""
    if form.area is None:
        return form
    sought = sought_of(form.entered, form.zone)
    grounds = [(form.area.id, sought.footprint), *((one.id, None) for one in form.more)]
    try:
        found = await beside(actor, grounds, sought.periods, whole_number(form.entered.reservation) or 0)
    except NotFound:
        return form
    known = sought.footprint is not None or not form.entered.part
    size = (await sizes_of(grounds[:1]))[0] if known else None
    return replace(form, size=size, altitude=sought.altitude or _band_of(form), beside=tuple(found))


def _band_of(form: Form) -> AltitudeBand | None:
    """All heights of the area, where none are typed."""
    if form.area is None or form.entered.lower or form.entered.upper:
        return None
    return AltitudeBand(Decimal(str(form.area.altitude.lower)), Decimal(str(form.area.altitude.upper)))


def application_of(form: Form, action: Action) -> Application:
    """What the form asks for; raises InvalidInput with every fault, by the form's fields."""
    faults: list[Fault] = []
    if form.site is None:
        faults.append(Fault("site", Message(N_("Please choose a test field."))))
    elif form.area is None:
        faults.append(Fault("area", Message(N_("Please choose an area."))))
    areas = [one.id for one in (form.area, *form.more) if one is not None]
    try:
        asked = asked_of(form.entered, form.zone, areas)
    except InvalidInput as error:
        faults.extend(error.faults)
    if faults or form.area is None:
        raise InvalidInput(faults)
    project_id = whole_number(form.entered.project_id) or 0
    # A draft, a place in the queue and a change are for all of it.
    whatever_fits = form.whatever_fits and ACTIONS[action].in_part
    return Application(
        project_id, form.area.id, asked, action, form.entered.note, whatever_fits, behalf_of=form.behalf_of
    )


def complete(form: Form, action: Action) -> Application:
    """What the form asks for, ready to be filed: also with a project. Raises as `application_of`."""
    project = [] if form.entered.project_id else [fault("project_id", N_("Please choose a project."))]
    try:
        application = application_of(form, action)
    except InvalidInput as error:
        raise InvalidInput([*project, *error.faults]) from error
    if project:
        raise InvalidInput(project)
    return application


class _Stored(msgspec.Struct, frozen=True):
    period: Period
    altitude: Heights
    footprint: MultiPolygonView


_STORED = msgspec.json.Decoder(list[_Stored])


async def stored(row: asyncpg.Record, *, over_too: bool = False) -> Entered:
    """The form as a reservation's volumes fill it in.

    Stays that are over are not asked for anew, but `over_too`. Raises WrongState where none is left, and for volumes
    that the form cannot show: the API may ask for several different shapes at once.
    """
    left = {one.period for one in stays_told(row["stays"]) if over_too or one.state in OPEN}
    if not left:
        raise WrongState(TIMES_OVER)
    shapes = await queries.SHAPES.row(id=row["id"])
    if shapes is None or not shapes["alike"] or not (shapes["plain"] or shapes["whole"]):
        raise WrongState(N_("This application asks for several different shapes. Please change it by API."))
    volumes = [one for one in _STORED.decode(row["volumes"]) if one.period in left]
    first = volumes[0]
    outline = {"type": "Polygon", "coordinates": first.footprint.coordinates[0]}
    return Entered(
        project_id=str(row["project_id"]),
        site=row["site_slug"],
        area=row["area_slug"],
        more=tuple(one for one in shapes["areas"] if one != row["area_slug"]),
        times=tuple(time_of(one, row["timezone"]) for one in dict.fromkeys(one.period for one in volumes)),
        part=not shapes["whole"],
        footprint="" if shapes["whole"] else msgspec.json.encode(outline).decode(),
        lower="" if shapes["every_height"] else f"{first.altitude.lower:g}",
        upper="" if shapes["every_height"] else f"{first.altitude.upper:g}",
        note=row["note"],
        version=str(row["version"]),
    )
