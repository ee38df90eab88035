"""Texts that people write: what is kept of them, and what is no part of a text."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from testfields.core.characters import is_seen, misfits
from testfields.core.errors import N_, Fault, fault

# NFC would turn these into their everyday forms: 神 (U+FA19) into 神, and a person or a place has another name.
COMPATIBILITY_IDEOGRAPHS = "\uf900-\ufaff\U0002f800-\U0002fa1f"

# UAX #15, 13 (Stream-Safe Text Format): no writing puts more marks on one letter.
MOST_MARKS = 30
PIECE = 200

Form = Literal["NFC", "NFKC"]

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_COMPOSED = re.compile(f"[^{COMPATIBILITY_IDEOGRAPHS}]+")
_LINE_END = re.compile(r"\r\n?")


def filled(text: str, values: Mapping[str, object]) -> str:
    """`text` with its places ``%(name)s`` taken by `values` as they are, and ``%%`` by a percent sign.

    Not Python's own formatting, which also reads widths: fourteen characters of a text can ask it for gigabytes.
    Raises KeyError for a place that has no value.
    """
    return _PLACE.sub(lambda place: str(values[place[1]]) if place[1] else "%", text)


def normal(form: Form, text: str) -> str:
    """`text` in a normalization form of Unicode, in a time that grows as its length does.

    Python compares the marks on one letter each with each: 80,000 take it seven seconds. Here they are taken in
    pieces; a piece ends inside a letter only where that bears more marks than any writing knows.
    """
    if text.isascii():
        return text
    pieces, start = [], 0
    while start < len(text):
        end = _end_of_piece(form, text, start + PIECE)
        pieces.append(unicodedata.normalize(form, text[start:end]))
        start = end
    return "".join(pieces)


def _end_of_piece(form: Form, text: str, earliest: int) -> int:
    latest = min(earliest + MOST_MARKS, len(text))
    return next((end for end in range(earliest, latest) if _begins_anew(form, text, end)), latest)


def _begins_anew(form: Form, text: str, at: int) -> bool:
    """Whether the letter at `at` is no mark and composes to nothing with those before; three make a Hangul syllable."""
    before, letter = unicodedata.normalize(form, text[at - 3 : at]), unicodedata.normalize(form, text[at])
    return (
        not unicodedata.combining(letter[0]) and unicodedata.normalize(form, text[at - 3 : at + 1]) == before + letter
    )


def tidy(text: str) -> str:
    """A text as it is kept: composed, its lines ended by ``\\n``, no blanks around it; empty where nothing is seen."""
    composed = _COMPOSED.sub(lambda part: normal("NFC", part[0]), _LINE_END.sub("\n", text)).strip()
    return composed if any(is_seen(letter) for letter in composed) else ""


def line_faults(path: str, text: str, most: int) -> list[Fault]:
    """What keeps a tidy text from being one line of at most `most` characters."""
    if "\n" in text or "\t" in text:
        return [fault(path, N_("Please write this in one line, without line breaks or tabs."))]
    return text_faults(path, text, most)


def text_faults(path: str, text: str, most: int) -> list[Fault]:
    """What keeps a tidy text of one or more lines from being kept; each kind of fault once."""
    faults = []
    if len(text) > most:
        faults.append(fault(path, N_("Please write at most %(most)s characters."), most=most))
    told = set()
    # Of what is too long the rest does not matter.
    for letter, message in misfits(text[:most]):
        if message not in told:
            faults.append(fault(path, message, code=f"U+{ord(letter):04X}"))
            told.add(message)
    return faults
