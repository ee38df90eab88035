"""A site may keep the clocks of another zone than Japan's: every page tells its times by them."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from html import unescape
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.core.local_time import zones
from testfields.core.periods import Period
from testfields.permits import service as permits
from testfields.reservations import filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from tests import factories
from tests.sites.catalogue import always_open, area_id, bring, owner, refused, write

NEW_YORK = "America/New_York"
# What keeps a time on one line.
JOINER = "\u2060"


@pytest.fixture
def known_to_python_alone(tmp_path: Path) -> Iterator[str]:
    """A zone that has come into the world since the database learnt of zones."""
    file = tmp_path / "zones" / "Test" / "Nowhere"
    file.parent.mkdir(parents=True)
    file.write_bytes((resources.files("tzdata.zoneinfo.Asia") / "Tokyo").read_bytes())
    zoneinfo.reset_tzpath([*zoneinfo.TZPATH, str(tmp_path / "zones")])
    zones.cache_clear()
    yield "Test/Nowhere"
    zoneinfo.reset_tzpath()
    zones.cache_clear()


async def test_a_zone_that_the_database_does_not_know_is_refused(
    db: None, tmp_path: Path, known_to_python_alone: str
) -> None:
    await owner()
    write(tmp_path / "in.geojson", always_open(timezone=known_to_python_alone))
    assert await refused(tmp_path / "in.geojson") == ["features[0].timezone"]


async def permitted(staff: Actor, company: Actor, start: datetime) -> tuple[int, str]:
    """Two hours on the lawn from `start`, then works: the application's number, and the code of its permit."""
    asked = Asked(Period(start.astimezone(UTC), start.astimezone(UTC) + timedelta(hours=2)))
    application = Application(await factories.project(company), await area_id("lawn"), (asked,))
    number = (await filing.file(company, application, now())).id
    await steps.act(staff, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    await permits.issue(number, now())
    code = (await permits.of_reservation(company, number, now())).code
    works = Period(asked.period.end, asked.period.end + timedelta(hours=2))
    await closures.close(staff, Closing(one_place("harbour", "lawn"), ClosureKind.WORKS, "工事", "Works", works), now())
    return number, code


async def test_every_page_tells_times_by_the_clocks_of_the_site(
    db: None, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    owner_id = await owner()
    await bring(tmp_path, always_open(timezone=NEW_YORK))
    staff = await factories.person(
        owner_id, OrganisationKind.OWNER, MemberRole.APPROVER, MemberRole.SITE_MANAGER, locale="en"
    )
    company_id = await factories.organisation(OrganisationKind.COMPANY)
    company = await factories.person(company_id, OrganisationKind.COMPANY, MemberRole.MEMBER, locale="en")
    day = now().astimezone(ZoneInfo(NEW_YORK)).date() + timedelta(days=5)
    nine = datetime.combine(day, time(9), ZoneInfo(NEW_YORK))
    number, code = await permitted(staff, company, nine)
    client.headers["Accept-Language"] = "en"

    told = f"09:00–11:00 {nine.tzname()}"
    pages: dict[Actor | None, dict[str, str]] = {
        None: {f"/sites/harbour?from={day}": f"start={day}T09:00", "/": told, "/trials": told, f"/p/{code}": told},
        company: {
            "/my": told,
            f"/my/reservations/{number}": told,
            f"/my/reservations/{number}/change": f"{day}T09:00",
        },
        staff: {f"/desk/{number}": told, "/desk/closures": f"11:00–13:00 {nine.tzname()}"},
    }
    for actor, words in pages.items():
        if actor:
            await factories.log_in(client, actor)
        for page, word in words.items():
            answer = unescape((await client.get(page)).text)
            assert word in answer.replace(JOINER, ""), page
            assert "JST" not in answer, page
