"""What is kept of a text, and what is refused."""

import unicodedata

import pytest

from testfields.core.texts import MOST_MARKS, PIECE, filled, line_faults, normal, text_faults, tidy

FAMILY = "👩\u200d👩\u200d👧"
DOCTOR = "👩🏽\u200d⚕\ufe0f"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  夢洲の走行試験　", "夢洲の走行試験"),
        ("か\u3099", "が"),
        ("一行目\r\n二行目\r三行目\n", "一行目\n二行目\n三行目"),
        # A person's name keeps the form in which it is written.
        ("\ufa19谷", "\ufa19谷"),
        (f"{FAMILY} {DOCTOR}", f"{FAMILY} {DOCTOR}"),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_a_text_is_kept_as_it_was_meant(written: str, kept: str) -> None:
    assert tidy(written) == kept
    assert text_faults("note", kept, 100) == []


@pytest.mark.parametrize(
    "nothing", ["", "   ", "　\t\n", "\u200b", "\u200b \u2060", "\ufeff", "\u3164", "\u2800", "\u034f", "\x00"]
)
def test_what_nobody_can_see_is_no_text(nothing: str) -> None:
    assert tidy(nothing) == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("\u202ertl", "U+202E"),
        ("大阪\x00府", "U+0000"),
        ("大\u200b阪", "U+200B"),
        ("a\u200db", "U+200D"),
        ("大\u200d阪", "U+200D"),
        ("soft\u00adhyphen", "U+00AD"),
        ("\u2066turned\u2069", "U+2066"),
        ("para\u2029graph", "U+2029"),
        ("half \ud83d", "U+D83D"),
        ("bell\a", "U+0007"),
    ],
)
def test_what_hides_in_a_text_is_told_by_its_code(written: str, code: str) -> None:
    for faults in (line_faults, text_faults):
        (found,) = faults("title_ja", tidy(written), 100)
        assert (found.path, found.message.values) == ("title_ja", {"code": code})


def test_a_title_is_one_line_and_a_plan_may_have_several() -> None:
    text = tidy("見出し\r\n■ 別の見出し")
    assert [one.path for one in line_faults("title_ja", text, 100)] == ["title_ja"]
    assert text_faults("purpose", text, 100) == []


def test_a_text_may_be_as_long_as_its_field() -> None:
    assert line_faults("name", "あ" * 200, 200) == []
    assert len(line_faults("name", "あ" * 201, 200)) == 1


def test_places_are_filled_with_values_as_they_are() -> None:
    text = filled("%(who)s: 100 %%, %(what)s, %(a)400000000s, %d", {"who": "%(what)s", "what": r"\1"})
    assert text == r"%(what)s: 100 %, \1, %(a)400000000s, %d"
    with pytest.raises(KeyError):
        filled("%(who)s", {})


# What composes over two and over three letters, each where a piece may end.
@pytest.mark.parametrize(
    "letters", ["か\u3099", "\u1112\u1161\u11ab", "\u09c7\u09be", "ｶﾞ", "a\u0323\u0302", "神\ufa19"]
)
@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_a_long_text_is_normalized_as_a_whole(letters: str, form: str) -> None:
    for before in range(PIECE - 3, PIECE + 1):
        text = "x" * before + letters * 100
        assert normal(form, text) == unicodedata.normalize(form, text)


def test_more_marks_than_any_writing_knows_are_sorted_in_pieces() -> None:
    marks = "\u0300\u0323" * 10_000
    assert len(normal("NFC", marks)) == len(marks)
    assert normal("NFC", "a" + marks[:MOST_MARKS]) == unicodedata.normalize("NFC", "a" + marks[:MOST_MARKS])
