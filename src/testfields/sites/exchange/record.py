"""One feature's values as they came out of a file, read into the catalogue's types; every fault is collected."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any, TypeVar

from shapely import get_coordinates, get_parts, orient_polygons
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from testfields.core.errors import N_, Fault, InvalidInput, Message, fault
from testfields.core.fields import Row
from testfields.core.shapes import JAPAN, checked_shape, parse_shape
from testfields.core.texts import line_faults, normal, text_faults, tidy
from testfields.core.volumes import AltitudeBand, parse_altitude
from testfields.sites.drafts import ExceptionDraft, Exceptions, Hours, OpeningDraft
from testfields.sites.exchange.encodings import meant_by
from testfields.sites.exchange.notation import parse_exceptions, parse_facilities, parse_hours, parse_uses
from testfields.sites.fields import LONGEST_TEXT, Facilities, Field, Uses
from testfields.sites.plan import parse_piece, told_piece
from testfields.sites.rules import NOWHERE
from testfields.sites.vocabulary import FacilityValue, PlanKind, Use

T = TypeVar("T")

GARBLED = N_(
    "This text is garbled: it was read in another encoding than it was written in. It seems to mean “%(meant)s”."
    " Please save the file anew, in UTF-8, from where it is still whole."
)
GARBLED_FOR_GOOD = N_(
    "This text is garbled: it was read in another encoding than it was written in. Please save the file anew, in"
    " UTF-8, from where it is still whole."
)
# Words of programs, in which full width means nothing of its own.
CODES = frozenset({"slug", "owner", "timezone"})
UNREAD_BAND = AltitudeBand(None, None)
# How the formats write a boolean; one of 0 and 1 comes back as a float where other features have none.
TRUTHS = {"true": True, "yes": True, "1": True, "1.0": True, "false": False, "no": False, "0": False, "0.0": False}


class Record:
    """A feature being read; a value that does not fit adds a fault and yields a stand-in."""

    def __init__(self, place: int, values: Mapping[str, object], shape: BaseGeometry | None) -> None:
        self.place = place
        self.slug = normal("NFKC", str(values.get("slug") or "")).strip()
        self.faults: list[tuple[str, Message]] = []
        self._values = values
        self.shape = shape

    def add(self, name: str, message: str, **values: object) -> None:
        """Note a fault of the field `name`."""
        self.faults.append((name, Message(message, values)))

    def given(self) -> Iterator[str]:
        """Names of the columns that hold something here."""
        return (name for name, value in self._values.items() if value is not None and value != "")

    def told(self, row: Row[Field]) -> Any:
        """What stands in a field, read as its type asks; its default where nothing stands there."""
        name, field = row.name, row.field
        if field.default is not None and self._values.get(name) in {None, ""}:
            return field.default
        required = field.required and not row.optional
        if field.words:
            word = self.word(name, field.words, required)
            return row.type(word) if word else None if row.optional else word
        if name in CODES:
            return self.code(name, required)
        value = READ[row.type](self, name, field, required)
        return 0 if value is None and row.type in {int, float} and not row.optional else value

    def text(self, name: str, required: bool = True, most: int = LONGEST_TEXT, lines: bool = False) -> str:
        """Text as it is kept, of one line or of several; a file cannot tell empty text from none."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            self.add(name, N_("Text is expected here."))
            return ""
        text = tidy(value or "")
        if not text and required:
            self.add(name, N_("This field is required."))
        meant = meant_by(text)
        if meant is not None:
            self.add(name, GARBLED if meant else GARBLED_FOR_GOOD, meant=meant)
        self._note(name, (text_faults if lines else line_faults)(name, text, most))
        return text

    def code(self, name: str, required: bool = True) -> str:
        """A text for programs, as it is meant where it was typed in full width."""
        return normal("NFKC", self.text(name, required)).strip()

    def word(self, name: str, words: Collection[str], required: bool = True) -> str:
        """One of `words`."""
        text = self.code(name, required)
        if text and text not in words:
            self.add(
                name, N_("“%(part)s” is not accepted here. Known are: %(known)s"), part=text, known=", ".join(words)
            )
            return ""
        return text

    def truth(self, name: str) -> bool:
        """Yes or no: a boolean, 1 or 0, or the word."""
        value = self._values.get(name)
        if value is None or value == "":
            self.add(name, N_("This field is required."))
            return False
        truth = TRUTHS.get(normal("NFKC", str(value)).strip().lower())
        if truth is None:
            self.add(name, N_("Please write true or false."))
        return bool(truth)

    def number(self, name: str, required: bool = True) -> float | None:
        """A finite number; None where there is none, also where it had to be there."""
        value = self._values.get(name)
        if value is None or value == "":
            if required:
                self.add(name, N_("This field is required."))
            return None
        try:
            number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
        except ValueError:
            number = None
        if number is None or not isfinite(number):
            self.add(name, N_("A number is expected here."))
            return None
        return number

    def whole(self, name: str, required: bool = True) -> int | None:
        """A whole number; None where there is none."""
        number = self.number(name, required)
        if number is not None and not number.is_integer():
            self.add(name, N_("A whole number is expected here."))
        return None if number is None else int(number)

    def day(self, name: str) -> date | None:
        """A date, or None where there is none."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self.add(name, N_("A date is expected here, as in 2026-04-01."))
            return None

    def uses(self) -> tuple[Use, ...]:
        """What may be tried there; whether there has to be something, the catalogue's rules say."""
        text = self.code("uses", required=False)
        return self.parsed(parse_uses, "uses", text, ())

    def hours(self) -> tuple[OpeningDraft, ...]:
        """When the site is open in a week; whether it has to be, the catalogue's rules say."""
        text = self.code("hours", required=False)
        return self.parsed(parse_hours, "hours", text, ())

    def exceptions(self) -> tuple[ExceptionDraft, ...]:
        """Days with hours of their own."""
        text = self.code("exceptions", required=False)
        return self.parsed(parse_exceptions, "exceptions", text, ())

    def facilities(self) -> dict[str, FacilityValue]:
        """What the site offers."""
        text = self.code("facilities", required=False)
        return self.parsed(parse_facilities, "facilities", text, {})

    def altitude(self) -> AltitudeBand:
        """The heights that may be asked for, in metres above ground."""
        lower, upper = self.number("altitude_lower"), self.number("altitude_upper")
        if lower is None or upper is None:
            return UNREAD_BAND
        try:
            return parse_altitude(lower, upper, "altitude_upper")
        except InvalidInput as error:
            self._note("altitude_upper", error.faults)
            return UNREAD_BAND

    def polygon(self) -> MultiPolygon:
        """The shape, checked as any that comes in; outer rings anticlockwise, so that formats agree."""
        try:
            return orient_polygons(_checked(self.shape, "geometry"))
        except InvalidInput as error:
            self._note("geometry", error.faults)
            return NOWHERE

    def piece(self, kind: PlanKind) -> BaseGeometry | None:
        """The shape of a piece of a plan; None where it cannot be one."""
        shape = self.shape
        if shape is None:
            self.add("geometry", N_("The feature has no shape."))
            return None
        try:
            return parse_piece(kind, *told_piece(shape), "geometry")
        except InvalidInput as error:
            self._note("geometry", error.faults)
            return None

    def parsed(self, parse: Callable[[str, str], T], name: str, text: str, otherwise: T) -> T:
        """What `parse` makes of a text, `otherwise` where it refuses it or there is none."""
        if not text:
            return otherwise
        try:
            return parse(text, name)
        except InvalidInput as error:
            self._note(name, error.faults)
            return otherwise

    def _note(self, name: str, faults: Collection[Fault]) -> None:
        self.faults += [(name, one.message) for one in faults]


