"""What folium makes of a map without data. Nothing else loads folium, and only what draws a map loads this."""

from dataclasses import dataclass
from itertools import count
from textwrap import dedent

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.plugins import Draw, Fullscreen, LocateControl

from testfields.core.errors import N_
from testfields.maps.rules import DRAWN, Beneath, Kind
from testfields.web.locale import translate
from testfields.web.security import GSI_TILES

# Where a map opens before its data are there: latitude and longitude of Osaka Bay's shore.
OPENS_AT = (34.6, 135.4)
OPENS_AT_ZOOM = 10
LEAST_ZOOM, MOST_ZOOM = 8, 20

# 地理院タイル: the name in the layer control, the path, the deepest zoom level there is.
GSI_LAYERS = (
    (N_("GSI pale map"), "/xyz/pale/{z}/{x}/{y}.png", 18),
    (N_("GSI standard map"), "/xyz/std/{z}/{x}/{y}.png", 18),
    (N_("GSI aerial photographs"), "/xyz/seamlessphoto/{z}/{x}/{y}.jpg", 18),
)
GSI_CREDIT = '<a href="https://maps.gsi.go.jp/development/ichiran.html">地理院タイル</a>'


class _DetailedMap(folium.FeatureGroup):
    """The layer of a file's tiles."""


@dataclass(frozen=True)
class Drawn:
    """Folium's links to files of other hosts, the map's place in a page, and its script."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    html: str
    script: str


def drawn(kind: Kind, locale: str, beneath: Beneath) -> Drawn:
    """A map of `kind`; the same each time."""
    figure = _figure(kind, locale, beneath)
    figure.render()
    head = list(figure.header._children.values())
    return Drawn(
        styles=tuple(one.url for one in head if isinstance(one, CssLink)),
        scripts=tuple(one.url for one in head if isinstance(one, JavascriptLink)),
        html=_rendered(figure.html).strip(),
        script=_rendered(figure.script),
    )


def _rendered(part: Element) -> str:
    return dedent(part.render())


def _figure(kind: Kind, locale: str, beneath: Beneath) -> Figure:
    shown = folium.Map(
        location=OPENS_AT,
        zoom_start=OPENS_AT_ZOOM,
        tiles=None,
        control_scale=True,
        zoom_control="topright",
    )
    # Folium hands its own min_zoom and max_zoom to tiles alone.
    shown.options |= {"min_zoom": LEAST_ZOOM, "max_zoom": MOST_ZOOM}
    layers = _base_layers(locale, beneath)
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


def _base_layers(locale: str, beneath: Beneath) -> list[Element]:
    """The portal's own maps, which scripts fill, then the tiles of others where the administrator allows them. The best
    of them is shown first."""
    simple = translate(N_("Simple map"), locale)
    layers: list[Element] = [folium.FeatureGroup(name=simple, overlay=False, show=beneath == Beneath())]
    if beneath.detailed:
        layers.insert(0, _DetailedMap(name=translate(N_("Detailed map"), locale), overlay=False))
    if not beneath.gsi_tiles:
        return layers
    tiles = [
        folium.TileLayer(
            f"{GSI_TILES}{path}",
            name=translate(name, locale),
            attr=GSI_CREDIT,
            max_native_zoom=deepest,
            max_zoom=MOST_ZOOM,
            show=place == 0 and not beneath.detailed,
        )
        for place, (name, path, deepest) in enumerate(GSI_LAYERS)
    ]
    return [*layers, *tiles]


def _controls(kind: Kind, locale: str) -> list[Element]:
    full_screen = Fullscreen(  # type: ignore[no-untyped-call]
        position="topright",
        title=translate(N_("Show the map on the whole screen"), locale),
        title_cancel=translate(N_("Leave the whole screen"), locale),
        force_separate_button=True,
    )
    if kind is Kind.REVIEW:
        return [full_screen]
    if kind in DRAWN:
        return [full_screen, _drawing(lines_too=kind is Kind.PLAN)]
    where_am_i = LocateControl(  # type: ignore[no-untyped-call]
        position="topright",
        showPopup=False,
        strings={"title": translate(N_("Show where I am"), locale)},
        locateOptions={"maxZoom": 14},
    )
    return [full_screen, where_am_i]


def _drawing(lines_too: bool) -> Draw:
    """Polygons and rectangles, lines and points; `draw.js` keeps one, and asks nothing of folium's own handlers."""
    shape = {"className": "shape shape--asked", "weight": 4}
    off = dict.fromkeys(("polyline", "circle", "marker", "circlemarker"), False)
    polygon = {"allowIntersection": False, "shapeOptions": shape}
    more = {"polyline": {"shapeOptions": {**shape, "fill": False}}, "circlemarker": shape} if lines_too else {}
    return Draw(  # type: ignore[no-untyped-call]
        show_geometry_on_click=False,
        draw_options={**off, **more, "polygon": polygon, "rectangle": {"shapeOptions": shape, "showArea": False}},
        edit_options={"poly": {"allowIntersection": False}},
    )


def _name(root: Element) -> None:
    """Replace random ids: what scripts know is called "shell" (`map_shell`) or by a name of its own, the rest get
    numbers."""
    numbers = count(1)
    waiting = [root]
    while waiting:
        element = waiting.pop()
        element._id = _known_as(element) or str(next(numbers))
        waiting.extend(element._children.values())


def _known_as(element: Element) -> str:
    if isinstance(element, _DetailedMap):
        return "detailed"
    return "shell" if isinstance(element, folium.Map | folium.FeatureGroup | Draw) else ""
