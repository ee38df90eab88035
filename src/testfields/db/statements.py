"""The bridge from Piccolo's tables to SQLAlchemy Core and GeoAlchemy2.

Piccolo's tables stay the only schema: `core_table` derives the Core table that spatial SQL is written
with. A `Statement` is compiled once, at import, to asyncpg's ``$1`` form and runs on Piccolo's own
connection. SQLAlchemy never opens one.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import asyncpg
from geoalchemy2 import Geometry as GeoAlchemyGeometry
from piccolo.columns import Column as PiccoloColumn
from piccolo.columns import column_types as piccolo
from piccolo.table import Table as PiccoloTable
from sqlalchemy import ClauseElement, Column, MetaData, Table, text
from sqlalchemy import types as sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from testfields.db import columns
from testfields.db.engine import DB

T = TypeVar("T")

DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
METADATA = MetaData()


class Shape(GeoAlchemyGeometry):
    """GeoAlchemy2's geometry without its text conversions: the connection's codec speaks EWKB."""

    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        """Bind as it is."""
        return bindvalue

    def column_expression(self, col: Any) -> Any:
        """Select as it is."""
        return col


# An integer key is bigint throughout: an int4 bind against a bigint column would skip the index.
TYPES: dict[type[PiccoloColumn], sql.TypeEngine[Any]] = {
    piccolo.BigInt: sql.BigInteger(),
    piccolo.BigSerial: sql.BigInteger(),
    piccolo.Integer: sql.Integer(),
    piccolo.SmallInt: sql.SmallInteger(),
    piccolo.Text: sql.Text(),
    piccolo.Varchar: sql.Text(),
    piccolo.Boolean: sql.Boolean(),
    piccolo.Numeric: sql.Numeric(),
    piccolo.Date: sql.Date(),
    piccolo.Timestamptz: sql.TIMESTAMP(timezone=True),
    piccolo.JSONB: postgresql.JSONB(),
    piccolo.Bytea: postgresql.BYTEA(),
    columns.TsTzRange: postgresql.TSTZRANGE(),
    columns.NumRange: postgresql.NUMRANGE(),
}


def core_table(table: type[PiccoloTable]) -> Table:
    """The SQLAlchemy Core table of a Piccolo table, for writing statements with."""
    return Table(
        table._meta.tablename,
        METADATA,
        *(Column(column._meta.db_column_name, core_type(column)) for column in table._meta.columns),
        extend_existing=True,
    )


def core_type(column: PiccoloColumn) -> sql.TypeEngine[Any]:
    """The Core type of a Piccolo column; raises KeyError for one this bridge does not know."""
    if isinstance(column, columns.Geometry):
        return Shape(column.shape, srid=4326)
    if isinstance(column, piccolo.Array):
        return postgresql.ARRAY(core_type(column.base_column))
    if isinstance(column, piccolo.ForeignKey):
        return sql.BigInteger()
    return TYPES[type(column)]


class Statement:
    """SQL with named parameters, compiled once and prepared once on each connection."""

    def __init__(self, statement: ClauseElement | str) -> None:
        executable = text(statement) if isinstance(statement, str) else statement
        compiled = executable.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self.names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        self._constants: dict[str, Any] = {name: value for name, value in compiled.params.items() if value is not None}

    def arguments(self, parameters: dict[str, Any]) -> list[Any]:
        """The values in the order of ``$1``, ``$2``, …; raises KeyError for one that is missing."""
        known = {**self._constants, **parameters}
        return [known[name] for name in self.names]

    async def rows(self, **parameters: Any) -> list[asyncpg.Record]:
        """Every row."""
        async with DB.connection() as connection:
            return await connection.fetch(self.sql, *self.arguments(parameters))

    async def row(self, **parameters: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        async with DB.connection() as connection:
            return await connection.fetchrow(self.sql, *self.arguments(parameters))

    async def value(self, **parameters: Any) -> Any:
        """The first value of the first row, or None."""
        async with DB.connection() as connection:
            return await connection.fetchval(self.sql, *self.arguments(parameters))

    async def json(self, **parameters: Any) -> bytes:
        """The one JSON text the statement builds, ready to be sent."""
        text_value: str | None = await self.value(**parameters)
        return (text_value or "null").encode()

    async def run(self, **parameters: Any) -> int:
        """Execute; the number of rows touched."""
        async with DB.connection() as connection:
            status: str = await connection.execute(self.sql, *self.arguments(parameters))
        return int(status.rsplit(maxsplit=1)[-1])

    async def one(self, kind: type[T], **parameters: Any) -> T | None:
        """The first row as `kind`, a msgspec struct or dataclass with fields named as the columns."""
        row = await self.row(**parameters)
        return None if row is None else as_struct(kind, row)

    async def all(self, kind: type[T], **parameters: Any) -> list[T]:
        """Every row as `kind`."""
        return [as_struct(kind, row) for row in await self.rows(**parameters)]


class Replanned(Statement):
    """A statement that PostgreSQL plans for the values of each call.

    After five calls it would plan a prepared one without them. Where a walk along an index ends after a page, but an
    unknown window or filter makes it guess otherwise, that plan reads and sorts the whole table.
    """

    async def rows(self, **parameters: Any) -> list[asyncpg.Record]:
        """Every row."""
        async with DB.connection() as connection:
            unnamed = await connection.prepare(self.sql, name="")
            return await unnamed.fetch(*self.arguments(parameters))

    async def value(self, **parameters: Any) -> Any:
        """The first value of the first row, or None."""
        rows = await self.rows(**parameters)
        return rows[0][0] if rows else None


def as_struct(kind: type[T], row: asyncpg.Record) -> T:
    """A row as a typed value."""
    return kind(**dict(row.items()))
