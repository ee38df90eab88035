"""A map as a picture of points (PNG), in the shape that previews of links show; those who make them show no SVG.

It is drawn as `core.pictures` draws, a little simpler: no dashes, no signs, and no names, since no font with Japanese
travels with the portal. A preview has its words beside it.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO

import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from testfields.core.looks import LOOKS, SEA, SIGNS, SOFT, Look
from testfields.core.pictures import HEIGHT, WIDTH, Shape, view_of

SIZE = 1200, 630
# Drawn larger and made smaller, edges are smooth.
FINER = 2
SCALE = SIZE[0] / WIDTH * FINER
# What is left out of the height of a picture, above as below.
ABOVE = (HEIGHT - SIZE[1] * WIDTH / SIZE[0]) / 2
DOT_PX = 11
COLOURS = 128
CREDIT_PX = 16

Points = list[tuple[float, float]]


def preview(shapes: Sequence[Shape], looked_at: Sequence[BaseGeometry], credit: str) -> bytes:
    """A PNG of `shapes` that shows what is looked at, and whose data it is drawn from (in Latin letters)."""
    view = view_of(looked_at)
    paper = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), SEA)
    for name, look in LOOKS.items():
        drawn = [view.drawn(one.geometry) for one in shapes if one.look == name]
        parts = [part for one in drawn for part in shapely.get_parts(one) if not part.is_empty]
        _draw(paper, look, parts, look.metres * view.per_metre, name not in SIGNS)
    small = paper.reduce(FINER)
    _write(small, credit)
    body = BytesIO()
    small.quantize(COLOURS).save(body, "PNG")
    return body.getvalue()


def _draw(paper: Image.Image, look: Look, parts: Iterable[BaseGeometry], wide: float, dots: bool) -> None:
    """Shapes of one look: areas, then lines with their edges, then points."""
    pen = ImageDraw.Draw(paper)
    areas = [one for one in parts if isinstance(one, Polygon)]
    lines = [one for one in parts if isinstance(one, LineString)]
    if areas and look.fill != "none":
        paper.paste(look.fill, mask=_mask(paper.size, areas, look.opacity))
    for ring in (ring for one in areas for ring in (one.exterior, *one.interiors)):
        _line(pen, ring, look.casing or look.line, 1 if look.casing else look.width)
    for colour, width in ((look.casing, max(look.width, wide) + 2), (look.line, max(look.width, wide))):
        for line in lines if colour else ():
            _line(pen, line, colour, width)
    for x, y in (_pixels(one)[0] for one in parts if dots and isinstance(one, Point)):
        pen.circle((x, y), DOT_PX * FINER, fill=look.line, outline="#fff", width=2 * FINER)


def _mask(size: tuple[int, int], areas: Iterable[Polygon], opacity: float) -> Image.Image:
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for area in areas:
        pen.polygon(_pixels(area.exterior), fill=round(255 * opacity))
        for hole in area.interiors:
            pen.polygon(_pixels(hole), fill=0)
    return mask


def _line(pen: ImageDraw.ImageDraw, line: LineString, colour: str, width: float) -> None:
    pen.line(_pixels(line), fill=colour, width=max(1, round(width * SCALE)), joint="curve")


def _pixels(shape: BaseGeometry) -> Points:
    return [(x * SCALE, (y - ABOVE) * SCALE) for x, y in shape.coords]


def _write(paper: Image.Image, credit: str) -> None:
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(CREDIT_PX)
    at = SIZE[0] - 12, SIZE[1] - 10
    pen.text(at, credit, fill=SOFT, font=font, anchor="rs", stroke_width=3, stroke_fill="#fff")