def _checked(shape: BaseGeometry | None, path: str) -> MultiPolygon:
    if shape is None:
        raise InvalidInput([fault(path, N_("The feature has no shape."))])
    if shape.is_empty or not isinstance(shape, (Polygon, MultiPolygon)):
        return checked_shape(shape, path)
    if shape.has_z:
        raise InvalidInput([fault(path, N_("The shape has heights. Please save it without them, in two dimensions."))])
    if _is_turned(shape):
        raise InvalidInput(
            [fault(path, N_("Latitude and longitude look swapped: x is the longitude, y the latitude."))]
        )
    return parse_shape([_rings(part) for part in get_parts(shape)], path)


def _is_turned(shape: BaseGeometry) -> bool:
    """Whether a shape lies in Japan where its latitudes are read as longitudes."""
    west, south, east, north = JAPAN
    x_least, y_least, x_most, y_most = shape.bounds
    return west <= y_least <= y_most <= east and south <= x_least <= x_most <= north


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    return [get_coordinates(ring).tolist() for ring in (polygon.exterior, *polygon.interiors)]


READ: Mapping[Any, Callable[[Record, str, Field, bool], object]] = {
    str: lambda record, name, field, required: record.text(name, required, field.limits[1], field.lines),
    bool: lambda record, name, _field, _required: record.truth(name),
    int: lambda record, name, _field, required: record.whole(name, required),
    float: lambda record, name, _field, required: record.number(name, required),
    date: lambda record, name, _field, _required: record.day(name),
    Hours: lambda record, _name, _field, _required: record.hours(),
    Exceptions: lambda record, _name, _field, _required: record.exceptions(),
    Facilities: lambda record, _name, _field, _required: record.facilities(),
    Uses: lambda record, _name, _field, _required: record.uses(),
}
