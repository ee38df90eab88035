"""Test fields on the desk: the list of one's own, a new one, the parts of each, and publishing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, Stale
from testfields.sites import describing
from testfields.sites.describing import Described, Unfit
from testfields.sites.exchange.features import Feature
from testfields.sites.exchange.storing import ImportReport
from testfields.sites.forms import (
    FIELD_OF,
    NEW,
    PARTS,
    TEXTS,
    Typed,
    faults_at,
    new_site,
    outline_text,
    shown,
    site_of,
    typed_in,
)
from testfields.sites.rules import FeatureFault
from testfields.sites.service import NO_SUCH_SITE
from testfields.sites.views import (
    PART_OF,
    PART_WORDS,
    asked_fields,
    facility_fields,
    name_of,
    site_rows,
    unfit_shown,
    ways,
    weekday_fields,
)
from testfields.sites.words import LABELS
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect

SUMMARY = {FIELD_OF.get(name, name): label for name, label in LABELS.items()}
SAVED = N_("“%(site)s” is saved.")


@dataclass(frozen=True)
class Shown:
    """A form as it is to be shown again: what was typed, what is wrong with it, what it would leave without a place.

    `stale`: somebody else was quicker.
    """

    typed: Typed
    status: int = 200
    refused: InvalidInput | None = None
    report: ImportReport | None = None
    stale: bool = False


@get("/desk/sites", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def own_sites(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The test fields of one's owners, drafts first."""
    return page(request, "sites/list.html", rows=site_rows(await describing.own_sites(actor)))


@get("/desk/sites/new", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def new_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The form for a new test field."""
    return await _new(request, actor, Shown(shown(NEW, None)))


@post("/desk/sites/new", include_in_schema=False, status_code=200, guards=[Only(May.DESCRIBE_SITES)])
async def add_site(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Store it as a draft; with faults, the form again."""
    form = await posted(request)
    typed = typed_in(form)
    owners = await describing.own_owners(actor)
    owner = form.text("owner") or (next(iter(owners)) if len(owners) == 1 else "")
    try:
        kept = await describing.enter(actor, [new_site(typed, owner)], now())
    except InvalidInput as error:
        return await _new(request, actor, Shown(typed, 422, error))
    text = N_("The test field is saved as a draft. Next, draw its areas.")
    return redirect(f"/desk/sites/{kept.slug}/areas", "success", text)


async def _new(request: Request[Any, Any, Any], actor: Actor, form: Shown) -> Template:
    owners = await describing.own_owners(actor)
    names = {one.organisation_id: locale.named(one, "name") for one in actor.memberships}
    choices = [{"value": slug, "label": names[owner_id]} for slug, owner_id in owners.items()]
    first = ("owner", "slug") if len(owners) > 1 else ("slug",)
    return page(
        request,
        "sites/new.html",
        status=form.status,
        fields=asked_fields((*TEXTS[:2], *first, *TEXTS[2:], "property_class", "uses"), form.typed, {"owner": choices}),
        typed=form.typed,
        sources=[{"url": f"/api/v1/sites.geojson?owner={slug}", "class": "site", "names": True} for slug in owners],
        **_errors(form.refused),
    )


# --- The parts of a test field


@get("/desk/sites/{slug:str}/{part:str}", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def part_page(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], part: FromPath[str]
) -> Template:
    """One part of a test field, to be changed; raises NotFound."""
    found = await described(actor, slug, part)
    return _part(request, found, part, Shown(shown(found.values, found.features[0].shape)))


@post("/desk/sites/{slug:str}/{part:str}", include_in_schema=False, status_code=200, guards=[Only(May.DESCRIBE_SITES)])
async def change_part(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], part: FromPath[str]
) -> Template | Response[Any]:
    """Store the part; with faults, with what would no longer fit, or where it was changed since, the form again."""
    found = await described(actor, slug, part)
    form = await posted(request)
    typed = typed_in(form)
    try:
        changed = site_of(found.features[0], typed, part)
        await keep(actor, found, [changed, *found.features[1:]], form)
    except InvalidInput as error:
        return _part(request, found, part, Shown(typed, 422, error))
    except Unfit as error:
        return _part(request, found, part, Shown(typed, 409, report=error.report))
    except Stale:
        return _part(request, found, part, Shown(typed, 409, stale=True))
    return redirect(f"/desk/sites/{slug}/{part}", "success", SAVED, site=name_of(found))


async def described(actor: Actor, slug: str, part: str) -> Described:
    """One of the actor's owners' sites; raises NotFound, also for a part that there is not."""
    if part not in PART_WORDS and part not in PARTS:
        raise NotFound(NO_SUCH_SITE)
    return await describing.described(actor, slug)


