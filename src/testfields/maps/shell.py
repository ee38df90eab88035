"""Folium builds the maps' shells: constant scripts, made once for each kind, language and tile setting.

No data pass through folium, whose pop-ups and tooltips would run what people have typed. A shell holds the map, its
controls and an empty layer for the base map; ``static/js/map.js`` fills it. Folium's page around the map is left
away: its links are rewritten to the portal's own files, and its script is served as a file, so that the strict
Content-Security-Policy holds.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import count
from textwrap import dedent

import folium
import msgspec
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.plugins import Draw, Fullscreen, LocateControl
from markupsafe import Markup

from testfields.core.errors import N_
from testfields.maps.words import leaflet_words
from testfields.web.locale import translate
from testfields.web.pages import STATIC, static
from testfields.web.security import GSI_TILES


class Kind(StrEnum):
    """What a map is for."""

    PUBLIC = "public"
    SITE = "site"
    APPLY = "apply"
    REVIEW = "review"


# Where a map opens before its data are there: latitude and longitude of Osaka Bay's shore.
OPENS_AT = (34.6, 135.4)
OPENS_AT_ZOOM = 10
LEAST_ZOOM, MOST_ZOOM = 8, 20
BASEMAP = "vendor/basemap/osaka.geojson"

# Folium's links to other hosts → the portal's own file; None for what no shell uses (pop-ups, icons).
OWN_FILES: dict[str, str | None] = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "vendor/leaflet/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "vendor/leaflet/leaflet.css",
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.draw/1.0.2/leaflet.draw.js": "vendor/leaflet-draw/leaflet.draw.js",
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.draw/1.0.2/leaflet.draw.css": (
        "vendor/leaflet-draw/leaflet.draw.css"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": (
        "vendor/leaflet.fullscreen/Control.FullScreen.js"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.css": (
        "vendor/leaflet.fullscreen/Control.FullScreen.css"
    ),
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet-locatecontrol/0.66.2/L.Control.Locate.min.js": (
        "vendor/leaflet.locatecontrol/L.Control.Locate.js"
    ),
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet-locatecontrol/0.66.2/L.Control.Locate.min.css": (
        "vendor/leaflet.locatecontrol/L.Control.Locate.css"
    ),
    "https://code.jquery.com/jquery-3.7.1.min.js": None,
    "https://cdn.jsdelivr.net/npm/bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js": None,
    "https://cdn.jsdelivr.net/npm/bootstrap@5.2.2/dist/css/bootstrap.min.css": None,
    "https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css": None,
    "https://cdn.jsdelivr.net/npm/@fortawesome/fontawesome-free@6.2.0/css/all.min.css": None,
    "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.js": None,
    "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.css": None,
    "https://cdn.jsdelivr.net/gh/python-visualization/folium/folium/templates/leaflet.awesome.rotate.min.css": None,
}

# 地理院タイル: the name in the layer control, the path, the deepest zoom level there is.
GSI_LAYERS = (
    (N_("GSI pale map"), "/xyz/pale/{z}/{x}/{y}.png", 18),
    (N_("GSI standard map"), "/xyz/std/{z}/{x}/{y}.png", 18),
    (N_("GSI aerial photographs"), "/xyz/seamlessphoto/{z}/{x}/{y}.jpg", 18),
)
GSI_CREDIT = '<a href="https://maps.gsi.go.jp/development/ichiran.html">地理院タイル</a>'


class UnknownLinkError(Exception):
    """Folium asks for a file of another host that `OWN_FILES` does not know."""


@dataclass(frozen=True)
class Shell:
    """A map without data: addresses of what it needs, its place in the page, and its script."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    html: str
    script: str
    address: str


@cache
def credit() -> Markup:
    """Whose data the portal's own base map is, as a link."""
    source = msgspec.json.decode((STATIC / BASEMAP).with_name("credit.json").read_bytes(), type=dict[str, str])
    return Markup('<a href="{url}">{text}</a>').format(**source)


