"""JSON bodies, read strictly: right kind, right types, no unknown fields, every fault told by its path."""

import json
import re
from typing import Any, TypeVar

import msgspec
from litestar.dto import AbstractDTO
from litestar.typing import FieldDefinition

from testfields.core.errors import N_, InvalidInput, Message, Unreadable, UnsupportedMedia, fault

T = TypeVar("T")

JSON = "application/json"
# A NUL as JSON writes it; behind another backslash, which is then a letter of its own, it is six plain letters.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# msgspec's own words → what the portal says. The groups fill the places and may extend the path.
SAYINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"missing required field `(?P<field>[^`]+)`"), N_("This field is required.")),
    (re.compile(r"contains unknown field `(?P<field>[^`]+)`"), N_("There is no such field.")),
    (re.compile(r"Invalid enum value"), N_("This is not one of the accepted values.")),
    (re.compile(r"datetime"), N_("Expected a date and time with its offset, such as 2026-12-03T09:00:00+09:00.")),
    (re.compile(r"`str` of length <= (?P<most>\d+)"), N_("Please write at most %(most)s characters.")),
    (re.compile(r"of length <= (?P<most>\d+)"), N_("This is too long; at most %(most)s are accepted.")),
    (re.compile(r"of length >= (?P<least>\d+)"), N_("This is too short; at least %(least)s are needed.")),
    (re.compile(r"Expected `(int|float)` >= (?P<least>-?\d+)"), N_("Please give a number of at least %(least)s.")),
    (re.compile(r"Expected `(int|float)` <= (?P<most>-?\d+)"), N_("Please give a number of at most %(most)s.")),
    (
        re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`"),
        N_("Expected %(expected)s here, got %(got)s."),
    ),
)
# JSON's types, as msgspec names them.
TYPES = {
    "object": N_("an object"),
    "array": N_("a list"),
    "str": N_("a text"),
    "int": N_("a whole number"),
    "float": N_("a number"),
    "bool": N_("true or false"),
}


class JsonBody(AbstractDTO[T]):
    """The body of a request as a msgspec struct; ``dto=JsonBody[Struct]`` on the handler."""

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing to prepare: the struct itself is the schema."""

    @classmethod
    def create_openapi_schema(cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any) -> Any:
        """The struct's own schema."""
        return schema_creator.for_field_definition(field_definition)

    def decode_bytes(self, value: bytes) -> Any:
        """Raises UnsupportedMedia, Unreadable or InvalidInput."""
        kind = self.asgi_connection.headers.get("content-type", JSON).split(";")[0].strip().lower()
        if kind != JSON:
            raise UnsupportedMedia(N_("Please send JSON, with “Content-Type: application/json”."))
        return read_json(value, self.model_type)


def read_json(value: bytes, kind: type[T]) -> T:
    """JSON as `kind`; raises Unreadable or InvalidInput."""
    if NUL.search(value):
        raise InvalidInput([fault("", N_("Text may not hold the NUL character."))])
    try:
        read = msgspec.json.decode(value, type=kind)
        _refuse_twice(value)
    except msgspec.ValidationError as error:
        raise InvalidInput([_fault_of(str(error))]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(N_("The body is not readable JSON.")) from error
    return read


def _refuse_twice(value: bytes) -> None:
    """Raise InvalidInput for an object that names a field twice: which is meant nobody can tell (RFC 8259, 4).

    msgspec keeps the last without a word.
    """
    _NAMES.decode(value.decode())


def _names_once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise InvalidInput([fault(name, N_("This field is given twice."))])
        seen.add(name)


# Numbers become floats, as a long one costs more than its length otherwise.
_NAMES = json.JSONDecoder(object_pairs_hook=_names_once, parse_int=float)


def _fault_of(said: str) -> Any:
    """ "Expected `int`, got `str` - at `$.volumes[0].altitude`" as the portal's own words."""
    reason, _, place = said.partition(" - at `")
    path = place.rstrip("`").removeprefix("$").removeprefix(".")
    for pattern, message in SAYINGS:
        match = pattern.search(reason)
        if match:
            places = match.groupdict()
            field = places.pop("field", "")
            values = {name: _type_in_words(value) for name, value in places.items()}
            return fault(".".join(part for part in (path, field) if part), message, **values)
    return fault(path, N_("This value cannot be accepted: %(reason)s"), reason=reason)


def _type_in_words(said: str) -> Message | str:
    """``object | null`` is an object that may be left out; what is no name of types stays as it is."""
    known = TYPES.get(said.removesuffix(" | null"))
    return Message(known) if known else said
