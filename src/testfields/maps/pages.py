"""The public map, the list of trials, and the scripts of every page's map."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.core.clock import now
from testfields.core.errors import N_, NotFound
from testfields.maps import service
from testfields.maps.rules import Kind, Sought, Span, days_of
from testfields.maps.service import Trial
from testfields.maps.shell import BASEMAP, Shell, credit, shell
from testfields.maps.views import site_card, trial_card
from testfields.sites.vocabulary import USES, Use
from testfields.web import locale
from testfields.web.features import Settings
from testfields.web.pages import page
from testfields.web.shared import SHARED
from testfields.web.words import labels

FOR_GOOD = "public, max-age=31536000, immutable"
TRIALS_A_PAGE = 50
SITES_A_PAGE = 50
SPANS = {
    None: N_("All to come"),
    Span.TODAY: N_("Today"),
    Span.WEEK: N_("This week"),
    Span.MONTH: N_("This month"),
}
# Filters and a place in the list, as they stand in the address.
Chosen = Annotated[str | None, QueryParameter(max_length=63)]
After = Annotated[str, QueryParameter(pattern=r"^(\d{1,18}-\d{1,18})?$")]
AfterSite = Annotated[str, QueryParameter(pattern=r"^(\d{1,18}-[a-z0-9-]{1,63})?$")]


def in_templates(settings: Settings) -> Mapping[str, object]:
    """What the macros of components/map.html ask for."""
    # A server loads folium as it starts, not when the first map is asked for.
    import_module("testfields.maps.figures")

    def map_shell(kind: str) -> Shell:
        return shell(Kind(kind), locale.current(), settings.gsi_tiles)

    return {"map_shell": map_shell, "map_basemap": BASEMAP, "map_credit": credit()}


@get("/maps/{file:str}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def shell_script(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[str]:
    """A shell's script; its address names its content, so that browsers may keep it for good."""
    known = {f"{kind}.{code}.js": (kind, code) for kind in Kind for code in locale.LOCALES}
    if file not in known:
        raise NotFound(N_("There is nothing at this address."))
    script = shell(*known[file], request.app.state.settings.gsi_tiles).script
    return Response(script, media_type="text/javascript", headers={"Cache-Control": FOR_GOOD})


@get("/", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def public_map(
    request: Request[Any, Any, Any],
    span: FromQuery[Span | None] = None,
    use: FromQuery[Use | None] = None,
    owner: Chosen = None,
    after: AfterSite = "",
) -> Template:
    """Sites and what is tried there, on a map and in a list that says the same."""
    at = now()
    first, last = days_of(span, service.today(at))
    sought = Sought(first, last, use, owner)
    found = await service.sites(sought, at, after, SITES_A_PAGE)
    chosen = {"span": span, "use": use, "owner": owner}
    days = {"from": first, "to": last, "use": use, "owner": owner}
    return page(
        request,
        "maps/public.html",
        sites=[site_card(site, at) for site in found.sites],
        figures=found,
        most_counted=service.MOST_COUNTED,
        all_trials=address("/trials", chosen),
        trials_at={site.slug: address("/trials", {**chosen, "site": site.slug}) for site in found.sites},
        chosen=chosen,
        spans=_span_chips("/", chosen),
        uses=_use_chips("/", chosen),
        owners=await _owner_chips("/", chosen),
        first=address("/", chosen) if after else "",
        following=address("/", {**chosen, "after": found.last}) if found.last else "",
        sources=[
            {"url": address("/api/v1/trials/sites.geojson", days), "class": "site", "prefix": "site-"}
            | {"names": True, "dots": True},
            {"url": address("/api/v1/trials.geojson", days), "class": "trial", "prefix": "trial-"}
            | {"kinds": True, "fit": False},
        ],
    )


@get("/trials", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def trial_list(
    request: Request[Any, Any, Any],
    span: FromQuery[Span | None] = None,
    use: FromQuery[Use | None] = None,
    owner: Chosen = None,
    site: Chosen = None,
    after: After = "",
) -> Template:
    """Every permitted trial of today and to come."""
    at = now()
    chosen = {"span": span, "use": use, "owner": owner, "site": site}
    sought = Sought(*days_of(span, service.today(at)), use, owner, site)
    found = await service.trials(sought, at, after, TRIALS_A_PAGE)
    trials = msgspec.json.decode(found.body, type=list[Trial])
    return page(
        request,
        "maps/trials.html",
        trials=[trial_card(trial, at) for trial in trials],
        chosen=chosen,
        at_site=locale.in_words(trials[0].site.name) if site and trials else site,
        spans=_span_chips("/trials", chosen),
        uses=_use_chips("/trials", chosen),
        owners=await _owner_chips("/trials", chosen),
        everywhere=address("/trials", {**chosen, "site": None}),
        first=address("/trials", chosen) if after else "",
        following=address("/trials", {**chosen, "after": found.last}) if found.last else "",
    )


def address(path: str, query: dict[str, Any]) -> str:
    """`path` with what is asked for; what is not stands out of the address."""
    asked = {name: str(value) for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def _chip(
    path: str, chosen: dict[str, Any], name: str, value: str | None, label: str, icon: str = ""
) -> dict[str, Any]:
    return {
        "href": address(path, {**chosen, name: value}),
        "current": chosen[name] == value,
        "label": label,
        "icon": icon,
    }


def _span_chips(path: str, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    return [_chip(path, chosen, "span", span, locale.translate(label)) for span, label in SPANS.items()]


def _use_chips(path: str, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    every = _chip(path, chosen, "use", None, locale.translate(N_("All kinds")))
    return [every, *(_chip(path, chosen, "use", use, label, use) for use, label in labels(USES).items())]


async def _owner_chips(path: str, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    every = _chip(path, chosen, "owner", None, locale.translate(N_("All owners")))
    return [
        every,
        *(_chip(path, chosen, "owner", one.slug, locale.in_words(one.name)) for one in await service.owners()),
    ]


pages: Sequence[ControllerRouterHandler] = (shell_script, public_map, trial_list)
