"""One folding for every search: how a word was typed or stored does not matter."""

import pytest

from testfields.db.statements import Statement

FOLDED = Statement("SELECT folded(:told)")
SOUGHT = Statement("SELECT pattern, number FROM sought(:typed) ORDER BY pattern")


@pytest.mark.parametrize(
    ("told", "folded"),
    [
        ("ﾄﾞﾛｰﾝ配送ＰｏＣ", "どろーん配送poc"),
        ("ド\u30edーン", "どろーん"),
        ("ハ\u309aン", "ぱん"),
        ("ひらがな・ヵヶ月", "ひらがな・ゕゖ月"),
        ("ヴヷ", "ゔヷ"),
        ("葛\U000e0100城", "葛城"),
        ("渡辺\ufe00", "渡辺"),
        ("\ufa19谷", "神谷"),
        ("１４４", "144"),
        ("㈱①", "(株)1"),
        ("ÉCOLE", "école"),
        ("9:00〜11:00 ９：００～１１：００", "9:00~11:00 9:00~11:00"),
        ("2026‐12−03―", "2026-12-03-"),
        ("می\u200cخواهم", "میخواهم"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\U0001f469"),
        ("", ""),
    ],
)
async def test_what_was_typed_another_way_is_the_same(db: None, told: str, folded: str) -> None:
    assert await FOLDED.value(told=told) == folded
    assert await FOLDED.value(told=folded) == folded


async def test_every_katakana_has_its_hiragana(db: None) -> None:
    hiragana = "".join(chr(code) for code in range(ord("ぁ"), ord("ゖ") + 1))
    katakana = "".join(chr(ord(one) + 0x60) for one in hiragana)
    assert await FOLDED.value(told=katakana) == hiragana


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("夢洲　ドローン", [("%どろーん%", None), ("%夢洲%", None)]),
        ("a a", [("%a%", None)]),
        ("100%_\\", [(r"%100\%\_\\%", None)]),
        ("１４４", [("%144%", 144)]),
        ("144番", [("%144番%", 144)]),
        ("#144", [("%#144%", 144)]),
        ("No. 144", [("%no.144%", 144)]),
        ("№144", [("%no144%", 144)]),
        ("第144号 舞洲", [("%第144号%", 144), ("%舞洲%", None)]),
        ("144a", [("%144a%", None)]),
        ("9" * 30, [(f"%{'9' * 30}%", None)]),
        ("  　", []),
        (None, []),
    ],
)
async def test_each_word_is_looked_for_and_a_number_also_as_one(
    db: None, typed: str | None, sought: list[tuple[str, int | None]]
) -> None:
    assert sorted(tuple(row) for row in await SOUGHT.rows(typed=typed)) == sorted(sought)
