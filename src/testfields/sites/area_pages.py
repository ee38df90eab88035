"""The areas of a test field on the desk: their list, the form of each, and taking one out."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.errors import N_, InvalidInput, NotFound, Stale
from testfields.sites import describing
from testfields.sites.describing import Described, Unfit
from testfields.sites.exchange.features import AN_AREA, Feature
from testfields.sites.forms import AREA_FIELDS, NEW_AREA, Typed, area_of, shown, typed_in
from testfields.sites.pages import SAVED, Shown, frame, keep
from testfields.sites.views import asked_fields
from testfields.sites.vocabulary import MODES
from testfields.web import locale
from testfields.web.forms import posted
from testfields.web.pages import page, redirect

NO_SUCH_AREA = N_("There is no such area.")


@get("/desk/sites/{slug:str}/areas", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def area_list(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template:
    """The areas of a test field; raises NotFound."""
    found = await describing.described(actor, slug)
    return _list(request, found, Shown(shown(found.values, None)))


def _list(request: Request[Any, Any, Any], found: Described, form: Shown, taking: str = "") -> Template:
    areas = [
        {
            "slug": one.slug,
            "name": locale.named(one, "name"),
            "mode": locale.in_words(MODES[one.mode]),
            "heights": f"{float(one.altitude.lower):g}–{float(one.altitude.upper):g} m",
        }
        for one in found.draft.areas
        if one.altitude.lower is not None and one.altitude.upper is not None
    ]
    return page(
        request, "sites/areas.html", status=form.status, areas=areas, taking=taking, **frame(found, "areas", form)
    )


@get("/desk/sites/{slug:str}/new-area", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def new_area_page(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template:
    """The form for a new area; raises NotFound."""
    found = await describing.described(actor, slug)
    return _form(request, found, len(found.features), Shown(shown(NEW_AREA, None)))


@post("/desk/sites/{slug:str}/new-area", include_in_schema=False, status_code=200, guards=[Only(May.DESCRIBE_SITES)])
async def add_area(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template | Response[Any]:
    """Store a new area; with faults, the form again."""
    found = await describing.described(actor, slug)
    return await _keep(request, actor, found, len(found.features))


@get("/desk/sites/{slug:str}/areas/{area:str}", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def area_page(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], area: FromPath[str]
) -> Template:
    """An area, to be changed; raises NotFound."""
    found = await describing.described(actor, slug)
    place = _place(found, area)
    feature = found.features[place]
    return _form(request, found, place, Shown(shown(feature.values, feature.shape)))


@post(
    "/desk/sites/{slug:str}/areas/{area:str}",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.DESCRIBE_SITES)],
)
async def change_area(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], area: FromPath[str]
) -> Template | Response[Any]:
    """Store the area; with faults, with what would no longer fit, or where it was changed since, the form again."""
    found = await describing.described(actor, slug)
    return await _keep(request, actor, found, _place(found, area))


@post(
    "/desk/sites/{slug:str}/areas/{area:str}/retire",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.DESCRIBE_SITES)],
)
async def retire_area(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], area: FromPath[str]
) -> Template | Response[Any]:
    """Take an area out: nothing new can be booked there, and what was booked keeps its place."""
    found = await describing.described(actor, slug)
    place = _place(found, area)
    form = await posted(request)
    features = [one for number, one in enumerate(found.features) if number != place]
    typed = shown(found.values, None)
    try:
        await keep(actor, found, features, form)
    except InvalidInput as error:
        return _list(request, found, Shown(typed, 422, error))
    except Unfit as error:
        return _list(request, found, Shown(typed, 409, report=error.report), area)
    except Stale:
        return _list(request, found, Shown(typed, 409, stale=True))
    return redirect(f"/desk/sites/{slug}/areas", "success", N_("The area is taken out."))


def _place(found: Described, area: str) -> int:
    """The number of an area's feature; raises NotFound."""
    for place, one in enumerate(found.features):
        if one.values["kind"] == AN_AREA and one.values["slug"] == area:
            return place
    raise NotFound(NO_SUCH_AREA)


async def _keep(
    request: Request[Any, Any, Any], actor: Caller, found: Described, place: int
) -> Template | Response[Any]:
    form = await posted(request)
    typed = typed_in(form)
    before = found.features[place] if place < len(found.features) else None
    try:
        area = area_of(before, typed, found.draft.slug, [one.slug for one in found.draft.areas])
        await keep(actor, found, _with(found, place, area), form)
    except InvalidInput as error:
        return _form(request, found, place, Shown(typed, 422, error))
    except Unfit as error:
        return _form(request, found, place, Shown(typed, 409, report=error.report))
    except Stale:
        return _form(request, found, place, Shown(typed, 409, stale=True))
    name = typed.text.get(f"name_{locale.current()}", "")
    return redirect(f"/desk/sites/{found.draft.slug}/areas", "success", SAVED, site=name)


def _with(found: Described, place: int, area: Feature) -> list[Feature]:
    features = list(found.features)
    features[place : place + 1] = [area]
    return features


def _form(request: Request[Any, Any, Any], found: Described, place: int, form: Shown) -> Template:
    new = place == len(found.features)
    own = "" if new else str(found.features[place].values["slug"])
    others = [{"value": one.slug, "label": locale.named(one, "name")} for one in found.draft.areas if one.slug != own]
    names = AREA_FIELDS if new else AREA_FIELDS[1:]
    asked = [name for name in names if name != "parent" or others]
    return page(
        request,
        "sites/area.html",
        status=form.status,
        area=own,
        title=_title(found, place, form.typed),
        fields=asked_fields(asked, form.typed, {"parent": others}),
        **frame(found, "areas", form, place),
    )


def _title(found: Described, place: int, typed: Typed) -> str:
    if place == len(found.features):
        return locale.translate(N_("New area"))
    return str(found.features[place].values[f"name_{locale.current()}"] or typed.text.get("slug", ""))


pages: Sequence[Any] = (area_list, new_area_page, add_area, area_page, change_area, retire_area)
