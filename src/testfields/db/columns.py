"""Column types that Piccolo lacks: shapes on the earth, ranges, and lists of words."""

from typing import Any

from asyncpg import Range
from piccolo.columns import Column
from shapely.geometry.base import BaseGeometry


class Geometry(Column):
    """A PostGIS geometry in EPSG:4326 (longitude, latitude); the value is a shapely geometry."""

    value_type = BaseGeometry

    def __init__(self, shape: str = "MultiPolygon", **kwargs: Any) -> None:
        self.shape = shape
        self.default = None
        super().__init__(shape=shape, **kwargs)

    @property
    def column_type(self) -> str:
        """As PostgreSQL names it."""
        return f"geometry({self.shape}, 4326)"


class TsTzRange(Column):
    """A half-open period; the value is an asyncpg Range of aware datetimes."""

    value_type = Range

    def __init__(self, **kwargs: Any) -> None:
        self.default = None
        super().__init__(**kwargs)

    @property
    def column_type(self) -> str:
        """As PostgreSQL names it."""
        return "tstzrange"


class NumRange(Column):
    """A half-open range of metres; the value is an asyncpg Range of Decimal."""

    value_type = Range

    def __init__(self, **kwargs: Any) -> None:
        self.default = None
        super().__init__(**kwargs)

    @property
    def column_type(self) -> str:
        """As PostgreSQL names it."""
        return "numrange"
