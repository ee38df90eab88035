"""Parameters that many addresses share."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

LARGEST_ID = 2**63 - 1

PathId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]
QueryId = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]
# Keyset paging, newest first: only what is older than this id.
Before = Annotated[int, QueryParameter(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


def whole_number(text: object) -> int | None:
    """A form's text as a number from 0 that a column can hold; None for anything else."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 19 else None
