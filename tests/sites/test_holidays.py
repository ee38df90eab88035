"""Days off and days with hours of their own: what is open then, against a calendar worked out by hand."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testfields.availability.free import FreeQuery
from testfields.availability.search import free_times
from testfields.core.errors import InvalidInput
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.sites.exchange.exporting import export_file
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.notation import format_exceptions, parse_exceptions
from testfields.sites.exchange.stored import stored_sites
from testfields.sites.holidays import FILE, day_off, is_year_end, public_holidays
from testfields.sites.tables import ExceptionDay, Site
from tests import factories
from tests.availability.fields import open_at
from tests.availability.slow_model import Opening, Walk, every
from tests.closures.test_displacing import slug_of
from tests.sites.catalogue import NOW, bring, harbour, owner
from tests.sites.holidays import lines

NINE_TO_FIVE = [Opening(weekday, 540, 1020) for weekday in range(1, 8)]


def test_the_file_says_what_the_law_does() -> None:
    told = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    for year in (2026, 2032):
        assert [one for one in told if one.startswith(str(year))] == lines([year])


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2026, 5, 6), "憲法記念日 振替休日", "Constitution Memorial Day (substitute)"),
        (date(2026, 9, 22), "国民の休日", "National holiday"),
        (date(2027, 1, 1), "元日", "New Year's Day"),
        (date(2027, 1, 3), "年末年始", "New Year holidays"),
    ],
)
def test_a_day_off_has_its_name(day: date, ja: str, en: str) -> None:
    found = day_off(day)
    assert found is not None
    assert (found.ja, found.en) == (ja, en)


def test_other_days_have_none() -> None:
    assert [day_off(day) for day in (date(2026, 12, 28), date(2027, 1, 4), date(2026, 5, 7))] == [None] * 3


async def test_the_database_knows_the_same_days(db: None) -> None:
    async with DB.connection() as connection:
        days = await connection.fetch("SELECT day FROM public_holiday ORDER BY day")
        ends = await connection.fetch(
            "SELECT day::date AS day FROM generate_series(date '2026-01-01', date '2027-12-31', '1 day') day"
            " WHERE is_year_end(day::date)"
        )
    assert [row["day"] for row in days] == sorted(public_holidays())
    year = [date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(730)]
    assert [row["day"] for row in ends] == [day for day in year if is_year_end(day)]


SPANS = [(), ((0, 600),), ((600, 900), (1320, 1560)), ((0, 1440),)]
PLACES = [
    ("Asia/Tokyo", date(2031, 5, 4)), ("Asia/Tokyo", date(2031, 12, 31)), ("Asia/Tokyo", date(2032, 9, 21)),
    ("America/New_York", date(2031, 11, 3)), ("Australia/Lord_Howe", date(2031, 10, 5)),
]  # fmt: skip


@given(
    place=st.sampled_from(PLACES),
    hours=st.sampled_from([NINE_TO_FIVE, [Opening(one, 1200, 1620) for one in range(1, 8)], [Opening(3, 0, 1440)]]),
    holidays=st.booleans(),
    year_end=st.booleans(),
    others=st.dictionaries(st.integers(-2, 3), st.sampled_from(SPANS), max_size=3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_it_is_open_as_its_calendar_says(
    db: None,
    place: tuple[str, date],
    hours: list[Opening],
    holidays: bool,
    year_end: bool,
    others: Mapping[int, tuple[tuple[int, int], ...]],
) -> None:
    walk = Walk(*place)
    own = {walk.day + timedelta(days=ahead): spans for ahead, spans in others.items()}
    site_id = await factories.site(
        await factories.organisation(factories.OrganisationKind.OWNER),
        timezone=walk.zone,
        published=False,
        public_holidays="closed" if holidays else "open",
        year_end="closed" if year_end else "open",
    )
    await open_at(site_id, [(one.weekday, one.opens, one.closes) for one in hours])
    for day, spans in own.items():
        for opens, closes in spans or ((None, None),):
            await ExceptionDay(site_id=site_id, day=day, opens_minute=opens, closes_minute=closes).save()

    first, last = (walk.begins(walk.day + timedelta(days=ahead)) for ahead in (0, 2))
    async with DB.connection() as connection:
        rows = await connection.fetch(
            "SELECT lower(period) AS opens, upper(period) AS closes FROM opening(tstzrange($1, $2)) WHERE site_id = $3",
            walk.at(first), walk.at(last), site_id,
        )  # fmt: skip

    found = every([(walk.number(row["opens"]), walk.number(row["closes"])) for row in rows])
    assert found & set(range(first, last)) == by_hand(walk, hours, holidays, year_end, own) & set(range(first, last))


def by_hand(
    walk: Walk, hours: list[Opening], holidays: bool, year_end: bool, own: Mapping[date, tuple[tuple[int, int], ...]]
) -> set[int]:
    """The minutes during which it is open, day by day."""
    found: set[int] = set()
    for day in sorted({clock.date() for clock in walk.shown})[1:-2]:
        spans = [(one.opens, one.closes) for one in hours if one.weekday == day.isoweekday()]
        off = (holidays and day in public_holidays()) or (year_end and (day.month, day.day) in NEW_YEAR)
        midnight = datetime.combine(day, time())
        for opens, closes in own.get(day, () if off else tuple(spans)):
            start, end = (walk.last_when(midnight + timedelta(minutes=each)) for each in (opens, closes))
            found.update(range(start, end))
    return found


NEW_YEAR = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}


async def test_nothing_is_free_on_a_day_off_and_the_page_says_why(db: None, client: AsyncClient) -> None:
    field = await factories.field(public_holidays="closed", year_end="closed", horizon_days=3650)
    slug = await slug_of(field.site_id)
    # A Monday and a public holiday, in a year of its own.
    day = date(2031, 1, 13)
    at = datetime(2031, 1, 10, tzinfo=UTC)
    within = Period(datetime(2031, 1, 11, 15, tzinfo=UTC), datetime(2031, 1, 14, 15, tzinfo=UTC))
    (area,) = await free_times(FreeQuery(within, sites=(slug,)), at)
    assert [(one.start, one.end) for one in area.free] == [
        (datetime(2031, 1, 11, 15, tzinfo=UTC), datetime(2031, 1, 12, 15, tzinfo=UTC)),
        (datetime(2031, 1, 13, 15, tzinfo=UTC), datetime(2031, 1, 14, 15, tzinfo=UTC)),
    ]
    page = (await client.get(f"/sites/{slug}?from={day}&lang=ja")).text
    for said in ("成人の日", "休業日", "祝日・休日は休業"):
        assert said in page


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-30 closed", "not readable"),
        ("2026-08-13", "not readable"),
        ("2026-08-13 09:00", "not readable"),
        ("2026-08-13 10:00-12:00, 11:00-13:00", "not readable"),
        ("2026-08-13 closed; 2026-08-13 10:00-12:00", "twice"),
        ("; ".join(["2026-08-13 closed"] * 401), "at most"),
    ],
)
def test_a_day_that_makes_no_sense_is_told(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_exceptions(text, "exceptions")
    assert reason in refusal.value.faults[0].message.id


def test_days_are_written_as_they_are_read() -> None:
    text = "2026-08-13 closed; 2026-11-03 10:00-12:00, 22:00-26:00"
    assert format_exceptions(parse_exceptions(text, "exceptions")) == text


async def test_days_off_go_out_with_a_file_and_come_in_again(db: None, tmp_path: Path) -> None:
    await owner()
    days = {"public_holidays": "closed", "exceptions": "2026-08-13 closed; 2026-11-03 10:00-15:00"}
    await bring(tmp_path, harbour(**days))
    await export_file(tmp_path / "out.geojson")
    assert (await import_file(tmp_path / "out.geojson", None, NOW)).unchanged == ("harbour",)
    (stored,) = await stored_sites()
    assert (stored.public_holidays, stored.year_end, len(stored.exceptions)) == ("closed", "open", 2)


async def test_staff_close_on_holidays_and_on_days_of_their_own(db: None, client: AsyncClient) -> None:
    field = await factories.field()
    slug = await slug_of(field.site_id)
    csrf = await factories.log_in(client, field.site_manager)
    form = {
        **csrf,
        "version": "1",
        "hours_1": "09:00-17:00",
        "public_holidays": "closed",
        "year_end": "closed",
        "exceptions": "2031-08-13 closed\r\n2031-11-03 10:00-15:00\r\n",
    }
    assert (await client.post(f"/desk/sites/{slug}/hours", data={**form, "exceptions": "soon"})).status_code == 422
    assert (await client.post(f"/desk/sites/{slug}/hours", data=form)).status_code == 303
    told = (await client.get(f"/api/v1/sites/{slug}")).json()
    assert (told["public_holidays"], told["year_end"]) == ("closed", "closed")
    assert told["exceptions"] == [
        {"day": "2031-08-13", "opens": None, "closes": None},
        {"day": "2031-11-03", "opens": "10:00", "closes": "15:00"},
    ]
    assert "2031-08-13 closed\n2031-11-03 10:00-15:00" in (await client.get(f"/desk/sites/{slug}/hours")).text
    assert await Site.count().where(Site.public_holidays == "closed") == 1
