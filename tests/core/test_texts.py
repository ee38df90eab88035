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
        ("a\u200cb", "U+200C"),
        ("か\u200dな", "U+200D"),
        ("大阪\u200e", "U+200E"),
        ("می\u200c\u200cخواهم", "U+200C"),
        ("\u200d👩", "U+200D"),
        ("👩\u200d", "U+200D"),
        ("A\U000e0067\U000e007f", "U+E0067"),
        ("🏴\U000e0067\U000e0062", "U+E0067"),
    ],
)
def test_what_hides_in_a_text_is_told_by_its_code(written: str, code: str) -> None:
    for faults in (line_faults, text_faults):
        (found,) = faults("title_ja", tidy(written), 100)
        assert (found.path, found.message.values) == ("title_ja", {"code": code})


OTHER_WRITINGS = {
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Persian": "می\u200cخواهم",
    "Hindi": "क्\u200dष और क्\u200cष",
    "Malayalam": "അവന്\u200d",
    "Khmer, parted": "ភាសា\u200bខ្មែរ",
    "Thai": "สนามทดสอบ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ᠌\u180e",
    "Hebrew with a mark of direction": "\u200fשדה (A)\u200e",
    "Arabic, a year's sign": "\u0601٢٠٢٦",
    "marks in a row": "Việt Nam a\u0323\u0302",
    "a smile that nods": "実証\U0001f642\u200d\u2194\ufe0f",
    "England": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Japan": "\U0001f1ef\U0001f1f5",
    "a rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "two people of two skins": "\U0001f9d1\U0001f3fb\u200d\U0001f91d\u200d\U0001f9d1\U0001f3ff",
    "a keycap": "1\ufe0f\u20e3",
    "of Unicode 15, newer than Python's tables": "\U0001fae8",
    "of Unicode 15.1, joined": "\u26d3\ufe0f\u200d\U0001f4a5",
}


@pytest.mark.parametrize("text", OTHER_WRITINGS.values(), ids=OTHER_WRITINGS)
def test_other_scripts_and_emoji_are_texts_like_others(text: str) -> None:
    assert tidy(text) == unicodedata.normalize("NFC", text)
    assert line_faults("title_ja", tidy(text), 100) == []


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        ("\ue000田実証場", "U+E000", "private-use"),
        ("\uf8ff", "U+F8FF", "private-use"),
        ("\U000f0000", "U+F0000", "private-use"),
        ("\U0010fffd", "U+10FFFD", "private-use"),
        ("大\ufffd市", "U+FFFD", "lost"),
        ("図\ufffc", "U+FFFC", "lost"),
        ("\ufdd0", "U+FDD0", "lost"),
        ("a\uffff", "U+FFFF", "lost"),
        ("a\U0001fffe", "U+1FFFE", "lost"),
    ],
)
def test_what_others_do_not_see_as_it_was_meant_is_told_by_its_code(written: str, code: str, said: str) -> None:
    (found,) = line_faults("title_ja", tidy(written), 100)
    assert found.message.values == {"code": code}
    assert said in found.message.id


def test_each_kind_of_misfit_is_told_once() -> None:
    found = text_faults("purpose", "\ue000\ue001 \ufffd\ufffd \u200b\u200b", 100)
    assert [one.message.values["code"] for one in found] == ["U+E000", "U+FFFD", "U+200B"]


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
