"""How the text of a file is encoded: by which name people call it, and whether it was read in the wrong one."""

import re
from collections.abc import Iterator

UTF_8, CP932 = "UTF-8", "CP932"
# What programs write into a .cpg, without its signs and in small letters. Japanese ones mean CP932 by Shift_JIS, which
# lacks ① and 髙, and has ¥ and ‾ where people typed \ and ~.
NAMES = {
    **dict.fromkeys(("utf8", "65001", "cp65001"), UTF_8),
    **dict.fromkeys(("932", "cp932", "ms932", "ansi932", "oem932", "windows932"), CP932),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "csshiftjis", "mskanji"), CP932),
    **dict.fromkeys(("windows31j", "cswindows31j"), CP932),
}
# Kana, kanji and their half and full width forms.
JAPANESE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f"
_JAPANESE = re.compile(f"[{JAPANESE}]")
_NOTHING_ELSE = re.compile(f"[\x20-\x7e{JAPANESE}\u3000-\u303f]*")
# How UTF-8 begins most kana, read as CP932; nobody's name and hardly a word has these kanji.
_GARBLED_KANA = re.compile("[縺繧繝]")
# The same in Windows-1252, where letters with an accent are followed by letters and seldom by signs.
_GARBLED_WESTERN = re.compile("[ãäåæçèéï][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ•–—˜™š›œžŸ]")
# A text in CP932 that was read as Western European letters has at least so many beyond ASCII, and such a share of them:
# words have fewer accents. Of signs that hardly stand in a word two are enough.
LEAST_WESTERN, LEAST_WESTERN_SHARE, LEAST_STRANGE = 4, 0.5, 2
_STRANGE = re.compile("[\x80-\x9fƒ‚„†‡‹Œ]")


def encoding_called(name: str) -> str | None:
    """`UTF_8` or `CP932`, by any of their names; None for another encoding."""
    return NAMES.get(re.sub(r"[^a-z0-9]", "", name.lower()))


def meant_by(text: str) -> str | None:
    """What a garbled text (文字化け) was before it was read in the wrong encoding, "" where only that is seen.

    None for a text that is what it should be.
    """
    if text.isascii():
        return None
    meant = next(_readings(text), None)
    if meant is None and any(len(one.findall(text)) > 1 for one in (_GARBLED_KANA, _GARBLED_WESTERN)):
        return ""
    return meant


def _readings(text: str) -> Iterator[str]:
    """Japanese that `text` becomes when it is read anew; what was read rightly hardly ever becomes any."""
    western = _western_bytes(text)
    for written in (_bytes(text, CP932), western):
        meant = None if written is None else _text(written, UTF_8)
        if meant and _JAPANESE.search(meant):
            yield meant
    beyond = sum(not letter.isascii() for letter in text)
    enough = beyond >= LEAST_WESTERN or len(_STRANGE.findall(text)) >= LEAST_STRANGE
    if western is not None and enough and beyond >= LEAST_WESTERN_SHARE * len(text):
        meant = _text(western, CP932)
        if meant and _JAPANESE.search(meant) and _NOTHING_ELSE.fullmatch(meant):
            yield meant


def _western_bytes(text: str) -> bytes | None:
    """`text` in Windows-1252, and in Latin-1 what that lacks; None for letters of other scripts."""
    try:
        return b"".join(_bytes(letter, "cp1252") or letter.encode("latin-1") for letter in text)
    except UnicodeEncodeError:
        return None


def _bytes(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def _text(written: bytes, encoding: str) -> str | None:
    try:
        return written.decode(encoding)
    except UnicodeDecodeError:
        return None
