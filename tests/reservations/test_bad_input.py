"""What cannot be meant is refused with a clear problem, and nothing of it is stored."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from testfields.reservations.tables import Reservation, Volume
from tests import factories

RESERVATIONS = "/api/v1/reservations"
WEST, SOUTH = 135.4, 34.6


def ring(points: list[list[float]]) -> dict[str, Any]:
    """A polygon of one ring."""
    return {"type": "Polygon", "coordinates": [points]}


def rectangle(west: float, south: float, size: float) -> list[list[float]]:
    """A closed ring."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


INSIDE = rectangle(WEST + 0.001, SOUTH + 0.001, 0.002)
CIRCLE = [
    [WEST + 0.005 + 0.001 * math.cos(math.tau * turn / 3000), SOUTH + 0.005 + 0.001 * math.sin(math.tau * turn / 3000)]
    for turn in range(3000)
]

BAD_FOOTPRINTS = {
    "no rings": {"type": "Polygon", "coordinates": []},
    "empty ring": ring([]),
    "two points": ring([[WEST, SOUTH], [WEST, SOUTH]]),
    "not closed": ring([*INSIDE[:-1], [WEST, SOUTH]]),
    "without area": ring([[WEST, SOUTH], [WEST + 0.001, SOUTH], [WEST + 0.002, SOUTH], [WEST, SOUTH]]),
    "self-crossing": ring([INSIDE[0], INSIDE[2], INSIDE[1], INSIDE[3], INSIDE[0]]),
    "too many points": ring([*CIRCLE, CIRCLE[0]]),
    "outside the area": ring(rectangle(WEST + 0.5, SOUTH, 0.002)),
    "partly outside": ring(rectangle(WEST + 0.009, SOUTH + 0.001, 0.002)),
    "three-dimensional": ring([[*point, 10.0] for point in INSIDE]),
    "swapped axes": ring([[latitude, longitude] for longitude, latitude in INSIDE]),
    "outside Japan": ring(rectangle(2.35, 48.85, 0.002)),
    "hole outside": {"type": "Polygon", "coordinates": [INSIDE, rectangle(WEST + 0.008, SOUTH + 0.008, 0.001)]},
    "another kind": {"type": "Point", "coordinates": [WEST, SOUTH]},
    "words": {"type": "Polygon", "coordinates": "everywhere"},
}

NINE = factories.tomorrow(9)


def times(start: object, end: object) -> dict[str, object]:
    """A period as it is sent."""
    return {
        "start": start.isoformat() if isinstance(start, datetime) else start,
        "end": end.isoformat() if isinstance(end, datetime) else end,
    }


BAD_PERIODS = {
    "reversed": times(NINE + timedelta(hours=1), NINE),
    "empty": times(NINE, NINE),
    "infinite": times("infinity", "infinity"),
    "far future": times("9999-12-31T00:00:00Z", "9999-12-31T23:00:00Z"),
    "year one": times("0001-01-01T00:00:00+09:00", "0001-01-01T01:00:00+09:00"),
    "in the past": times(NINE - timedelta(days=9), NINE - timedelta(days=9, hours=-1)),
    "without offset": times("2027-01-05T09:00:00", "2027-01-05T10:00:00"),
    "off the grid": times(NINE + timedelta(minutes=7), NINE + timedelta(hours=1)),
    "with seconds": times(NINE + timedelta(seconds=1), NINE + timedelta(hours=1)),
    "too long": times(NINE, NINE + timedelta(days=400)),
    "too short": times(NINE, NINE + timedelta(minutes=1)),
    "beyond the horizon": times(NINE + timedelta(days=365), NINE + timedelta(days=365, hours=1)),
    "no such day": times("2027-02-29T09:00:00+09:00", "2027-02-29T10:00:00+09:00"),
    "a number": times(1, 2),
    "missing end": {"start": NINE.isoformat()},
}

BAD_ALTITUDES = {
    "reversed": {"lower": 50, "upper": 10},
    "empty": {"lower": 10, "upper": 10},
    "negative": {"lower": -5, "upper": 10},
    "above the area": {"lower": 0, "upper": 500},
    "beyond all": {"lower": 0, "upper": 1e300},
    "of another reference": {"lower": 0, "upper": 10, "reference": "W84"},
    "a word": {"lower": "NaN", "upper": 10},
    "missing": {"lower": 0},
}


