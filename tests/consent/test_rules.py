"""Which version of a text is in force, and what may be published."""

from datetime import UTC, date, datetime

from testfields.consent.rules import Block, Kind, Version, blocks, in_force, publishing_faults, superseded

SAMPLE = Version(Kind.TERMS, 0, "", "")
FIRST = Version(Kind.TERMS, 1, "", "", datetime(2026, 4, 1, tzinfo=UTC))
SECOND = Version(Kind.TERMS, 2, "", "", datetime(2026, 10, 1, tzinfo=UTC))
TODAY = date(2026, 6, 1)


def test_the_newest_that_applies_is_in_force_and_before_the_first_the_sample() -> None:
    every = [SAMPLE, FIRST, SECOND]
    days = [datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    assert [in_force(every, day).version for day in days] == [0, 1, 2]


def test_a_newer_one_that_applies_earlier_takes_the_place_of_what_was_announced() -> None:
    third = Version(Kind.TERMS, 3, "", "", datetime(2026, 6, 1, tzinfo=UTC))
    every = [SAMPLE, FIRST, SECOND, third]
    days = [datetime(2026, 5, 31, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)]
    assert [in_force(every, day).version for day in days] == [1, 3, 3]
    assert [one for one in every if superseded(one, every)] == [SECOND]
    assert not any(superseded(one, every[:3]) for one in every[:3])


def test_a_text_is_paragraphs_and_headings_and_nothing_else() -> None:
    assert blocks("# One\nfirst\nline\n\n\n<b>two</b>\n\n#three") == [
        Block(True, "One"), Block(False, "first\nline"), Block(False, "<b>two</b>"), Block(False, "#three"),
    ]  # fmt: skip


def test_a_version_applies_from_today_on_and_within_a_year() -> None:
    def paths(day: date, text: str = "x") -> list[str]:
        return [one.path for one in publishing_faults(text, text, day, TODAY)]

    assert paths(TODAY) == []
    assert paths(date(2026, 5, 31)) == ["applies_from"]
    assert paths(date(2027, 6, 1)) == []
    assert paths(date(2027, 6, 2)) == ["applies_from"]
    assert paths(TODAY, text="") == ["text.ja", "text.en"]
    assert paths(TODAY, text="x" * 50_001) == ["text.ja", "text.en"]