@cache
def shell(kind: Kind, locale: str, gsi_tiles: bool) -> Shell:
    """The shell of `kind` in a language; the same bytes each time it is built.

    Raises UnknownLinkError when folium wants a file that the portal does not serve.
    """
    figure = _figure(kind, locale, gsi_tiles)
    figure.render()
    head = list(figure.header._children.values())
    script = "\n".join([*leaflet_words(locale, drawing=kind is Kind.APPLY), _rendered(figure.script)])
    digest = hashlib.sha256(script.encode()).hexdigest()[:12]
    return Shell(
        styles=own_files(one.url for one in head if isinstance(one, CssLink)),
        scripts=own_files(one.url for one in head if isinstance(one, JavascriptLink)),
        html=_rendered(figure.html).strip(),
        script=script,
        address=f"/maps/{kind}.{locale}.js?v={digest}",
    )


def own_files(links: Iterable[str]) -> tuple[str, ...]:
    """The portal's own addresses for folium's links; raises UnknownLinkError for one that it does not know."""
    files = []
    for link in links:
        if link not in OWN_FILES:
            raise UnknownLinkError(f"folium links {link}; name its own file in maps/shell.py")
        if (file := OWN_FILES[link]) is not None:
            files.append(static(file))
    return tuple(files)


def _rendered(part: Element) -> str:
    return dedent(part.render())


def _figure(kind: Kind, locale: str, gsi_tiles: bool) -> Figure:
    shown = folium.Map(
        location=OPENS_AT,
        zoom_start=OPENS_AT_ZOOM,
        tiles=None,
        control_scale=True,
        zoom_control="topright",
    )
    # Folium hands its own min_zoom and max_zoom to tiles alone.
    shown.options |= {"min_zoom": LEAST_ZOOM, "max_zoom": MOST_ZOOM}
    layers = _base_layers(locale, gsi_tiles)
    for layer in layers:
        layer.add_to(shown)
    for control in _controls(kind, locale):
        control.add_to(shown)
    if len(layers) > 1:
        folium.LayerControl(position="bottomright").add_to(shown)
    figure = shown.get_root()
    assert isinstance(figure, Figure)  # noqa: S101 - every folium map makes one around itself
    _name(figure)
    return figure


def _base_layers(locale: str, gsi_tiles: bool) -> list[Element]:
    """The portal's own map first, which map.js fills, then the tiles where the administrator allows them."""
    own = folium.FeatureGroup(name=translate(N_("Simple map"), locale), overlay=False, show=not gsi_tiles)
    if not gsi_tiles:
        return [own]
    tiles = [
        folium.TileLayer(
            f"{GSI_TILES}{path}",
            name=translate(name, locale),
            attr=GSI_CREDIT,
            max_native_zoom=deepest,
            max_zoom=MOST_ZOOM,
            show=place == 0,
        )
        for place, (name, path, deepest) in enumerate(GSI_LAYERS)
    ]
    return [own, *tiles]


def _controls(kind: Kind, locale: str) -> list[Element]:
    full_screen = Fullscreen(  # type: ignore[no-untyped-call]
        position="topright",
        title=translate(N_("Show the map on the whole screen"), locale),
        title_cancel=translate(N_("Leave the whole screen"), locale),
        force_separate_button=True,
    )
    if kind is Kind.REVIEW:
        return [full_screen]
    if kind is Kind.APPLY:
        return [full_screen, _drawing()]
    where_am_i = LocateControl(  # type: ignore[no-untyped-call]
        position="topright",
        showPopup=False,
        strings={"title": translate(N_("Show where I am"), locale)},
        locateOptions={"maxZoom": 14},
    )
    return [full_screen, where_am_i]


def _drawing() -> Draw:
    """Polygons and rectangles; `draw.js` keeps one of them, and asks nothing of folium's own handlers."""
    shape = {"className": "shape shape--asked", "weight": 4}
    off = dict.fromkeys(("polyline", "circle", "marker", "circlemarker"), False)
    polygon = {"allowIntersection": False, "shapeOptions": shape}
    return Draw(  # type: ignore[no-untyped-call]
        show_geometry_on_click=False,
        draw_options={**off, "polygon": polygon, "rectangle": {"shapeOptions": shape, "showArea": False}},
        edit_options={"poly": {"allowIntersection": False}},
    )


def _name(root: Element) -> None:
    """Replace random ids: what scripts know is called "shell" (`map_shell`), the rest get numbers."""
    numbers = count(1)
    waiting = [root]
    while waiting:
        element = waiting.pop()
        element._id = "shell" if isinstance(element, folium.Map | folium.FeatureGroup | Draw) else str(next(numbers))
        waiting.extend(element._children.values())
