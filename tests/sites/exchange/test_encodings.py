"""Names of encodings, and garbled text."""

import pytest

from testfields.sites.exchange.encodings import CP932, UTF_8, encoding_called, meant_by


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *((name, UTF_8) for name in ("UTF-8", "utf8", "65001", "UTF_8")),
        *((name, CP932) for name in ("Shift_JIS", "SHIFT-JIS", "SJIS", "x-sjis", "CP932", "932", "ANSI 932", "MS932")),
        *((name, CP932) for name in ("Windows-31J", "windows-932", "OEM 932")),
        *((name, None) for name in ("ISO-8859-1", "CP437", "EUC-JP", "1252", "ANSI 1252", "Big5", "UTF-16", "")),
    ],
)
def test_an_encoding_is_known_by_the_names_that_programs_give_it(name: str, encoding: str | None) -> None:
    assert encoding_called(name) == encoding


RIGHT = [
    "実証フィールド",
    "ﾄﾞﾛｰﾝ",
    "①髙の原 ~ \\ ‾ ¥",
    "葛\U000e0100城",
    "ÖBB Köln – Café, naïve",
    "élan ÀÉÈ né",
    "Ñandú",
    "Việt Nam",
    "Καλημέρα",
    "поле",
    "สนาม",
    "🙂‍↔️",
    "naïve 実証",
    "ÅÄÖ",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_text_that_is_what_it_should_be_is_not_taken_for_garbled(text: str) -> None:
    assert meant_by(text) is None


@pytest.mark.parametrize("text", ["実証フィールド", "大阪市此花区夢洲東1丁目", "ﾄﾞﾛｰﾝ", "テスト"])
@pytest.mark.parametrize(
    ("written", "read"),
    [("utf-8", "cp932"), ("utf-8", "latin-1"), ("utf-8", "cp1252"), ("cp932", "latin-1"), ("cp932", "cp1252")],
)
def test_text_read_in_the_wrong_encoding_is_told_with_what_it_meant(text: str, written: str, read: str) -> None:
    try:
        garbled = text.encode(written).decode(read)
    except UnicodeDecodeError:
        pytest.skip("a reader that keeps to the encoding refuses this text by itself")
    assert meant_by(garbled) == text


def test_text_of_which_something_was_lost_is_seen_to_be_garbled() -> None:
    garbled = "こちらはフィールド".encode().decode("cp932", "replace").replace("\ufffd", "?")
    assert meant_by(garbled) == ""
