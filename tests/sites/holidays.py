"""Writes sites/holidays.txt anew: ``uv run python -m tests.sites.holidays``, after a law or jpholiday has changed."""

from collections.abc import Iterable

import jpholiday

from testfields.sites.holidays import FILE

# The equinoxes are known by formula that far (国立天文台 fixes each in February of the year before).
YEARS = range(2020, 2100)


def lines(years: Iterable[int]) -> list[str]:
    """Each holiday of these years, as the file has it."""
    return [f"{day} {name}\n" for year in years for day, name in sorted(jpholiday.year_holidays(year))]


if __name__ == "__main__":
    FILE.write_text("".join(lines(YEARS)), encoding="utf-8")
