"""Parts of a thing, as a ``Range`` header asks for them."""

import pytest

from testfields.core.byte_ranges import BeyondError, part_of


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", range(1)), ("bytes=2-5", range(2, 6)), ("bytes=8-", range(8, 10)), ("bytes=-3", range(7, 10)),
        ("bytes=5-99", range(5, 10)), ("bytes=-99", range(10)), ("bytes= 1-2 ", range(1, 3)),
    ],
)  # fmt: skip
def test_one_part_is_told(asked: str, part: range) -> None:
    assert part_of(asked, 10) == part


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b", "bytes=٣-٤", f"bytes={'9' * 40}-"]
)
def test_what_is_no_single_part_is_passed_over(asked: str) -> None:
    assert part_of(asked, 10) is None


@pytest.mark.parametrize(
    ("asked", "size"), [("bytes=10-", 10), ("bytes=99-100", 10), ("bytes=-0", 10), ("bytes=-5", 0)]
)
def test_what_is_not_there_is_refused(asked: str, size: int) -> None:
    with pytest.raises(BeyondError):
        part_of(asked, size)
