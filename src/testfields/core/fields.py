"""Tables of fields: a class whose annotations say all there is to say of each of its fields, once.

    class Policy:
        slot_minutes: Annotated[int, Field("grid on which times begin and end", least=1, most=1440)]

The type and the name stay where mypy and an editor look for them; whatever derives from the table reads its rows here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """The fields of a class that are annotated with a `said`, in their order; others are passed over."""
    found = {}
    for name, hint in get_type_hints(table, include_extras=True).items():
        for one in getattr(hint, "__metadata__", ()):
            if isinstance(one, said):
                found[name] = Row(name, *_without_none(get_args(hint)[0]), one)
    return found


def _without_none(kind: Any) -> tuple[Any, bool]:
    if get_origin(kind) not in {UnionType, Union} or NoneType not in get_args(kind):
        return kind, False
    (only,) = (one for one in get_args(kind) if one is not NoneType)
    return only, True
