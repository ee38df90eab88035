"""Finding a test field and reading its calendar, as a browser asks for the pages."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient, Response

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.core.clock import now
from testfields.core.heights import geoid_m
from testfields.sites.tables import OpeningHours, Site
from tests import factories
from tests.maps.making import trial

pytestmark = pytest.mark.usefixtures("db")

TOKYO = ZoneInfo("Asia/Tokyo")
ENGLISH = {"Accept-Language": "en"}


class Links(HTMLParser):
    """The addresses of a page's links, by the class of the link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            given = dict(attrs)
            self.found.append((given.get("class") or "", given.get("href") or ""))

    def of(self, kind: str) -> list[str]:
        return [href for names, href in self.found if kind in names.split()]


async def get(client: AsyncClient, path: str, **query: str | Sequence[str]) -> Response:
    return await client.get(path, params=query, headers=ENGLISH)


def named(page: Response) -> set[str]:
    """The slugs of the fields on the list."""
    return set(re.findall(r'data-feature="site-([a-z0-9-]+)"', page.text))


async def slug_of(field: factories.Field) -> str:
    row = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert row is not None
    return str(row["slug"])


def in_days(days: int) -> date:
    return now().astimezone(TOKYO).date() + timedelta(days=days)


def at(day: date, clock: str) -> str:
    return f"{day}T{clock}"


async def book(field: factories.Field, hour: float, hours: float, days: int = 1) -> None:
    """A confirmed reservation of the whole area."""
    company = await factories.company()
    await trial(company, await factories.project(company), field.area_id, factories.period(hour, hours, days))


# --- The list


async def test_the_list_names_each_field_with_what_it_offers(client: AsyncClient) -> None:
    await factories.field(slug="quay", name_en="Quay", facilities='{"5g": true, "power_kw": 30}')
    page = await get(client, "/sites")
    assert page.status_code == 200
    assert named(page) == {"quay"}
    for text in ("Quay", "5G, Power 30 kW", "0–150 m above ground", "Next free", "Drone"):
        assert text in page.text


async def test_japanese_is_the_first_language(client: AsyncClient) -> None:
    await factories.field()
    page = await client.get("/sites")
    assert 'lang="ja"' in page.text
    assert "次の空き" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"flat", "hill"}),
        ({"use": "drone"}, {"hill"}),
        ({"facility": "5g"}, {"flat"}),
        ({"facility": ["5g", "fence"]}, set()),
        ({"facility": "power_kw=20"}, {"flat"}),
        ({"facility": "power_kw=40"}, set()),
        ({"surface": "asphalt"}, {"flat"}),
        ({"surface": "grass"}, set()),
        ({"owner": "city"}, {"flat", "hill"}),
        ({"owner": "nobody"}, set()),
        ({"words": "Ｈill"}, {"hill"}),
        ({"ha": "90"}, {"flat", "hill"}),
        ({"ha": "500"}, set()),
        ({"after": "flat"}, {"hill"}),
    ],
)
async def test_the_list_is_narrowed(client: AsyncClient, query: dict[str, str], found: set[str]) -> None:
    owner = await factories.organisation(OrganisationKind.OWNER, slug="city")
    offers = '{"5g": true, "power_kw": 30, "surface": "asphalt"}'
    flat = await factories.site(owner, slug="flat", name_en="Flat", uses=["vehicle"], facilities=offers)
    hill = await factories.site(owner, slug="hill", name_en="Hill", uses=["drone"])
    await factories.area(flat, uses=[])
    await factories.area(hill, uses=[])
    page = await get(client, "/sites", **query)
    assert page.status_code == 200
    assert named(page) == found
    on_map = (await get(client, "/sites.geojson", **query)).json()
    assert {one["id"] for one in on_map["features"]} == found | ({"flat"} if "after" in query else set())


