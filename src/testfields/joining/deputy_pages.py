"""The desk's page of deputies: who stands in for whom, and naming one's own."""

from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts.access import allowed
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.local_time import JAPANS_ZONE, format_date, local_date
from testfields.joining import deputising
from testfields.joining.deputising import MOST_DAYS, Deputy, NewDeputy
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId

LABELS = {"person_id": N_("Deputy"), "first_day": N_("First day"), "last_day": N_("Last day")}
DAY = N_("Please enter a day, such as 2026-12-03.")


@get("/desk/deputies", include_in_schema=False, guards=[Only(May.SEE_DEPUTIES)])
async def deputies_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """Who stands in for whom."""
    return await _deputies(request, actor)


@post("/desk/deputies", include_in_schema=False, guards=[Only(May.NAME_DEPUTY)])
async def name(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Name a deputy of one's own; with faults, the form again."""
    form = await posted(request)
    try:
        await deputising.name(actor, _new(form), now())
    except InvalidInput as error:
        return await _deputies(request, actor, form, error)
    return redirect("/desk/deputies", "success", N_("Your deputy is named, and is told so by mail."))


@post("/desk/deputies/{deputy_id:int}/end", include_in_schema=False, guards=[Only(May.NAME_DEPUTY)])
async def end(actor: Caller, deputy_id: PathId) -> Response[Any]:
    """End it before its last day."""
    await deputising.end(actor, deputy_id, now())
    message = N_("This has ended. From now on only you decide, and the deputy is told so by mail.")
    return redirect("/desk/deputies", "success", message)


def lines(found: list[Deputy], actor: Actor) -> list[dict[str, Any]]:
    """Deputies as the tables list them."""
    return [
        {
            "id": one.id,
            "deputy": one.deputy,
            "approver": one.approver,
            "organisation": locale.named(one, "name"),
            "days": locale.translate(
                N_("%(first)s to %(last)s"),
                None,
                first=format_date(one.first_day, locale.current()),
                last=format_date(one.last_day, locale.current()),
            ),
            "today": one.starts_at <= now(),
            "own": one.approver_id == actor.person_id,
        }
        for one in found
    ]


def _new(form: Posted) -> NewDeputy:
    """Raises InvalidInput for what is no day, or names nobody."""
    organisation, _, person = form.text("person_id").partition("/")
    faults = [fault(name, DAY) for name in ("first_day", "last_day") if _day(form.text(name)) is None]
    if not (organisation.isascii() and organisation.isdigit() and person.isascii() and person.isdigit()):
        faults.append(fault("person_id", N_("Please choose one of these.")))
    first, last = _day(form.text("first_day")), _day(form.text("last_day"))
    if faults or first is None or last is None:
        raise InvalidInput(faults)
    return NewDeputy(int(organisation), int(person), first, last)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


async def _deputies(
    request: Request[Any, Any, Any], actor: Actor, form: Posted | None = None, error: InvalidInput | None = None
) -> Template:
    colleagues = await deputising.colleagues(actor)
    several = len({one.organisation_id for one in colleagues}) > 1
    names = {one.organisation_id: locale.named(one, "name") for one in actor.memberships}
    return page(
        request,
        "joining/deputies.html",
        status=422 if error else 200,
        deputies=lines(await deputising.deputies(actor, now()), actor),
        may_name=allowed(actor, May.NAME_DEPUTY),
        colleagues=[
            {
                "value": f"{one.organisation_id}/{one.id}",
                "label": f"{one.name} ({names[one.organisation_id]})" if several else one.name,
            }
            for one in colleagues
        ],
        today=local_date(now(), JAPANS_ZONE).isoformat(),
        most_days=MOST_DAYS,
        form=form or Posted(),
        **faults_of(error, LABELS),
    )


pages = (deputies_page, name, end)
