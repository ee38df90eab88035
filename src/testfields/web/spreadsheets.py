"""Tables for spreadsheet programs."""

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

# With it Excel reads UTF-8 as such.
BOM = "\ufeff"
# What a spreadsheet program would take for a formula at the beginning of a cell (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(rows: Iterable[Sequence[str]], name: str) -> Response[bytes]:
    """Lines of texts, the names of the columns first, as a file `name` (without its ending) to be saved."""
    return Response(
        (BOM + as_csv(rows)).encode(),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """The lines as RFC 4180 has them; nothing that people typed is taken for a formula."""
    made = io.StringIO()
    csv.writer(made).writerows([_plain(text) for text in row] for row in rows)
    return made.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