async def attempt(client: AsyncClient, volume: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Send one volume; the problem that comes back, after seeing that nothing was stored."""
    headers, body = await application(volume)
    answer = await client.post(RESERVATIONS, json=body | more, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not await Reservation.exists()
    assert not await Volume.exists()
    problem: dict[str, Any] = answer.json()
    return problem


async def application(volume: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """A company's headers, and its application for one volume in a square of 0.01 degrees."""
    field = await factories.field(geometry=factories.square(WEST, SOUTH))
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}", "Accept-Language": "en"}
    project = await factories.project(company)
    return headers, {"project_id": project, "area_id": field.area_id, "volumes": [volume]}


@pytest.mark.parametrize("footprint", BAD_FOOTPRINTS.values(), ids=BAD_FOOTPRINTS)
async def test_a_bad_footprint(db: None, client: AsyncClient, footprint: dict[str, Any]) -> None:
    problem = await attempt(client, {"period": times(NINE, NINE + timedelta(hours=1)), "footprint": footprint})
    assert problem["errors"][0]["path"].startswith("volumes[0].footprint")
    assert problem["errors"][0]["message"]


HOUR = times(NINE, NINE + timedelta(hours=1))
BAD_VOLUMES = {
    "self-crossing": {"period": HOUR, "footprint": BAD_FOOTPRINTS["self-crossing"]},
    "swapped axes": {"period": HOUR, "footprint": BAD_FOOTPRINTS["swapped axes"]},
    "too many points": {"period": HOUR, "footprint": BAD_FOOTPRINTS["too many points"]},
    "reversed period": {"period": BAD_PERIODS["reversed"]},
    "infinite period": {"period": BAD_PERIODS["infinite"]},
    "reversed altitude": {"period": HOUR, "altitude": BAD_ALTITUDES["reversed"]},
}


@pytest.mark.parametrize("volume", BAD_VOLUMES.values(), ids=BAD_VOLUMES)
async def test_the_other_doors_refuse_the_same(db: None, client: AsyncClient, volume: dict[str, Any]) -> None:
    headers, body = await application({"period": HOUR})
    filed = await client.post(RESERVATIONS, json=body | {"draft": True}, headers=headers)
    headers["If-Match"] = "*"
    address = filed.headers["location"]
    before = (await client.get(address, headers=headers)).json()
    for method, path, sent in (
        ("PUT", address, body | {"volumes": [volume]}),
        ("PUT", f"{address}/volumes", {"volumes": [volume]}),
        ("POST", f"{RESERVATIONS}/check", body | {"volumes": [volume]}),
    ):
        answer = await client.request(method, path, json=sent, headers=headers)
        assert answer.status_code == 422, (path, answer.text)
        assert answer.json()["errors"][0]["path"].startswith("volumes[0].")
    assert (await client.get(address, headers=headers)).json() == before


async def test_swapped_axes_are_called_by_their_name(db: None, client: AsyncClient) -> None:
    volume = {"period": times(NINE, NINE + timedelta(hours=1)), "footprint": BAD_FOOTPRINTS["swapped axes"]}
    problem = await attempt(client, volume)
    assert "swapped" in problem["errors"][0]["message"]


@pytest.mark.parametrize("period", BAD_PERIODS.values(), ids=BAD_PERIODS)
async def test_a_bad_period(db: None, client: AsyncClient, period: dict[str, object]) -> None:
    problem = await attempt(client, {"period": period})
    assert problem["errors"][0]["path"].startswith("volumes[0].period")


@pytest.mark.parametrize("altitude", BAD_ALTITUDES.values(), ids=BAD_ALTITUDES)
async def test_a_bad_altitude(db: None, client: AsyncClient, altitude: dict[str, object]) -> None:
    period = times(NINE, NINE + timedelta(hours=1))
    problem = await attempt(client, {"period": period, "altitude": altitude})
    assert problem["errors"][0]["path"].startswith("volumes[0].altitude")


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"surprise": 1}, "surprise"),
        ({"volumes": []}, "volumes"),
        ({"area_id": 2**70}, "area_id"),
        ({"area_id": 0}, "area_id"),
        ({"note": 5}, "note"),
        ({"note": "x" * 5000}, "note"),
        ({"note": "a\x00b"}, ""),
        ({"hold": True, "draft": True}, "hold"),
    ],
)
async def test_a_bad_field(db: None, client: AsyncClient, more: dict[str, Any], path: str) -> None:
    problem = await attempt(client, {"period": times(NINE, NINE + timedelta(hours=1))}, **more)
    assert problem["errors"][0]["path"] == path


