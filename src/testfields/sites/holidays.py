"""The public holidays of Japan (国民の祝日に関する法律), and the days around New Year: data, from 2020 to 2099.

`holidays.txt` is written by tests/sites/holidays.py; the database has the same days as rows (`SQL`).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from testfields.sites.vocabulary import Label

FILE = Path(__file__).with_name("holidays.txt")
SUBSTITUTE = " 振替休日"
NAMES: Mapping[str, str] = {
    "元日": "New Year's Day",
    "成人の日": "Coming of Age Day",
    "建国記念の日": "National Foundation Day",
    "天皇誕生日": "Emperor's Birthday",
    "春分の日": "Vernal Equinox Day",
    "昭和の日": "Showa Day",
    "憲法記念日": "Constitution Memorial Day",
    "みどりの日": "Greenery Day",
    "こどもの日": "Children's Day",
    "海の日": "Marine Day",
    "山の日": "Mountain Day",
    "敬老の日": "Respect for the Aged Day",
    "秋分の日": "Autumnal Equinox Day",
    "スポーツの日": "Sports Day",
    "文化の日": "Culture Day",
    "勤労感謝の日": "Labour Thanksgiving Day",
    "国民の休日": "National holiday",
}
YEAR_END = Label("年末年始", "New Year holidays")


@cache
def public_holidays() -> Mapping[date, Label]:
    """The name of each, in both languages."""
    found = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        day, _, name = line.partition(" ")
        plain = name.removesuffix(SUBSTITUTE)
        in_english = NAMES[plain] + (" (substitute)" if plain != name else "")
        found[date.fromisoformat(day)] = Label(name, in_english)
    return found


def is_year_end(day: date) -> bool:
    """29 December to 3 January, when public bodies are closed (行政機関の休日に関する法律 1条1項3号)."""
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


def day_off(day: date) -> Label | None:
    """What is kept on a day: a public holiday, or the turn of the year."""
    return public_holidays().get(day) or (YEAR_END if is_year_end(day) else None)


def sql() -> str:
    """The same days for SQL, as rows of `public_holiday`."""
    days = ", ".join(f"('{day}')" for day in public_holidays())
    return (
        "DELETE FROM public_holiday;\n"  # noqa: S608 (dates of the file alone)
        f"INSERT INTO public_holiday (day) VALUES {days};\n"
        "CREATE OR REPLACE FUNCTION is_year_end(day date) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS\n"
        "$$ SELECT extract(month FROM day) * 100 + extract(day FROM day) NOT BETWEEN 104 AND 1228 $$;\n"
    )
