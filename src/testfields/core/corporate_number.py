"""法人番号, the thirteen digits by which Japan knows an organisation."""

from testfields.core.texts import normal


def check_digit(base: str) -> int:
    """Check digit of a twelve-digit base number (国税庁, 法人番号の指定等に関する省令 2条)."""
    weighted = sum(int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(base), start=1))
    return 9 - weighted % 9


def folded_number(text: str) -> str:
    """A number as it is kept, also where it was typed in full width or with hyphens, as letterheads print it."""
    return normal("NFKC", text).replace("-", "").replace(" ", "")


def is_corporate_number(text: str) -> bool:
    """Whether `text` is thirteen ASCII digits led by their own check digit."""
    return len(text) == 13 and text.isascii() and text.isdigit() and int(text[0]) == check_digit(text[1:])
