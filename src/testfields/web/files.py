"""The files that pages load: each under an address with a mark of its content, so that browsers keep it for good.

What a style sheet or a script names is rewritten to the marked address of that. What pages need together is one file.
Each process packs a file once, when it is first asked for.
"""

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from testfields.web.compression import Encoding, is_text, packed

STATIC = Path(__file__).parents[1] / "static"
# One file made of others, one after the other.
BUNDLES = {
    "portal.css": (
        "vendor/tokens/tokens.css",
        "vendor/noto-sans-jp/noto-sans-jp.css",
        *(f"css/{name}.css" for name in ("base", "layout", "forms", "components", "tables", "calendar", "slots")),
        "css/print.css",
    ),
    "map.css": (
        "vendor/leaflet/leaflet.css", "vendor/leaflet-draw/leaflet.draw.css",
        "vendor/leaflet.fullscreen/Control.FullScreen.css", "vendor/leaflet.locatecontrol/L.Control.Locate.css",
        "css/map.css",
    ),
    "leaflet.js": (
        "vendor/leaflet/leaflet.js", "vendor/leaflet.fullscreen/Control.FullScreen.js",
        "vendor/leaflet.locatecontrol/L.Control.Locate.js",
    ),
}  # fmt: skip
NAMED_BY_STYLES = re.compile(r"""(?<=url\()["']?([\w@./-]+\.\w+)["']?(?=\))""")
NAMED_BY_SCRIPTS = re.compile(r"""(?<= from ")(\./[\w./-]+)(?=";)|(?<=^import ")(\./[\w./-]+)(?=";)""", re.MULTILINE)
TYPES = {".js": "text/javascript", ".geojson": "application/geo+json", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class File:
    """What is sent: the media type, and the content with the marked addresses of what it names; `needs` are scripts."""

    media_type: str
    body: bytes
    needs: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Another for other content."""
        return hashlib.sha256(self.body).hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it for good."""
    return f"/static/{path}?v={_mark(path)}"


def modules(path: str) -> list[str]:
    """The addresses of a script's own modules and of theirs, to be fetched together with it."""
    needed: dict[str, None] = {}
    for name in file(path).needs:
        needed |= {static(name): None} | dict.fromkeys(modules(name))
    return list(needed)


@cache
def known_files() -> frozenset[str]:
    """Whatever can be asked for."""
    paths = (path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
    return frozenset([*paths, *BUNDLES])


@cache
def file(path: str) -> File:
    """A file of `known_files`."""
    if path in BUNDLES:
        join_by = b";\n" if path.endswith(".js") else b"\n"
        return File(file(BUNDLES[path][0]).media_type, join_by.join(file(one).body for one in BUNDLES[path]))
    body = (STATIC / path).read_bytes()
    suffix = Path(path).suffix
    media_type = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    named = {".css": NAMED_BY_STYLES, ".js": NAMED_BY_SCRIPTS}.get(suffix)
    if named is None:
        return File(media_type, body)
    text, needs = body.decode(), []

    def marked(found: re.Match[str]) -> str:
        name = normpath(join(dirname(path), next(one for one in found.groups() if one)))
        if name not in known_files():
            return found[0]
        needs.append(name)
        return static(name)

    text = named.sub(marked, text)
    return File(media_type, text.encode(), tuple(needs) if suffix == ".js" else ())


@cache
def sent(path: str, encoding: Encoding | None) -> bytes:
    """A file's content, packed where that makes it smaller."""
    body = file(path).body
    return packed(body, encoding, thorough=True) if encoding and is_text(file(path).media_type) else body


@cache
def _mark(path: str) -> str:
    return file(path).mark
