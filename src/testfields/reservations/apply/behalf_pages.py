"""The form of an application as staff fill it in for a company that asked them to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template

from testfields.accounts.access import allowed, reach
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.projects.fields import PLAN, Plan
from testfields.projects.forms import entered
from testfields.projects.views import sections
from testfields.reservations import behalf
from testfields.reservations.apply.forms import Entered, read_form
from testfields.reservations.apply.pressing import changed
from testfields.reservations.apply.reading import site_names
from testfields.reservations.apply.showing import (
    PARTS_OF_STAFF,
    Door,
    context_of,
    show_form,
    show_refusal,
)
from testfields.reservations.apply.verdicts import Form, application_of, judged, opened, with_time
from testfields.reservations.behalf import NO_SUCH_COMPANY, NO_SUCH_PROJECT, Call
from testfields.reservations.rules import Action
from testfields.reservations.steps import REFUSALS
from testfields.web import locale
from testfields.web.forms import Posted, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import whole_number

NEW = "new"
FILED = N_("Application %(number)s is filed for the company, which is told so by mail.")


@dataclass(frozen=True)
class Asker:
    """Who asked, as typed: the `words` by which the company is looked for, its id, the plan of a new project."""

    words: str = ""
    company_id: str = ""
    reason: str = ""
    plan: Mapping[str, Any] = field(default_factory=dict)

    @property
    def company(self) -> int:
        """The company's id; 0 for none."""
        return whole_number(self.company_id) or 0


async def read_asker(form: Posted) -> Asker:
    """What a posted form says of who asked; a search that finds one company alone chooses it.

    Words that were typed and not yet looked for leave no company chosen: it would be that of other words.
    """
    plan = entered(form, {name: row for name, row in PLAN.items() if not row.field.free})
    asker = Asker(form.text("words").strip(), form.text("company_id"), form.text("reason"), plan)
    sought, wish = asker.words == form.text("searched"), form.text("do")
    if not asker.words or (asker.company and sought and wish != "find"):
        return asker
    found = [str(row["id"]) for row in await behalf.companies(asker.words)]
    return replace(asker, company_id=found[0] if len(found) == 1 and wish != Action.FILE_FOR else "")


@get("/desk/book", include_in_schema=False, guards=[Only(May.FILE_FOR)])
async def book_page(
    request: Request[Any, Any, Any],
    actor: Caller,
    site: FromQuery[str] = "",
    area: FromQuery[str] = "",
    start: FromQuery[str] = "",
    end: FromQuery[str] = "",
) -> Template:
    """The form, filled in as far as the link says."""
    form = with_time(await _opened(actor, Entered(site=site, area=area), Asker()), start, end)
    return await show_form(request, await judged(actor, form, now()), await _door(actor, form.entered, Asker()))


@post("/desk/book", include_in_schema=False, status_code=200, guards=[Only(May.FILE_FOR)])
async def book(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """One of the form's buttons: change the form, or file what it asks for."""
    sent = await posted(request)
    asker, wish, at = await read_asker(sent), sent.text("do"), now()
    form = await _opened(actor, read_form(sent), asker)
    if wish != Action.FILE_FOR:
        form, status = await changed(actor, form, wish, at)
        return await show_form(request, form, await _door(actor, form.entered, asker), status=status)
    try:
        filed = await behalf.file(actor, _call(form, asker), at)
    except REFUSALS as refusal:
        return await show_refusal(request, actor, form, refusal, at, await _door(actor, form.entered, asker))
    return redirect(f"/desk/{filed.id}", "success", FILED, number=filed.id)


async def _part(request: Request[Any, Any, Any], actor: Actor, name: str) -> Template:
    sent = await posted(request)
    asker = await read_asker(sent)
    form, _ = await changed(actor, await _opened(actor, read_form(sent), asker), sent.text("do"), now())
    door = await _door(actor, form.entered, asker)
    return page(request, f"reservations/apply/{name}.html", **{**context_of(form), **door.more})


def part(name: str, template: str) -> Any:
    """A part of the form that is exchanged while it is filled in, at its own address."""

    @post(f"{PARTS_OF_STAFF}/{name}", include_in_schema=False, status_code=200, guards=[Only(May.FILE_FOR)])
    async def answer(request: Request[Any, Any, Any], actor: Caller) -> Template:
        return await _part(request, actor, template)

    return answer


async def _opened(actor: Actor, entered: Entered, asker: Asker) -> Form:
    """The form, of own sites alone; without the project where that is not one of the company's that staff know."""
    own = {one["value"] for one in await _sites(actor)}
    form = await opened(entered)
    if form.entered.site not in own:
        form = await opened(replace(entered, site="", area="", more=()))
    known = {str(row["id"]) for row in await behalf.projects_of(actor, asker.company)} | {NEW}
    project = form.entered.project_id if form.entered.project_id in known else ""
    return replace(form, entered=replace(form.entered, project_id=project or NEW), behalf_of=asker.company)


async def _sites(actor: Actor) -> list[dict[str, str]]:
    owners = reach(actor, May.FILE_FOR).owners
    return [{"value": one.slug, "label": locale.named(one, "name")} for one in await site_names(owners)]


def _call(form: Form, asker: Asker) -> Call:
    """What the form asks for; raises InvalidInput with every fault, by the form's fields."""
    faults = [] if asker.company else [fault("company_id", NO_SUCH_COMPANY)]
    known = whole_number(form.entered.project_id)
    if known is None and form.entered.project_id != NEW:
        faults.append(fault("project_id", NO_SUCH_PROJECT))
    try:
        wanted = application_of(form, Action.FILE_FOR)
    except InvalidInput as error:
        raise InvalidInput([*faults, *error.faults]) from error
    if faults:
        raise InvalidInput(faults)
    project = known if known is not None else Plan(**asker.plan)
    return Call(asker.company, project, wanted.area_id, wanted.asked, asker.reason, wanted.note)


def _closing(entered: Entered) -> dict[str, str]:
    """The place and the first time, as the form of a closing takes them."""
    first = entered.times[0]
    asked = {"place": f"{entered.site}/{entered.area}" if entered.site else "", "start": first.start, "end": first.end}
    return {name: text for name, text in asked.items() if text}


async def _door(actor: Actor, entered: Entered, asker: Asker) -> Door:
    """The page for staff: the companies that were found, the chosen one, and its projects that staff know."""
    found = await behalf.companies(asker.words) if asker.words else []
    chosen = await behalf.company(asker.company) if asker.company else None
    listed = {row["id"]: row for row in (*([chosen] if chosen else []), *found)}
    known = await behalf.projects_of(actor, asker.company)
    return Door(
        "for_company",
        PARTS_OF_STAFF,
        {
            "asker": asker,
            "companies": [
                {"value": number, "label": " ".join(filter(None, (locale.named(row, "name"), row["corporate_number"])))}
                for number, row in listed.items()
            ],
            "company": chosen,
            "projects": [
                {"value": NEW, "label": locale.translate(N_("A new project, written down below"))},
                *({"value": row["id"], "label": locale.named(row, "title")} for row in known),
            ],
            "sections": sections(free=False),
            "may_close": allowed(actor, May.CLOSE),
            "close_href": "/desk/closures?" + urlencode(_closing(entered)),
            "sites": await _sites(actor),
        },
    )


behalf_pages: Sequence[Any] = (
    book_page,
    book,
    part("check", "check"),
    part("place", "place_part"),
    part("times", "times"),
    part("coordinates", "coordinates"),
    part("asker", "asker"),
)
