"""What a press of one of the form's buttons does to it, and filing what it asks for."""

from dataclasses import replace
from datetime import datetime

from testfields.accounts.rules import Actor
from testfields.core.errors import N_, Fault, InvalidInput, fault, tried
from testfields.core.shapes import checked_shape
from testfields.reservations import fitting, steps
from testfields.reservations.apply import queries
from testfields.reservations.apply.editing import edited
from testfields.reservations.apply.forms import Entered
from testfields.reservations.apply.series import horizon_of
from testfields.reservations.apply.verdicts import Form, complete, judged
from testfields.reservations.filing import Moved
from testfields.reservations.rules import Action
from testfields.web.drawing import centre_of, geojson_of, radius_of
from testfields.web.parameters import whole_number


async def changed(actor: Actor, form: Form, wish: str, at: datetime) -> tuple[Form, int]:
    """The form after one of its own buttons, judged again, and the status to answer with."""
    try:
        form = replace(form, entered=await _pressed(form, wish, at))
    except InvalidInput as error:
        return replace(await judged(actor, form, at), errors=error.faults), 422
    return await judged(actor, form, at), 200


async def _pressed(form: Form, wish: str, at: datetime) -> Entered:
    if wish == "circle":
        return await _circled(form.entered)
    ahead = horizon_of(form.site.policy.horizon_days, form.zone, at) if form.site else None
    return edited(form.entered, wish, ahead)


async def _circled(entered: Entered) -> Entered:
    """The form with the circle that was typed as the part asked for; raises InvalidInput, each fault at its field."""
    faults: list[Fault] = []
    centre = tried(faults, centre_of, entered.centre, "centre")
    radius = tried(faults, radius_of, entered.radius, "radius")
    if not entered.site:
        faults.append(fault("site", N_("Please choose a test field.")))
    if faults:
        raise InvalidInput(faults)
    circle = await queries.CIRCLE.value(centre=centre, radius=radius, slug=entered.site)
    return replace(entered, part=True, footprint=geojson_of(checked_shape(circle, "radius")))


async def filed(actor: Actor, form: Form, action: Action, at: datetime) -> Moved:
    """File what the form asks for, or what its draft has become; raises as `steps.REFUSALS` lists."""
    application = complete(form, action)
    draft_id = whole_number(form.entered.draft)
    if draft_id is None:
        return await fitting.file(actor, application, at)
    return await steps.revise_draft(actor, draft_id, whole_number(form.entered.version), application, at)
