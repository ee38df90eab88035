"""Characters one by one: which of them people see, and which have no place in what is kept for others to read.

Every script and every emoji has its place, and so have the characters in them that are not seen themselves: joiners in
Persian and Sinhala, variation selectors, the tags of a flag.
"""

import re
import unicodedata
from collections.abc import Iterator

from testfields.core.errors import N_

# Letters and symbols by name, and yet nothing is seen of them: Hangul fillers and the empty Braille pattern.
UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# General categories (Unicode, 4.5) of what controls a text instead of being one: control, format, half a surrogate
# pair, and the line and paragraph separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Of the category Cf, and seen all the same: they enclose digits (Unicode, 9.2), or place hieroglyphs (11.4).
SEEN_FORMATS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]")

# Scripts whose letters take another form beside a joiner, or that break lines at a zero width space: from Hebrew to
# Myanmar, Khmer, Mongolian, and their likes further on.
_JOINING_SCRIPTS = (
    "\u0590-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00011fff\U0001e900-\U0001e95f"
)
_EMOJI = "[\u00a9\u00ae\u203c\u2049\u2100-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001fbff]"
# With its look and its tone of skin; bounded, as are the tags: long rows of them cost no more than their length.
_ONE_EMOJI = f"{_EMOJI}[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]{{0,4}}+"
# UTS #51, 1.4.9: several emoji joined to one, and a flag with the tags of its region.
BELONGING = re.compile(
    f"(?<=[{_JOINING_SCRIPTS}])[\u180e\u200b-\u200d]"
    f"|{_ONE_EMOJI}(?:\u200d{_ONE_EMOJI})+"
    f"|{_ONE_EMOJI}[\U000e0020-\U000e007e]{{1,32}}\U000e007f"
)
# Marks of direction: they belong to a text that runs from right to left somewhere.
DIRECTIONS = frozenset("\u061c\u200e\u200f")
FROM_RIGHT_TO_LEFT = frozenset({"R", "AL"})
# What stands for a character that a program could not read, or for a thing that is no text.
REPLACEMENTS = frozenset("\ufffc\ufffd")

IS_HIDDEN = N_("This holds a character that cannot be seen (%(code)s). Please delete it, or type the text anew.")
IS_PRIVATE = N_(
    "This holds a character that only some computers have (%(code)s, a private-use character): others do not see what"
    " is meant. Please write it in another way."
)
IS_LOST = N_(
    "A character of this text was lost before it came here (%(code)s stands in its place). Please type it anew."
)


def is_seen(letter: str) -> bool:
    """Whether anything is seen of a letter by itself, be it a box: Python's tables are older than the newest emoji."""
    category = unicodedata.category(letter)
    return (category[0] in "LNPS" or category in {"Cn", "Co"}) and letter not in UNSEEN


def misfits(text: str) -> Iterator[tuple[str, str]]:
    """What has no place in a text: each such character, and what is said of it."""
    belonging = {place for found in BELONGING.finditer(text) for place in range(*found.span())}
    turned = any(unicodedata.bidirectional(letter) in FROM_RIGHT_TO_LEFT for letter in text)
    for place, letter in enumerate(text):
        category = unicodedata.category(letter)
        if category == "Co":
            yield letter, IS_PRIVATE
        elif letter in REPLACEMENTS or (category == "Cn" and _is_none(letter)):
            yield letter, IS_LOST
        elif category in HIDDEN and place not in belonging and not _is_let_pass(letter, turned):
            yield letter, IS_HIDDEN


def _is_let_pass(letter: str, turned: bool) -> bool:
    return letter in "\n\t" or (turned and letter in DIRECTIONS) or SEEN_FORMATS.match(letter) is not None


def _is_none(letter: str) -> bool:
    """Whether Unicode promises that there never will be such a character (23.7)."""
    return ord(letter) & 0xFFFE == 0xFFFE or "\ufdd0" <= letter <= "\ufdef"
