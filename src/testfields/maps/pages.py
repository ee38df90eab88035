"""The public map, the list of trials and the page of each, and the scripts of every page's map."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.core.errors import N_, NotFound
from testfields.maps import service
from testfields.maps.rules import CLOSE, Kind, Sought, Span, days_of
from testfields.maps.service import Page, Trial
from testfields.maps.shell import Shell, beneath, credit, shell
from testfields.maps.tile_pages import told_to_maps
from testfields.maps.views import DayOfTrials, TrialCard, days_of_trials, site_card, trial_card, trial_page
from testfields.maps.wanted import Typed, Wanted, address, wanted_of
from testfields.projects.vocabulary import THEMES
from testfields.sites.vocabulary import PLAN_KINDS, PLAN_SIGNS, USES
from testfields.web import locale
from testfields.web.basemap import BASEMAP
from testfields.web.features import Settings
from testfields.web.pages import page
from testfields.web.parameters import PathId, QueryId
from testfields.web.shared import SHARED
from testfields.web.words import Word, options

FOR_GOOD = "public, max-age=31536000, immutable"
TRIALS_A_PAGE = 50
SPANS = {
    None: N_("To come"),
    Span.TODAY: N_("Today"),
    Span.WEEK: N_("This week"),
    Span.PAST: N_("Past"),
}
# A place in the list, as it stands in the address.
After = Annotated[str, QueryParameter(pattern=r"^(\d{1,18}-\d{1,18})?$")]


def in_templates(settings: Settings) -> Mapping[str, object]:
    """What the macros of components/map.html ask for."""
    # A server loads folium as it starts, not when the first map is asked for.
    import_module("testfields.maps.figures")

    def map_shell(kind: str) -> Shell:
        return shell(Kind(kind), locale.current(), beneath(settings))

    def map_tiles() -> dict[str, Any] | None:
        return told_to_maps(settings.basemap)

    def plan_kinds() -> list[Word]:
        return [Word(str(key), locale.in_words(label)) for key, label in PLAN_KINDS.items()]

    plans: dict[str, Any] = {"plan_kinds": plan_kinds, "plan_signs": PLAN_SIGNS}
    return {"map_shell": map_shell, "map_basemap": BASEMAP, "map_credit": credit(), "map_tiles": map_tiles, **plans}


@get("/maps/{file:str}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def shell_script(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[str]:
    """A shell's script; its address names its content, so that browsers may keep it for good."""
    known = {f"{kind}.{code}.js": (kind, code) for kind in Kind for code in locale.LOCALES}
    if file not in known:
        raise NotFound(N_("There is nothing at this address."))
    script = shell(*known[file], beneath(request.app.state.settings)).script
    return Response(script, media_type="text/javascript", headers={"Cache-Control": FOR_GOOD})


@get("/", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def public_map(
    request: Request[Any, Any, Any],
    span: Typed = "",
    day: Typed = "",
    use: Typed = "",
    theme: Typed = "",
    owner: Typed = "",
    site: Typed = "",
    trial: QueryId = None,
    after: After = "",
) -> Template:
    """What is tried where, on a map and in a list that says the same; of a site or a trial that is chosen, a card."""
    at = now()
    wanted = wanted_of("/", span, day, use, theme, owner, site)
    everywhere = replace(wanted, site=None)
    found = await service.trials(wanted.sought(at), at, after, TRIALS_A_PAGE)
    card = await _card(wanted, trial, at)
    days = everywhere.for_map(at)
    return page(
        request,
        "maps/public.html",
        days=_days(found, wanted, at),
        figures=await service.figures(everywhere.sought(at), at),
        most_counted=service.MOST_COUNTED,
        card=card,
        close=everywhere.address(),
        drawn=replace(everywhere, path="/map.svg").address(),
        base_url=request.app.state.settings.base_url,
        first=wanted.address() if after else "",
        following=wanted.address(after=found.last) if found.last else "",
        **await _filters(wanted),
        sources=[
            {"url": address("/api/v1/trials/sites.geojson", days), "class": "site", "prefix": "site-"}
            | {"names": True, "dots": True, "cells": CLOSE},
            {"url": address("/api/v1/trials.geojson", days), "class": "trial", "prefix": "trial-"}
            | {"kinds": True, "fit": False, "close": CLOSE},
        ],
    )


@get("/trials", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def trial_list(
    request: Request[Any, Any, Any],
    span: Typed = "",
    day: Typed = "",
    use: Typed = "",
    theme: Typed = "",
    owner: Typed = "",
    site: Typed = "",
    after: After = "",
) -> Template:
    """Every permitted trial of today and to come, or those of the past."""
    at = now()
    wanted = wanted_of("/trials", span, day, use, theme, owner, site)
    found = await service.trials(wanted.sought(at), at, after, TRIALS_A_PAGE)
    trials = _cards(found, at)
    return page(
        request,
        "maps/trials.html",
        trials=trials,
        at_site=trials[0].site.label if site and trials else site,
        everywhere=replace(wanted, site=None).address(),
        first=wanted.address() if after else "",
        following=wanted.address(after=found.last) if found.last else "",
        **await _filters(wanted),
    )


@get("/trials/{trial_id:int}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def trial_in_full(request: Request[Any, Any, Any], trial_id: PathId) -> Template:
    """One trial: what, who, where, when, at what heights, and whom to ask."""
    at = now()
    trial = await service.trial(trial_id, at)
    return page(
        request,
        "maps/trial.html",
        trial=trial,
        shown=trial_page(trial, at),
        owner=locale.in_words(trial.owner.name),
        place=locale.in_words(trial.address),
        base_url=request.app.state.settings.base_url,
        sources=[
            {"url": f"/api/v1/sites/{trial.site.slug}/areas.geojson", "class": "area", "fit": False},
            {"url": f"/api/v1/trials/{trial_id}/place.geojson", "class": "trial", "prefix": "trial-", "kinds": True},
        ],
    )


def _cards(found: Page, at: datetime) -> list[TrialCard]:
    return [trial_card(one, at) for one in msgspec.json.decode(found.body, type=list[Trial])]


def _days(found: Page, wanted: Wanted, at: datetime) -> list[DayOfTrials]:
    return days_of_trials(_cards(found, at), wanted.sought(at).days.first)


async def _card(wanted: Wanted, trial: int | None, at: datetime) -> dict[str, Any] | None:
    """What was chosen on the map, if it can be seen."""
    if trial is not None:
        try:
            found = await service.trial(trial, at)
        except NotFound:
            return None
        return {"trial": trial_page(found, at).card}
    if wanted.site is None:
        return None
    site = await service.site(Sought(days_of(None, None, service.today(at)), site=wanted.site), at)
    return None if site is None else {"site": site_card(site, at)}


async def _filters(wanted: Wanted) -> dict[str, Any]:
    """The row of filters: when by links, the rest by a form."""
    return {
        "wanted": wanted,
        "spans": [
            {
                "href": wanted.address(span=span, day=None),
                "current": wanted.day is None and wanted.span == span,
                "label": locale.translate(label),
            }
            for span, label in SPANS.items()
        ],
        "uses": options(USES),
        "themes": options(THEMES),
        "owners": [{"value": one.slug, "label": locale.in_words(one.name)} for one in await service.owners()],
    }


pages: Sequence[ControllerRouterHandler] = (shell_script, public_map, trial_list, trial_in_full)
