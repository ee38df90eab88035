"""What maps/README.md says of the format is what the tables of fields say."""

from datetime import date

from testfields.piccolo_app import data_folder
from testfields.sites.exchange.features import BOTH, COLUMNS, KINDS, Column
from testfields.sites.fields import Unit

SHARED = {BOTH: "both", frozenset(KINDS): "all"}
TYPES = {str: "text", bool: "true or false", int: "whole number", float: "number", date: "date"}
HEAD = """\
| field | in a Shapefile | of | type | what it holds |
|---|---|---|---|---|
"""


def line(column: Column) -> str:
    field, row = column.row.field, column.row
    kind = "metres" if field.unit is Unit.METRES else TYPES[column.type]
    left_out = "" if field.default is None else f"; {field.default} where it is left out"
    optional = "" if field.required and not row.optional and not left_out else ", optional"
    of = SHARED.get(column.kinds) or ", ".join(kind for kind in KINDS if kind in column.kinds)
    return f"| `{column.name}` | `{column.short}` | {of} | {kind}{optional} | {field.told}{left_out} |\n"


def test_the_description_of_the_format_is_the_tables() -> None:
    table = HEAD + "".join(line(one) for one in COLUMNS)
    assert table in (data_folder("maps") / "README.md").read_text(encoding="utf-8"), table


def test_a_shapefile_has_room_for_every_name() -> None:
    assert [one.short for one in COLUMNS if len(one.short) > 10] == []
    assert len({one.short for one in COLUMNS}) == len(COLUMNS)
