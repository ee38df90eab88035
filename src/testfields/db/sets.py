"""SQL made of a table in the code, so that a statement asks for a set by its name instead of listing its members.

Each is a function without any table behind it that PostgreSQL merges into the statement when it plans it: an index is
found by it as by the list written out. It is loaded with the SQL files, before those of its room.
"""

from collections.abc import Iterable, Mapping


def a_set(name: str, members: Iterable[str]) -> str:
    """``name()``: the members as an array of text."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS\n"
        f"$$ SELECT ARRAY[{_listed(sorted(members))}]::text[] $$;\n"
    )


def a_column(name: str, values: Mapping[str, str | None]) -> str:
    """``name(row)``: what stands for a row in one column, NULL where nothing does."""
    rows = "".join(f" WHEN '{row}' THEN '{value}'" for row, value in values.items() if value is not None)
    return (
        f"CREATE OR REPLACE FUNCTION {name}(row_name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS\n"
        f"$$ SELECT CASE row_name{rows} END $$;\n"
    )


def a_number(name: str, value: float) -> str:
    """``name()``: a number that the code has too."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS\n"
        f"$$ SELECT {value!r}::float8 $$;\n"
    )


def one_of(column: str, members: Iterable[str]) -> str:
    """The condition of a CHECK: nothing else stands in the column."""
    return f"{column} IN ({_listed(members)})"


def some_of(column: str, members: Iterable[str]) -> str:
    """The condition of a CHECK: nothing else stands in the column's array."""
    return f"{column} <@ ARRAY[{_listed(members)}]"


def _listed(members: Iterable[str]) -> str:
    return ", ".join(f"'{one}'" for one in members)
