"""Folium builds the maps' shells: constant scripts, made once for each kind, language and setting of tiles.

No data pass through folium, whose pop-ups and tooltips would run what people have typed. A shell holds the map, its
controls and an empty layer for the base map; ``static/js/map.js`` fills it. Folium's page around the map is left
away: its links are rewritten to the portal's own files, and its script is served as a file, so that the strict
Content-Security-Policy holds.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from testfields.maps.rules import DRAWN, Beneath, Kind
from testfields.maps.words import leaflet_words
from testfields.web import basemap
from testfields.web.features import Settings
from testfields.web.files import static

# Folium's links to other hosts → the portal's own file; None for what no shell uses (pop-ups, icons).
OWN_FILES: dict[str, str | None] = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "map.css",
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.draw/1.0.2/leaflet.draw.js": "vendor/leaflet-draw/leaflet.draw.js",
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.draw/1.0.2/leaflet.draw.css": ("map.css"),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": ("leaflet.js"),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.css": ("map.css"),
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet-locatecontrol/0.66.2/L.Control.Locate.min.js": ("leaflet.js"),
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet-locatecontrol/0.66.2/L.Control.Locate.min.css": ("map.css"),
    "https://code.jquery.com/jquery-3.7.1.min.js": None,
    "https://cdn.jsdelivr.net/npm/bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js": None,
    "https://cdn.jsdelivr.net/npm/bootstrap@5.2.2/dist/css/bootstrap.min.css": None,
    "https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css": None,
    "https://cdn.jsdelivr.net/npm/@fortawesome/fontawesome-free@6.2.0/css/all.min.css": None,
    "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.js": None,
    "https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.css": None,
    "https://cdn.jsdelivr.net/gh/python-visualization/folium/folium/templates/leaflet.awesome.rotate.min.css": None,
}


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


def beneath(settings: Settings) -> Beneath:
    """What the administrator lets lie under maps."""
    return Beneath(settings.gsi_tiles, settings.basemap is not None)


@cache
def credit() -> Markup:
    """Whose data the portal's own base map is, as a link."""
    return Markup('<a href="{url}">{text}</a>').format(**basemap.credit())


@cache
def shell(kind: Kind, locale: str, beneath: Beneath) -> Shell:
    """The shell of `kind` in a language; the same bytes each time it is built.

    Raises UnknownLinkError when folium wants a file that the portal does not serve.
    """
    # Commands never come here: loading folium takes them longer than what they do.
    from testfields.maps.figures import drawn  # noqa: PLC0415

    figure = drawn(kind, locale, beneath)
    script = "\n".join([*leaflet_words(locale, drawing=kind in DRAWN), figure.script])
    digest = hashlib.sha256(script.encode()).hexdigest()[:12]
    return Shell(
        styles=own_files(figure.styles),
        scripts=own_files(figure.scripts),
        html=figure.html,
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
    return tuple(dict.fromkeys(files))