async def test_a_field_that_is_taken_is_not_free(client: AsyncClient) -> None:
    taken, free = await factories.field(slug="taken"), await factories.field(slug="free")
    await book(taken, hour=9, hours=3)
    day = in_days(1).isoformat()
    assert named(await get(client, "/sites", on=day, start="10:00", end="11:00")) == {"free"}
    assert named(await get(client, "/sites", on=day, start="12:00", end="13:00")) == {"free", "taken"}
    assert named(await get(client, "/sites", on=day, start="08:00", end="13:00")) == {"free"}
    assert named(await get(client, "/sites", on=day)) == {"free", "taken"}
    assert (await get(client, "/sites.geojson", on=day, start="10:00", end="11:00")).json()["numberMatched"] == 1
    assert free.site_id != taken.site_id


async def test_the_next_free_time_is_the_first_that_can_be_booked(client: AsyncClient) -> None:
    field = await factories.field(notice_minutes=60)
    await OpeningHours.delete().where(OpeningHours.site_id == field.site_id)
    for weekday in range(1, 8):
        await OpeningHours(site_id=field.site_id, weekday=weekday, opens_minute=540, closes_minute=720).save()
    await book(field, hour=9, hours=1)
    page = await get(client, "/sites", on=in_days(1).isoformat())
    assert re.search(r"Next free: <strong>[^<]*, 10:00 JST</strong>", page.text)


async def test_long_lists_have_a_next_page_that_keeps_what_was_asked_for(client: AsyncClient) -> None:
    owner = await factories.organisation(OrganisationKind.OWNER)
    for _ in range(21):
        await factories.site(owner)
    first = await get(client, "/sites", use="drone")
    (address,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert "use=drone" in address
    second = await client.get(address.replace("&amp;", "&"), headers=ENGLISH)
    assert (len(named(first)), len(named(second))) == (20, 1)
    assert not named(first) & named(second)


async def test_nothing_found_says_what_to_do(client: AsyncClient) -> None:
    await factories.field()
    page = await get(client, "/sites", words="nowhere")
    assert "No test field fits all that you asked for." in page.text
    assert "Show everything" in page.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"on": "tomorrow"}, "Please enter a day"),
        ({"on": "2026-02-30"}, "Please enter a day"),
        ({"on": "9999-12-31"}, "Please enter a day"),
        ({"on": "2020-01-01"}, "This day is past."),
        ({"start": "09:00"}, "Please choose the day as well."),
        ({"on": "2199-01-01", "start": "25:00"}, "Please enter a time"),
        ({"on": "2199-01-01", "start": "10:00", "end": "10:00"}, "The end must be later than the start."),
        ({"ha": "much"}, "Please enter the size in hectares"),
        ({"ha": "-1"}, "Please enter the size in hectares"),
        ({"ha": "nan"}, "Please enter the size in hectares"),
        ({"ha": "9" * 190}, "Please enter the size in hectares"),
        ({"words": "a\x00b"}, "This entry is too long or holds signs that cannot be read."),
        ({"words": "x" * 5000}, "This entry is too long or holds signs that cannot be read."),
        ({"owner": "\x00"}, "This entry is too long or holds signs that cannot be read."),
        ({"facility": "moon"}, "This is not known here"),
        ({"surface": "lava"}, "This is not known here"),
        ({"use": "submarine"}, "This kind is not known."),
        ({"after": "'; DROP TABLE site"}, "This entry is too long or holds signs that cannot be read."),
    ],
)
async def test_what_cannot_be_understood_is_said_and_kept(
    client: AsyncClient, query: dict[str, str], said: str
) -> None:
    page = await get(client, "/sites", **query)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert said in page.text
    assert (await get(client, "/sites.geojson", **query)).status_code == 422


async def test_the_entry_is_kept_beside_its_error(client: AsyncClient) -> None:
    page = await get(client, "/sites", ha="<much>")
    assert 'value="&lt;much&gt;"' in page.text


async def test_a_day_far_ahead_finds_nothing(client: AsyncClient) -> None:
    await factories.field()
    page = await get(client, "/sites", on="2199-12-31")
    assert page.status_code == 200
    assert named(page) == set()


# --- One field


