"""A map as a picture: shapes of the ground drawn to SVG, for where no script draws a map, as on paper.

North is up, and a metre is as long in one direction as in the other. The picture has a name and a description for those
who do not see it; it holds attributes alone, no style and no script, and whatever text it shows is text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from math import cos, floor, log10, radians

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from testfields.core.looks import INK, LOOKS, SEA, SIGNS, SOFT, Look
from testfields.core.shapes import JAPAN, METRES_PER_DEGREE

WIDTH, HEIGHT = 960, 600
# What is looked at fills so much of the picture, and never less ground is shown than this, in metres.
FILLED = 0.8
LEAST_M = 120
# Points are signs from so many px a metre on; nearer by, names of the ground are written too.
SIGNS_FROM = 0.18
# In px: a point that lies less off its line is left out; what sticks out of the picture by more is cut off.
EVEN, BEYOND = 0.4, 12
UNFIT_FOR_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """Something on the map in degrees: one of `LOOKS`, and a name that is written beside it where there is room."""

    look: str
    geometry: BaseGeometry
    name: str = ""


@dataclass(frozen=True)
class Words:
    """What the picture is called, what it shows, whose data it is drawn from, and the language of these."""

    title: str
    about: str
    credit: str = ""
    language: str = "ja"


@dataclass(frozen=True)
class View:
    """A part of the ground: where its upper left corner is, in degrees, and px by the metre."""

    west: float
    north: float
    narrow: float
    per_metre: float
    turned: bool

    def drawn(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in px, cut to the picture."""
        scale = np.array([self.per_metre * METRES_PER_DEGREE * self.narrow, -self.per_metre * METRES_PER_DEGREE])
        corner = np.array([self.west, self.north])
        moved = shapely.transform(_eastward(shape) if self.turned else shape, lambda points: (points - corner) * scale)
        cut = shapely.clip_by_rect(moved, -BEYOND, -BEYOND, WIDTH + BEYOND, HEIGHT + BEYOND)
        return shapely.simplify(cut, EVEN, preserve_topology=False)


def view_of(looked_at: Sequence[BaseGeometry]) -> View:
    """What shows all of these in the middle; with nothing to look at, Japan."""
    bounds = shapely.total_bounds(list(looked_at)) if looked_at else JAPAN
    turned = bool(bounds[2] - bounds[0] > 180)
    if turned:
        bounds = shapely.total_bounds([_eastward(one) for one in looked_at])
    west, south, east, north = JAPAN if np.isnan(bounds).any() else bounds
    narrow = cos(radians((south + north) / 2))
    wide = max((east - west) * narrow * METRES_PER_DEGREE, LEAST_M)
    high = max((north - south) * METRES_PER_DEGREE, LEAST_M)
    per_metre = FILLED * min(WIDTH / wide, HEIGHT / high)
    per_degree = per_metre * METRES_PER_DEGREE
    return View(
        (west + east) / 2 - WIDTH / 2 / per_degree / narrow,
        (south + north) / 2 + HEIGHT / 2 / per_degree,
        narrow,
        per_metre,
        turned,
    )


def _eastward(shape: BaseGeometry) -> BaseGeometry:
    """West of the 180th meridian goes on east of it."""
    return shapely.transform(
        shape, lambda points: points + np.column_stack([360 * (points[:, 0] < 0), 0 * points[:, 1]])
    )


def draw(shapes: Sequence[Shape], looked_at: Sequence[BaseGeometry], words: Words) -> str:
    """An SVG of `shapes` that shows what is looked at, with a scale, an arrow to the north and whose data it is."""
    view = view_of(looked_at)
    rank = list(LOOKS).index
    seen = [(one, view.drawn(one.geometry)) for one in sorted(shapes, key=lambda one: rank(one.look))]
    there = [(one, drawn) for one, drawn in seen if not drawn.is_empty]
    paper = _Paper(view)
    margin = list(_margin(view, words, paper))
    parts = [
        part for look in LOOKS for part in _of_look(look, [drawn for one, drawn in there if one.look == look], view)
    ]
    names = [part for one, drawn in reversed(there) if one.name for part in paper.name(one, drawn)]
    return "\n".join([_head(words), *parts, *names, *margin, "</svg>"])


def _head(words: Words) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" aria-labelledby="title about" lang="{_text(words.language)}" font-family="sans-serif">'
        f'<title id="title">{_text(words.title)}</title><desc id="about">{_text(words.about)}</desc>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{SEA}"/>'
    )


def _text(text: str) -> str:
    return escape(UNFIT_FOR_XML.sub("", text))


# --- Shapes


def _of_look(name: str, drawn: Sequence[BaseGeometry], view: View) -> Iterator[str]:
    """Polygons, then lines with their edges below all of them, then points."""
    look = LOOKS[name]
    parts = [part for one in drawn for part in shapely.get_parts(one)]
    areas = [_path(one) for one in parts if isinstance(one, Polygon)]
    lines = [_path(one) for one in parts if isinstance(one, LineString)]
    edge = 1 if look.casing else look.width
    yield from _group(areas, look.casing or look.line, edge, look.fill, look)
    width = max(look.width, look.metres * view.per_metre)
    if look.casing:
        yield from _group(lines, look.casing, width + 2, "none", look)
    yield from _group(lines, look.line, width, "none", look)
    if name not in SIGNS or view.per_metre >= SIGNS_FROM:
        yield from (_sign(name, one, look) for one in parts if isinstance(one, Point))


