"""Tables of fields: a class whose annotations say all there is to say of each of its fields, once.

    class Policy:
        slot_minutes: Annotated[int, Field("grid on which times begin and end", least=1, most=1440)]

The type and the name stay where mypy and an editor look for them; whatever derives from the table reads its rows here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True)
class Row(Generic[T]):
    """One field: its name, its type without `None`, whether it may be None, and what is said of it."""

    name: str
    type: Any
    optional: bool
    field: T


def rows_of(table: type, said: type[T]) -> Mapping[str, Row[T]]:
    """The fields of a class that are annotated with a `said`, its own before those that it inherits."""
    hints = get_type_hints(table, include_extras=True)
    names = dict.fromkeys(name for one in table.__mro__ for name in get_annotations(one))
    return {
        name: Row(name, *_without_none(get_args(hints[name])[0]), one)
        for name in names
        for one in getattr(hints[name], "__metadata__", ())
        if isinstance(one, said)
    }


def _without_none(kind: Any) -> tuple[Any, bool]:
    if get_origin(kind) not in {UnionType, Union} or NoneType not in get_args(kind):
        return kind, False
    (only,) = (one for one in get_args(kind) if one is not NoneType)
    return only, True
