"""JSON that says a thing twice or hides a NUL is refused; whatever only looks like that is a text."""

import msgspec
import pytest

from testfields.core.errors import InvalidInput
from testfields.web.bodies import read_json


class Body(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    inner: list["Body"] = []
    number: float = 0


@pytest.mark.parametrize("written", [r"\\u0000", r"a\\u0000b", r"\\\\u0000", r"\\\"\\u0000", r"u0000"])
def test_a_backslash_before_u0000_is_text(written: str) -> None:
    read = read_json(f'{{"text": "{written}"}}'.encode(), Body)
    assert read.text == written.replace(r"\"", '"').replace(r"\\", "\\")


@pytest.mark.parametrize("written", [r"\u0000", r"a\u0000", r"\\\u0000", r"\\\\\u0000", r"\"\u0000"])
def test_a_nul_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_json(f'{{"text": "{written}"}}'.encode(), Body)
    assert "NUL" in refused.value.faults[0].message.id


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"text": "a", "text": "b"}', "text"),
        ('{"text": "a", "text": "a"}', "text"),
        (r'{"text": "a", "te\u0078t": "b"}', "text"),
        ('{"inner": [{}, {"number": 1, "number": 2}]}', "number"),
    ],
)
def test_a_field_that_is_given_twice_is_refused_by_its_name(body: str, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_json(body.encode(), Body)
    assert [(one.path, one.message.id) for one in refused.value.faults] == [(name, "This field is given twice.")]


def test_the_same_field_of_two_objects_is_no_repetition() -> None:
    read = read_json(b'{"text": "text", "inner": [{"text": "a"}, {"text": "b"}], "number": 1e3}', Body)
    assert [one.text for one in read.inner] == ["a", "b"]
    assert read.number == 1000