async def test_the_page_tells_facts_and_rules(client: AsyncClient) -> None:
    await factories.field(
        slug="quay",
        footprint=factories.square(),
        property_class="ordinary",
        road_answer="not_road",
        road_answered_on=date(2026, 4, 1),
        ground_elevation=6.5,
        sample=True,
        turnaround_minutes=30,
        notice_minutes=1440,
    )
    page = await get(client, "/sites/quay")
    assert page.status_code == 200
    for text in (
        "Ordinary property. Land not in public use.",
        "Not a road (answered on Wed 1 Apr 2026)",
        "6.5 m above sea level",
        f"{geoid_m(135.005, 34.005):.2f} m above the ellipsoid (computed by JPGEO2024",
        "6.5–156.5 m above sea level",
        "/spatial-ids",
        "Sample data",
        "After each stay 30 minutes are kept free",
        "Apply at least 1 day before the start.",
        "Every day day and night",
        "mailto:contact@example.test",
    ):
        assert text in page.text


async def test_a_free_hour_starts_an_application_there(client: AsyncClient) -> None:
    field = await factories.field(slug="quay")
    await book(field, hour=9, hours=2, days=3)
    page = await get(client, "/sites/quay", **{"from": in_days(3).isoformat()})
    links = Links(page.text).of("free__span")
    asked = [parse_qs(urlsplit(href).query) for href in links]
    starts = [one["start"][0] for one in asked]
    assert at(in_days(3), "00:00") in starts
    assert at(in_days(3), "11:00") in starts
    assert not {at(in_days(3), "09:00"), at(in_days(3), "10:00")} & set(starts)
    assert {urlsplit(href).path for href in links} == {"/my/apply"}
    assert "seg seg--taken s-36 e-44" in page.text

    company = await factories.company()
    await factories.log_in(client, company)
    form = await client.get(links[starts.index(at(in_days(3), "11:00"))], headers=ENGLISH)
    assert form.status_code == 200
    assert f'value="{at(in_days(3), "11:00")}"' in form.text


