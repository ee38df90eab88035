"""Reading tables as spreadsheets save them (CSV): a shape as text (WKT), or corner by corner in degrees."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_
from testfields.core.texts import normal
from testfields.sites.exchange.encodings import CP932
from testfields.sites.exchange.layers import Rows
from testfields.sites.exchange.reference_systems import EPSG, WGS84
from testfields.sites.exchange.unpacking import refusal

# By which names people head the columns of a shape, of a latitude and of a longitude; what stands in brackets is left
# away, as 緯度（10進） and 経度(世界測地系) have it.
WKT = frozenset({"wkt", "wkt_geom", "geom", "geometry", "the_geom", "shape", "形状", "図形", "ジオメトリ"})
LATITUDE = frozenset({"lat", "latitude", "y", "緯度", "北緯"})
LONGITUDE = frozenset({"lon", "lng", "long", "longitude", "x", "経度", "東経"})
# By which rows are known to be corners of one shape.
OF_ONE_SHAPE = ("kind", "site", "slug")
LEAST_CORNERS = 3
# What a cell may hold; a field of a CSV file is no longer by itself (Python's own limit is 131,072).
LONGEST_CELL = 2_000_000

_SEPARATOR_SAID = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_SRID = re.compile(r"SRID=(\d{4,6});", re.IGNORECASE)
# 34.65, 34°39′0.5″, 北緯34度39分0.5秒, N34 39 0.5
_DEGREES = re.compile(
    r"(?:北緯|東経|[NE])?\s*(?P<degrees>\d{1,3}(?:\.\d+)?)\s*[°度]?"
    r"(?:\s*(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′’分]?(?:\s*(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|秒|''|′′)?)?)?\s*[NE]?",
    re.IGNORECASE,
)


def read_sheet(path: Path) -> Rows:
    """The rows of a CSV file with their shapes; raises InvalidInput with a message for whoever made it."""
    table = _table(_decoded(path.read_bytes()))
    if not table:
        raise refusal(N_("The file holds no table: its first line must name the columns."))
    names = [_IN_BRACKETS.sub("", normal("NFKC", one)).strip().lower() for one in table[0]]
    _check_cells(names, table)
    rows = [dict(zip(names, row, strict=False)) for row in table[1:] if any(cell.strip() for cell in row)]
    shape, latitude, longitude = (
        next((one for one in names if one in known), "") for known in (WKT, LATITUDE, LONGITUDE)
    )
    if shape:
        return _with_shapes(rows, shape)
    if latitude and longitude:
        return _with_corners(rows, latitude, longitude)
    message = N_("The table has no column of shapes (WKT), and none of latitudes and longitudes (緯度, 経度).")
    raise refusal(message)


def _check_cells(names: Sequence[str], table: Sequence[Sequence[str]]) -> None:
    """Raise InvalidInput for cells that no column's name stands over, or two columns of one name."""
    twice = next((one for one, times in Counter(names).items() if one and times > 1), None)
    if twice is not None:
        raise refusal(N_("The column “%(name)s” is there twice."), name=twice)
    for place, row in enumerate(table, start=1):
        if any(cell.strip() for cell in row[len(names) :]):
            message = N_("Row %(row)s has more cells than the first line names. A text with commas stands in quotes.")
            raise refusal(message, row=place)


def _decoded(written: bytes) -> str:
    """Text in UTF-8 or UTF-16, or in CP932 as Excel in Japanese saves it; raises InvalidInput."""
    encoding = "utf-16" if written[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    for one in (encoding, CP932):
        try:
            return written.decode(one)
        except UnicodeDecodeError:
            continue
    raise refusal(N_("The text of the file is neither in UTF-8 nor in CP932. Please save it as “CSV UTF-8”."))


def _table(text: str) -> list[list[str]]:
    # Excel lets a line before the table say what parts its columns.
    text = _SEPARATOR_SAID.sub("", text, count=1)
    first = text.partition("\n")[0]
    separator = max(",\t;", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        return list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))
    except csv.Error as error:
        raise refusal(N_("The table cannot be read: %(reason)s"), reason=str(error)) from error


def _with_shapes(rows: Sequence[dict[str, str]], column: str) -> Rows:
    shapes, srids = [], set()
    for place, row in enumerate(rows, start=2):
        text = (row.pop(column, None) or "").strip()
        system = _SRID.match(text)
        srids.add(int(system[1]) if system else WGS84)
        shapes.append(_shape(text[system.end() if system else 0 :], place))
    if len(srids) > 1:
        raise refusal(N_("The shapes of the table are in several coordinate systems."))
    return Rows(rows, shapes, f"{EPSG}:{next(iter(srids), WGS84)}")


def _shape(text: str, line: int) -> BaseGeometry | None:
    if not text:
        return None
    try:
        return shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        raise refusal(N_("Row %(row)s: the shape is no WKT, such as POLYGON ((135.4 34.6, …))."), row=line) from error


def _with_corners(rows: Sequence[dict[str, str]], latitude: str, longitude: str) -> Rows:
    """Rows that follow each other and are of one site or area are the corners of its shape, in their order."""
    values: list[Mapping[str, object]] = []
    corners: list[list[tuple[float, float]]] = []
    begun: list[int] = []
    known: tuple[str, ...] | None = None
    for place, row in enumerate(rows, start=2):
        corner = (_degrees(row.pop(longitude, ""), place), _degrees(row.pop(latitude, ""), place))
        of = tuple((row.get(name) or "").strip() for name in OF_ONE_SHAPE)
        if known is None or of != known:
            known = of
            values.append(row)
            corners.append([])
            begun.append(place)
        corners[-1].append(corner)
    if corners and all(x < y for one in corners for x, y in one):
        message = N_(
            "The column “%(latitude)s” holds longitudes, and “%(longitude)s” latitudes. Please exchange their names."
        )
        raise refusal(message, latitude=latitude, longitude=longitude)
    few = next((place for place, one in zip(begun, corners, strict=True) if len(set(one)) < LEAST_CORNERS), None)
    if few is not None:
        message = N_(
            "Row %(row)s: a shape needs a row for each of its corners, at least three; or it stands in a column WKT."
        )
        raise refusal(message, row=few)
    return Rows(values, [Polygon(one) for one in corners], f"{EPSG}:{WGS84}")


def _degrees(text: str | None, line: int) -> float:
    match = _DEGREES.fullmatch(normal("NFKC", text or "").strip())
    if match is None:
        message = N_("Row %(row)s: “%(told)s” are no degrees, such as 34.65 or 34°39′0″.")
        raise refusal(message, row=line, told=text or "")
    degrees, minutes, seconds = (float(match[name] or 0) for name in ("degrees", "minutes", "seconds"))
    return degrees + minutes / 60 + seconds / 3600
