"""The files that pages load: each under an address with a mark of its content, so that browsers keep it for good.

What a style sheet names is rewritten to the marked address of that. What pages need together is one file, and so is a
script with the modules that it imports. Each process packs a file once, when it is first asked for.
"""

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from posixpath import dirname, join, normpath

from testfields.web.compression import Encoding, is_text, packed

STATIC = Path(__file__).parents[1] / "static"
# One file made of others, one after the other.
BUNDLES = {
    "portal.css": (
        "vendor/tokens/tokens.css",
        *(f"css/{name}.css" for name in ("base", "layout", "forms", "components", "tables", "calendar", "slots")),
        "css/print.css",
    ),
    "map.css": (
        "vendor/leaflet/leaflet.css", "vendor/leaflet-draw/leaflet.draw.css",
        "vendor/leaflet.fullscreen/Control.FullScreen.css", "vendor/leaflet.locatecontrol/L.Control.Locate.css",
        "css/map.css",
    ),
    "htmx.js": ("vendor/htmx/htmx.min.js", "js/no-eval.js"),
    "leaflet.js": (
        "vendor/leaflet/leaflet.js", "vendor/leaflet.fullscreen/Control.FullScreen.js",
        "vendor/leaflet.locatecontrol/L.Control.Locate.js",
    ),
}  # fmt: skip
NAMED_BY_STYLES = re.compile(r"""(?<=url\()["']?([\w@./-]+\.\w+)["']?(?=\))""")
IMPORTS = re.compile(r"""^import \{[^}]*\} from "\./([\w-]+\.js)";\n""", re.MULTILINE)
EXPORTED = re.compile(r"^export (?=(?:async )?function |const )", re.MULTILINE)
TYPES = {".js": "text/javascript", ".geojson": "application/geo+json"}


@dataclass(frozen=True)
class File:
    """What is sent: the media type and the content."""

    media_type: str
    body: bytes

    @property
    def mark(self) -> str:
        """Another for other content."""
        return hashlib.sha256(self.body).hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it for good."""
    return f"/static/{path}?v={_mark(path)}"


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
    media_type = TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    if path.endswith(".css"):
        body = NAMED_BY_STYLES.sub(partial(_marked, dirname(path)), body.decode()).encode()
    elif path.startswith("js/"):
        body = _whole(path, set()).encode()
    return File(media_type, body)


def _marked(folder: str, found: re.Match[str]) -> str:
    name = normpath(join(folder, found[1]))
    return static(name) if name in known_files() else found[0]


def _whole(path: str, inside: set[str]) -> str:
    """A module with those that it imports before it, each once, as one: their names have to differ."""
    text = (STATIC / path).read_text()
    before = []
    for name in IMPORTS.findall(text):
        module = join(dirname(path), name)
        if module not in inside:
            inside.add(module)
            before.append(_whole(module, inside))
    return "".join([*before, EXPORTED.sub("", IMPORTS.sub("", text))])


@cache
def sent(path: str, encoding: Encoding | None) -> bytes:
    """A file's content, packed where that makes it smaller."""
    body = file(path).body
    return packed(body, encoding, thorough=True) if encoding and is_text(file(path).media_type) else body


@cache
def _mark(path: str) -> str:
    return file(path).mark
