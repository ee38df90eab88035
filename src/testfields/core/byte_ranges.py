"""Which part of a thing is asked for by a ``Range`` header (RFC 9110, 14)."""

import re

ONE_RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


class BeyondError(Exception):
    """The part that is asked for lies beyond the end."""


def part_of(asked: str, size: int) -> range | None:
    """The bytes asked for of `size`; None where all are: for no range, and for one that is ignored, as several are.

    Raises BeyondError where none of them is there.
    """
    found = ONE_RANGE.fullmatch(asked)
    first, last = found.groups() if found else ("", "")
    is_turned = bool(first and last) and int(last) < int(first)
    if is_turned or not (first or last):
        return None
    part = range(int(first), min(int(last) + 1 if last else size, size)) if first else _last(int(last), size)
    if not part:
        raise BeyondError
    return part


def _last(count: int, size: int) -> range:
    return range(max(size - count, 0), size)