async def keep(actor: Actor, found: Described, features: Sequence[Feature], form: Posted) -> None:
    """Store what the form makes of a site, at the version that it showed, and with what it has shown not to fit.

    Raises InvalidInput, Stale, Unfit.
    """
    seen = form.text("seen").split() if form.text("do") == "agree" else ()
    await describing.describe_seen(actor, found.draft.slug, features, form.whole("version") or 0, now(), seen)


def _part(request: Request[Any, Any, Any], found: Described, part: str, form: Shown) -> Template:
    return page(
        request,
        "sites/part.html",
        status=form.status,
        part=part,
        fields=asked_fields(PARTS[part], form.typed),
        weekdays=weekday_fields(form.typed) if "hours" in PARTS[part] else [],
        facilities=facility_fields(form.typed) if "facilities" in PARTS[part] else [],
        outlined="geometry" in PARTS[part],
        **frame(found, part, form),
    )


def frame(found: Described, part: str, form: Shown, feature: int = 0) -> Mapping[str, Any]:
    """What every form of a site shows around its fields; `feature` is the one that it is about."""
    shape = found.features[feature].shape if feature < len(found.features) else None
    return {
        "slug": found.draft.slug,
        "site_name": name_of(found),
        "published": found.draft.published,
        "tabs_of_site": ways(found, part),
        "version": found.version,
        "typed": form.typed,
        "stale": form.stale,
        "unfit": unfit_shown(form.report) if form.report else None,
        "kept_shape": shape is not None and not outline_text(shape),
        "sources": [
            {"url": _around(found), "class": "site", "names": True},
            {"url": f"/api/v1/sites/{found.draft.slug}/areas.geojson", "class": "area", "names": True},
        ],
        **_errors(form.refused, feature),
    }


def _around(found: Described) -> str:
    """The site itself, and its neighbours of the same owner."""
    bounds = ",".join(f"{degrees:.6f}" for degrees in found.draft.geometry.bounds)
    return f"/api/v1/sites.geojson?owner={found.draft.owner}&bbox={bounds}"


def _errors(refused: InvalidInput | None, feature: int = 0) -> dict[str, Any]:
    return faults_of(InvalidInput(faults_at(refused, feature)) if refused else None, SUMMARY)


# --- Publishing


@get("/desk/sites/{slug:str}/publish", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def publish_page(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template:
    """What a draft still lacks, the way to see it as everybody would, and the button; raises NotFound."""
    return await _publish(request, actor, await describing.described(actor, slug))


@post("/desk/sites/{slug:str}/publish", include_in_schema=False, status_code=200, guards=[Only(May.DESCRIBE_SITES)])
async def publish(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template | Response[Any]:
    """Publish it, or hide it again."""
    found = await describing.described(actor, slug)
    form = await posted(request)
    published = form.text("do") != "hide"
    try:
        await describing.describe(actor, slug, _published(found, published), form.whole("version") or 0, now())
    except InvalidInput as error:
        return await _publish(request, actor, found, error)
    except Stale as error:
        return redirect(f"/desk/sites/{slug}/publish", "warning", error.message.id)
    text = N_("“%(site)s” is published. Everybody can see it, and companies can apply.")
    hidden = N_("“%(site)s” is hidden. Only staff of its owner see it.")
    return redirect(f"/desk/sites/{slug}/publish", "success", text if published else hidden, site=name_of(found))


def _published(found: Described, published: bool) -> list[Feature]:
    first = found.features[0]
    return [replace(first, values={**first.values, "published": published}), *found.features[1:]]


async def _publish(
    request: Request[Any, Any, Any], actor: Actor, found: Described, refused: InvalidInput | None = None
) -> Template:
    """A draft is tried as if it were published, so that all that it lacks is told at once."""
    lacking = refused
    if refused is None and not found.draft.published:
        try:
            await describing.describe(actor, found.draft.slug, _published(found, True), None, now(), only_try=True)
        except InvalidInput as error:
            lacking = error
    return page(
        request,
        "sites/publish.html",
        status=422 if refused else 200,
        lacking=[_lacking(found, one) for one in lacking.faults if isinstance(one, FeatureFault)] if lacking else [],
        areas=len(found.draft.areas),
        **frame(found, "publish", Shown(shown(found.values, None))),
    )


def _lacking(found: Described, one: FeatureFault) -> dict[str, str]:
    """A fault, and where it is mended."""
    base = f"/desk/sites/{found.draft.slug}"
    of_area = 0 < one.feature <= len(found.draft.areas)
    label = locale.translate(LABELS[one.field]) if one.field in LABELS else ""
    return {
        "href": f"{base}/areas/{one.slug}" if of_area else f"{base}/{PART_OF.get(one.field, 'edit')}",
        "label": f"{one.slug}: {label}" if of_area else label,
        "text": locale.said(one.message),
    }


pages: Sequence[Any] = (own_sites, new_page, add_site, part_page, change_part, publish_page, publish)