def _group(paths: Sequence[str], line: str, width: float, fill: str, look: Look) -> Iterator[str]:
    if not paths:
        return
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    yield (
        f'<g fill="{fill}" fill-opacity="{look.opacity}" fill-rule="evenodd" stroke="{line}" stroke-width="{width:.3g}"'
        f' stroke-linejoin="round"{dash}>{"".join(paths)}</g>'
    )


def _path(shape: Polygon | LineString) -> str:
    rings = [shape.exterior, *shape.interiors] if isinstance(shape, Polygon) else [shape]
    closed = "z" if isinstance(shape, Polygon) else ""
    return f'<path d="{"".join(_walk(ring) + closed for ring in rings)}"/>'


def _walk(line: LineString) -> str:
    return "M" + "L".join(f"{_px(x)} {_px(y)}" for x, y in line.coords)


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _sign(name: str, at: Point, look: Look) -> str:
    x, y = _px(at.x), _px(at.y)
    if name not in SIGNS:
        return f'<circle cx="{x}" cy="{y}" r="{6 if look.opacity < 1 else 2}" fill="{look.line}" stroke="#fff"/>'
    return (
        f'<g transform="translate({_px(at.x - 8)} {_px(at.y - 8)}) scale(.667)" fill="none" stroke="{look.line}"'
        f' stroke-width="2" stroke-linejoin="round"><rect width="24" height="24" rx="4" fill="#fff" fill-opacity=".85"'
        f' stroke="none"/><path d="{SIGNS[name]}"/></g>'
    )


# --- Names, each where it hides no other


@dataclass
class _Paper:
    """Where something is written already, in px."""

    view: View
    taken: list[Box] = field(default_factory=list)

    def name(self, shape: Shape, drawn: BaseGeometry) -> Iterator[str]:
        """A shape's name in its middle, or below its sign; none where another stands."""
        is_ground = shape.look not in _ABOVE_GROUND
        if is_ground and shape.look != "town" and self.view.per_metre < SIGNS_FROM:
            return
        size = 11 if is_ground else 13
        text = _fitting(shape.name, size, WIDTH * 0.4)
        at, half = _middle(drawn), _length(text, size) / 2
        y = at.y + (size + 6 if isinstance(drawn, Point) else size / 3)
        x = min(max(at.x, half + 6), WIDTH - half - 6)
        box = (x - half - 2, y - size, x + half + 2, y + size * 0.35)
        if self.takes(box):
            weight = "" if is_ground else ' font-weight="700"'
            yield _written(text, x, y, size, SOFT if is_ground else INK, f'text-anchor="middle"{weight}')

    def takes(self, box: Box) -> bool:
        """Whether there is room, which is taken then."""
        west, north, east, south = box
        free = north > 0 and south < HEIGHT
        free = free and not any(west < e and w < east and north < s and n < south for w, n, e, s in self.taken)
        if free:
            self.taken.append(box)
        return free


_ABOVE_GROUND = frozenset(list(LOOKS)[list(LOOKS).index("neighbour") :])


def _middle(drawn: BaseGeometry) -> Point:
    part = max(shapely.get_parts(drawn), key=lambda one: (one.area, one.length))
    return part.interpolate(0.5, normalized=True) if isinstance(part, LineString) else part.representative_point()


def _length(text: str, size: float) -> float:
    """About how long a text is in px: Japanese letters are square, others half as wide."""
    return size * sum(1 if letter > "\u2e7f" else 0.58 for letter in text)


def _fitting(text: str, size: float, most: float) -> str:
    while _length(text, size) > most:
        text = text[: -2 if text.endswith("…") else -1] + "…"
    return text


def _written(text: str, x: float, y: float, size: float, colour: str, more: str = "") -> str:
    return (
        f'<text x="{_px(x)}" y="{_px(y)}" font-size="{size}" fill="{colour}" stroke="#fff" stroke-width="3"'
        f' stroke-linejoin="round" paint-order="stroke" {more}>{_text(text)}</text>'
    )


# --- What stands in the margin


def _margin(view: View, words: Words, paper: _Paper) -> Iterator[str]:
    metres = _round_metres(WIDTH / 5 / view.per_metre)
    length, y = metres * view.per_metre, HEIGHT - 16
    told = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    paper.taken += [(0, HEIGHT - 44, length + 32, HEIGHT), (WIDTH - 48, 0, WIDTH, 64)]
    bar = f"M16 {y - 6}v6h{length:.1f}v-6"
    yield f'<path d="{bar}" fill="none" stroke="#fff" stroke-width="5"/>'
    yield f'<path d="{bar}" fill="none" stroke="{INK}" stroke-width="2"/>'
    yield _written(told, 20, y - 10, 13, INK)
    arrow = f"M{WIDTH - 26} 10l8 24-8-6-8 6z"
    yield f'<path d="{arrow}" fill="{INK}" stroke="#fff" stroke-width="2" paint-order="stroke"/>'
    yield _written("N", WIDTH - 26, 50, 14, INK, 'text-anchor="middle" font-weight="700"')
    if words.credit:
        paper.taken.append((WIDTH - _length(words.credit, 10) - 12, HEIGHT - 20, WIDTH, HEIGHT))
        yield _written(words.credit, WIDTH - 8, HEIGHT - 8, 10, SOFT, 'text-anchor="end"')


def _round_metres(most: float) -> float:
    """1, 2 or 5 with noughts: the most that is no more."""
    unit: float = 10.0 ** floor(log10(most))
    return max(unit * step for step in (1, 2, 5) if unit * step <= most)