async def test_who_is_not_logged_in_comes_back_to_the_hour(client: AsyncClient) -> None:
    await factories.field(slug="quay")
    page = await get(client, "/sites/quay", **{"from": in_days(3).isoformat()})
    hour = Links(page.text).of("free__span")[0]
    answer = await client.get(hour, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == [hour]


async def test_a_free_stretch_starts_on_the_half_hour_where_it_does(client: AsyncClient) -> None:
    field = await factories.field(slug="quay", slot_minutes=30, minimum_minutes=30)
    await book(field, hour=9, hours=0.5, days=3)
    page = await get(client, "/sites/quay", **{"from": in_days(3).isoformat()})
    starts = [parse_qs(urlsplit(href).query)["start"][0] for href in Links(page.text).of("free__span")]
    assert at(in_days(3), "09:30") in starts
    assert kinds(page)[0] == [("free", 0, 36), ("taken", 36, 38), ("free", 38, 96)]


async def test_nothing_past_or_before_the_notice_can_be_pressed(client: AsyncClient) -> None:
    await factories.field(slug="quay", notice_minutes=2 * 1440)
    week_ago = await get(client, "/sites/quay", **{"from": in_days(-7).isoformat()})
    assert Links(week_ago.text).of("free__span") == []
    assert "Nothing can be booked in these seven days." in week_ago.text
    page = await get(client, "/sites/quay")
    earliest = min(parse_qs(urlsplit(href).query)["start"][0] for href in Links(page.text).of("free__span"))
    assert datetime.fromisoformat(earliest).replace(tzinfo=TOKYO) >= now() + timedelta(days=2)


async def test_the_present_quarter_is_marked_on_today(client: AsyncClient) -> None:
    await factories.field(slug="quay")
    before = now().astimezone(TOKYO)
    page = await get(client, "/sites/quay")
    after = now().astimezone(TOKYO)
    (marked,) = re.findall(r'class="lane__now s-(\d+) ', page.text)
    assert int(marked) in {(one.hour * 60 + one.minute) // 15 for one in (before, after)}


def kinds(page: Response) -> list[list[tuple[str, int, int]]]:
    """Of each bar its stretches: what they are, from which to which quarter of an hour."""
    stretch = re.compile(r'class="seg seg--(\w+) s-(\d+) e-(\d+)"')
    return [
        [(kind, int(start), int(end)) for kind, start, end in stretch.findall(lane)]
        for lane in page.text.split('<ul class="lane"')[1:]
    ]


async def test_a_bar_says_why_a_time_cannot_be_booked(client: AsyncClient) -> None:
    field = await factories.field(slug="quay", notice_minutes=1440, horizon_days=4, minimum_minutes=120)
    await OpeningHours.delete().where(OpeningHours.site_id == field.site_id)
    for weekday in range(1, 8):
        await OpeningHours(site_id=field.site_id, weekday=weekday, opens_minute=540, closes_minute=1080).save()
    await book(field, hour=10, hours=5, days=3)
    page = await get(client, "/sites/quay")
    bars = kinds(page)
    assert {kind for kind, _, _ in bars[0]} <= {"outside", "over", "notice"}
    assert "free" not in {kind for kind, _, _ in bars[0]}
    assert bars[3] == [
        ("outside", 0, 36), ("short", 36, 40), ("taken", 40, 60), ("free", 60, 72), ("outside", 72, 96),
    ]  # fmt: skip
    assert bars[5] == [("outside", 0, 36), ("horizon", 36, 72), ("outside", 72, 96)]
    for words in ("Shorter than the shortest stay", "Too far ahead to book yet", "Outside opening hours"):
        assert f"</span>{words}</li>" in page.text, words
    assert "</span>On hold</li>" not in page.text


async def test_what_was_looked_for_over_midnight_arrives_in_the_form(client: AsyncClient) -> None:
    field = await factories.field(slug="quay", maximum_minutes=1440)
    taken = await factories.field(slug="taken", maximum_minutes=1440, geometry=factories.square(131, 35))
    await book(taken, hour=0, hours=2, days=4)
    company = await factories.company()
    await factories.log_in(client, company)
    project = await factories.project(company, use="drone")
    found = await get(client, "/sites", on=in_days(3).isoformat(), start="22:00", end="02:00", use="drone")
    assert named(found) == {"quay"}
    address = re.findall(r'href="(/my/apply[^"]*)"', found.text)[0].replace("&amp;", "&")
    form = (await client.get(address, headers=ENGLISH)).text
    assert f'value="{at(in_days(3), "22:00")}"' in form
    assert f'value="{at(in_days(4), "02:00")}"' in form
    assert f'<option value="{project}" selected>' in form
    assert f"area={field.area_id}" in address

    # So it does by way of the field's own page, from its head and from the card of the area.
    address = re.findall(r'href="(/sites/quay[^"]*)"', found.text)[0].replace("&amp;", "&")
    page = (await client.get(address)).text
    links = re.findall(r'href="(/my/apply[?]site=quay&amp;start=[^"]*use=[^"]*)"', page)
    assert len(links) == 2
    for link in links:
        form = (await client.get(link.replace("&amp;", "&"), headers=ENGLISH)).text
        assert f'value="{at(in_days(3), "22:00")}"' in form
        assert f'value="{at(in_days(4), "02:00")}"' in form
        assert f'<option value="{project}" selected>' in form


@pytest.mark.parametrize(("day", "last"), [("2027-03-14", 96), ("2027-11-07", 96)])
async def test_the_day_on_which_the_clock_changes_is_drawn_by_the_clock(
    client: AsyncClient, day: str, last: int
) -> None:
    await factories.field(slug="elsewhere", timezone="America/New_York", horizon_days=3650)
    page = await get(client, "/sites/elsewhere", **{"from": day})
    assert page.status_code == 200
    assert [bar for bar in kinds(page) if bar != [("free", 0, last)]] == []


async def test_all_areas_are_shown_on_one_day(client: AsyncClient) -> None:
    field = await factories.field(slug="quay")
    await factories.area(field.site_id, slug="pad", name_en="Pad")
    await book(field, hour=9, hours=2, days=3)
    page = await get(client, "/sites/quay", view="day", **{"from": in_days(3).isoformat()})
    assert len(kinds(page)) == 2
    assert f'href="/sites/quay?area=pad&amp;from={in_days(3)}#week"' in page.text
    week = await get(client, "/sites/quay", area="pad", **{"from": in_days(3).isoformat()})
    assert "Free time of “Pad” from" in week.text
    assert len(kinds(week)) == 7


async def test_the_month_tells_the_share_of_free_hours(client: AsyncClient) -> None:
    field = await factories.field(slug="quay")
    day = in_days(3)
    await book(field, hour=0, hours=12, days=3)
    page = await get(client, "/sites/quay", view="month", **{"from": day.isoformat()})
    assert page.status_code == 200
    day_links = [href for href in Links(page.text).of("day") if f"from={day.isoformat()}" in href]
    assert day_links == [f"/sites/quay?from={day.isoformat()}#week"]
    (share,) = re.findall(
        rf'<a class="day[^"]*" href="{re.escape(day_links[0])}">.*?(\d+) % free', page.text, re.DOTALL
    )
    assert share == "50"


async def test_a_month_that_is_over_tells_no_shares(client: AsyncClient) -> None:
    await factories.field(slug="quay")
    last = in_days(0).replace(day=1) - timedelta(days=1)
    page = await get(client, "/sites/quay", view="month", **{"from": last.isoformat()})
    assert "% free" not in page.text
    assert page.text.count('<span class="visually-hidden">Over</span>') == last.day


async def test_the_month_of_one_area(client: AsyncClient) -> None:
    field = await factories.field(slug="quay")
    await factories.area(field.site_id, slug="pad", name_en="Pad")
    page = await get(client, "/sites/quay", view="month", area="pad")
    assert re.search(r'aria-current="true"><svg[^>]*>.*?</svg>Pad', page.text, re.DOTALL)
    unknown = await get(client, "/sites/quay", view="month", area="a\x00b")
    assert unknown.status_code == 200


@pytest.mark.parametrize("typed", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-01-01\x00", "9" * 300])
@pytest.mark.parametrize("view", ["week", "month"])
async def test_a_day_that_is_none_is_said(client: AsyncClient, typed: str, view: str) -> None:
    await factories.field(slug="quay")
    page = await get(client, "/sites/quay", view=view, **{"from": typed})
    assert page.status_code == 422
    assert "Please enter a day between the years 2000 and 2199" in page.text


@pytest.mark.parametrize("day", ["2000-01-01", "2199-12-31"])
@pytest.mark.parametrize("view", ["week", "month"])
async def test_the_ends_of_time_can_be_looked_at(client: AsyncClient, day: str, view: str) -> None:
    await factories.field(slug="quay")
    assert (await get(client, "/sites/quay", view=view, **{"from": day})).status_code == 200


async def test_an_unpublished_field_is_for_its_owners_staff(client: AsyncClient) -> None:
    field = await factories.field(slug="hidden", published=False)
    other = await factories.field()
    assert (await get(client, "/sites/hidden")).status_code == 404
    assert "hidden" not in named(await get(client, "/sites"))
    assert "hidden" not in (await get(client, "/sites.geojson")).text

    await factories.log_in(client, other.approver)
    assert (await get(client, "/sites/hidden")).status_code == 404

    await factories.log_in(client, field.site_manager)
    page = await get(client, "/sites/hidden", lang="en")
    assert page.status_code == 200
    assert "This field is not published" in page.text
    assert "There is no calendar yet." in page.text
    assert "hidden" in named(await get(client, "/sites"))


@pytest.mark.parametrize("slug", ["nowhere", "UPPER", "%00", "a" * 300, "..%2F..", "%F0%9F%9A%80"])
async def test_there_is_nothing_at_other_names(client: AsyncClient, slug: str) -> None:
    page = await client.get(f"/sites/{slug}", headers={"Accept": "text/html"})
    assert page.status_code == 404


async def test_nobody_learns_who_has_booked(client: AsyncClient) -> None:
    field = await factories.field(slug="quay")
    company_id = await factories.organisation(OrganisationKind.COMPANY, name_ja="秘密社", name_en="Secret Ltd")
    company = await factories.person(company_id, OrganisationKind.COMPANY, MemberRole.MEMBER)
    project = await factories.project(company, title_ja="秘密の実証", title_en="Secret trial")
    await trial(company, project, field.area_id, factories.period(9, 2, 3))
    page = await get(client, "/sites/quay")
    assert "seg--taken s-36 e-44" in page.text
    assert "Secret" not in page.text