async def test_what_is_asked_for_twice_is_told(db: None, client: AsyncClient) -> None:
    volume = {"period": times(NINE, NINE + timedelta(hours=1))}
    headers, body = await application(volume)
    answer = await client.post(RESERVATIONS, json={**body, "volumes": [volume, volume]}, headers=headers)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == ["volumes[1]"]


async def test_a_stay_of_centuries_is_refused_before_anybody_looks_at_opening_hours(
    db: None, client: AsyncClient
) -> None:
    problem = await attempt(client, {"period": times(NINE, NINE + timedelta(days=170 * 365))})
    assert [one["path"] for one in problem["errors"]] == ["volumes[0].period.end"]


async def test_two_volumes_of_one_application_may_not_share_space(db: None, client: AsyncClient) -> None:
    volumes = [
        {"period": times(NINE, NINE + timedelta(hours=2))},
        {
            "period": times(NINE + timedelta(hours=1), NINE + timedelta(hours=3)),
            "footprint": ring(INSIDE),
        },
    ]
    field = await factories.field(geometry=factories.square(WEST, SOUTH))
    shared = await factories.area(field.site_id, mode="shared")
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    body = {"project_id": await factories.project(company), "area_id": shared, "volumes": volumes}
    answer = await client.post(RESERVATIONS, json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "volumes"
    assert not await Reservation.exists()


@pytest.mark.parametrize("period", [("01:30", "04:30"), ("02:30", "03:30")])
async def test_hours_that_the_clock_leaps_over(db: None, client: AsyncClient, period: tuple[str, str]) -> None:
    """On the day on which summer time begins in Berlin a stay is as long as it lasts, not as the clock reads."""
    field = await factories.field(timezone="Europe/Berlin", horizon_days=900, minimum_minutes=120)
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    volume = {"period": {"start": f"2027-03-28T{period[0]}:00+01:00", "end": f"2027-03-28T{period[1]}:00+02:00"}}
    body = {"project_id": await factories.project(company), "area_id": field.area_id, "volumes": [volume]}
    answer = await client.post(RESERVATIONS, json=body, headers=headers)
    # 01:30 to 04:30 on the clock is two hours; 02:30+01:00 to 03:30+02:00 is no time at all.
    assert answer.status_code == (201 if period == ("01:30", "04:30") else 422), answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"project_id": NaN}', "application/json", 400),
        (b'{"volumes": [{"altitude": {"lower": NaN, "upper": 10}}]}', "application/json", 400),
        (b'{"volumes": [{"altitude": {"lower": 0, "upper": -Infinity}}]}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"<a/>", "application/xml", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b" " * 1_000_001, "application/json", 413),
    ],
)
async def test_a_body_that_is_no_application(
    db: None, client: AsyncClient, content: bytes, kind: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {await factories.token(await factories.company())}", "Content-Type": kind}
    answer = await client.post(RESERVATIONS, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not await Reservation.exists()


async def test_a_hundred_thousand_points_are_too_large_a_body(db: None, client: AsyncClient) -> None:
    points = [[WEST + turn / 1e9, SOUTH + turn / 1e9] for turn in range(100_000)]
    headers, body = await application({"period": times(NINE, NINE + timedelta(hours=1)), "footprint": ring(points)})
    content = json.dumps(body).encode()
    answer = await client.post(RESERVATIONS, content=content, headers=headers | {"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert not await Reservation.exists()


async def test_a_stay_over_new_year_and_into_a_leap_day_is_no_trouble(db: None, client: AsyncClient) -> None:
    field = await factories.field(horizon_days=900, maximum_minutes=10_000)
    company = await factories.company()
    headers = {"Authorization": f"Bearer {await factories.token(company)}"}
    project = await factories.project(company)
    for start in ("2026-12-31T23:00:00+09:00", "2028-02-28T23:00:00+09:00"):
        begins = datetime.fromisoformat(start)
        if begins < datetime.now(UTC):
            continue
        volume = {"period": times(begins, begins + timedelta(hours=26))}
        body = {"project_id": project, "area_id": field.area_id, "volumes": [volume]}
        answer = await client.post(RESERVATIONS, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
