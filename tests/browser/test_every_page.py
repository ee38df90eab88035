"""Every page and state as everybody who may see it, once in each language.

axe-core at WCAG 2.2 AA looks at the Japanese pages as a desk's screen shows them and at the English ones as a phone
does; in both languages html-validate reads what was sent, and no page is wider than any of three screens.
"""

import asyncio
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Response

from testfields.accounts.service import actor_by_email
from testfields.accounts.tables import Membership
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.notifications.rules import Receiver
from testfields.notifications.tables import Delivery
from testfields.projects.fields import LONGEST_TITLE
from testfields.reservations import day, filing, steps
from testfields.reservations.filing import Application
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action, State
from tests import factories
from tests.browser.axe import LAID_OUT, violations
from tests.browser.conftest import Portal, logged_in
from tests.notifications.writing import post

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
# The width at which axe-core looks, in px.
LOOKED_AT = {"ja": 1280, "en": 390}
WIDTHS = (1280, 390, 320)
# The cells of tables, and tables, that show less than they hold and are not made to be moved sideways.
CUT_OFF = r"""
    [...document.querySelectorAll(".table-wrap:not([tabindex]), .table tbody :is(th, td)")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.textContent.trim().replace(/\s+/g, " ").slice(0, 60))
"""
# As long as a title may be.
LONG = {"ja": "大阪湾岸における高齢者見守りロボットの走行実証", "en": "Outdoor runs of robots that look after people "}
EMAILS = {
    "company": "company@demo.example",
    "approver": "approver@demo.example",
    "admin": "admin@demo.example",
}
# One of few areas and one of many; the others differ in their texts alone.
SITES = ("yumeshima", "maishima")
PAGES = {
    None: [
        "/", "/?span=today", "/?site=maishima&day=2026-02-03", "/?span=past", "/?trial={confirmed}",
        "/trials/{confirmed}", "/trials/9999999", "/trials?span=past", "/trials", "/trials?span=today&use=telecom",
        "/sites", "/sites?use=drone",
        "/sites?on=2026-02-30", "/sites?words=nothing-like-it", *(f"/sites/{slug}" for slug in SITES),
        "/sites/maishima?view=month",
        "/sites/maishima?from=1066-10-14", "/login", "/forgot", "/register", "/terms", "/privacy",
        "/enter/nothing", "/schema", "/nowhere",
        "/logout",
        "/trials?after=nonsense",
        "/p/AAAAAAAAAAAAAAAAAAAAAAAAAA", "/p/{permit}", "/p/{revoked}",
    ],
    "company": [
        "/my", "/my?show=coming", "/my?show=waiting", "/my?words=nothing-like-it", "/my/past", "/my/calendar",
        "/my/calendar/feed", "/my/projects", "/my/projects/new", "/my/projects/{project}", "/my/apply",
        "/my/apply?site=maishima", "/my/apply?site=maishima&start=2026-02-03T09:00", "/my/apply?draft={draft}",
        "/my/tokens", "/my/account", "/my/consents", "/consent",
        "/my/members", "/my/email", "/my/password", "{own}", "/my/reservations/{submitted}/change",
        "/desk", "/my/reservations/9999999",
    ],
    "approver": [
        "/desk", "/desk?state=all", "/desk?text=nothing-like-it", "/desk?due=nonsense",
        "/desk?whose=nobodys&order=start&from=2026-01-01", "{desk}", "/desk/closures",
        "/desk/book", "/desk/book?site=maishima&start=2026-02-03T09:00",
        "/desk/calendar", "/desk/calendar?view=day", "/desk/calendar?view=month&what=permitted",
        "/desk/numbers", "/desk/numbers?month=2020-02", "/desk/numbers?month=nonsense",
        "/desk/deputies",
        "/desk/companies", "/desk/sites", "/desk/sites/new", "/desk/sites/maishima/edit", "/desk/sites/maishima/hours",
        "/desk/sites/maishima/rules", "/desk/sites/maishima/facilities", "/desk/sites/maishima/areas",
        "/desk/today", "/desk/today?site=nothing-like-it", "/desk/zones",
        "/desk/sites/maishima/new-area", "/desk/sites/maishima/publish", "/desk/sites/maishima/plan",
        "/desk/sites/maishima/new-piece", "/desk/sites/maishima/plan/1", "/desk/sites/maishima/photos",
        "/desk/mails", "/desk/mails?state=waiting", "/desk/mails/{mail}", "/desk/9999999",
    ],
    "admin": [
        "/admin", "/admin/terms", "/admin/organisations", "/admin/organisations?text=nothing-like-it",
        "/admin/organisations/1",
        "/admin/organisations/2/deactivate", "/admin/people", "/admin/people?text=nothing-like-it",
        "/admin/people/1/deactivate", "/admin/people/5/deactivate",
        "/admin/mails", "/admin/mails?state=failed", "/admin/mails/{mail}",
    ],
}  # fmt: skip
# Forms that are sent with nothing in them: the address, and the button that sends.
EMPTY = {
    None: [
        ("/login", "main form button"), ("/forgot", "main form button"), ("/register", "main form button"),
    ],
    "company": [
        ("/my/projects/new", "main form button.button--primary"), ("/my/apply", ".decision-bar button[value=submit]"),
        ("/my/tokens", "main form.form button"), ("/my/password", "main form button"),
        ("/my/email", "main form button"),
        ("/my/reservations/{completed}", "form[action$=report] button"),
    ],
    "approver": [
        ("/desk/deputies", "form[action='/desk/deputies'] button"),
        ("/desk/closures", "form[action='/desk/closures'] button.button--primary"),
        ("/desk/book", ".decision-bar button[value=file_for]"),
        ("/desk/{submitted}", "form[action$=reject] button"),
        ("/desk/sites/new", "main form.form button.button--primary"),
        ("/desk/sites/maishima/new-area", "main form.form button.button--primary"),
        ("/desk/{submitted}", "form[action$=notes] button"),
        ("/desk/sites/maishima/photos", "main form.form button.button--primary"),
        ("/desk/sites/maishima/new-piece", "main form.form button.button--primary"),
    ],
    "admin": [
        ("/admin/organisations", "form[action='/admin/organisations'] button"),
        ("/admin/people", "form[action='/admin/people'] button"),
    ],
}  # fmt: skip


async def places_of() -> dict[str, list[str]]:
    """What stands in the addresses' places; the company's person is let into every company, to see every state."""
    async with DB.connection() as connection:
        await connection.execute(
            "INSERT INTO membership (person_id, organisation_id, role) SELECT person.id, organisation.id, 'member'"
            " FROM person, organisation WHERE email = $1 AND kind = 'company' ON CONFLICT DO NOTHING",
            EMAILS["company"],
        )
        for language, words in LONG.items():
            title = (words * 6)[:LONGEST_TITLE]
            await connection.execute(f"UPDATE project SET title_{language} = $1 WHERE id % 2 = 0", title)
        found = await connection.fetch("SELECT state, min(id)::text AS id FROM reservation GROUP BY state")
        for code, revoked in (("A" * 25 + "B", None), ("A" * 25 + "C", now())):
            await connection.execute(
                "INSERT INTO permit (reservation_id, site_id, event_id, code, issued_at, revoked_at, revoked_because)"
                " SELECT reservation.id, site_id, max(event.id), $1, now(), $2, ''"
                " FROM reservation JOIN reservation_event event ON event.reservation_id = reservation.id"
                " WHERE to_state = 'confirmed' AND reservation.id NOT IN (SELECT reservation_id FROM permit)"
                " GROUP BY reservation.id LIMIT 1",
                code,
                revoked,
            )
        staff = await connection.fetchval("SELECT id FROM person WHERE email = $1", EMAILS["approver"])
        project = await connection.fetchval("SELECT min(id)::text FROM project")
    to = Receiver(staff, None, "職員", "ja")
    owners = await Membership.select(Membership.organisation_id).where(Membership.person_id == staff)
    failed = await post(to, tenant_id=owners[0]["organisation_id"])
    reason = "550 5.1.1 <nobody@demo.example>: Recipient address rejected: User unknown in virtual mailbox table"
    await Delivery.update(state="failed", last_error=reason, attempts=1).where(Delivery.id == failed)
    states = {row["state"]: row["id"] for row in found}
    filed = {state: number for state, number in states.items() if state != State.DRAFT}
    assert set(states) == set(State) - {State.APPROVED}
    return {
        "own": [*(f"/my/reservations/{number}" for number in filed.values()), await a_series()],
        "desk": [f"/desk/{number}" for number in filed.values()],
        "mail": [str(failed)], "permit": ["A" * 25 + "B"], "revoked": ["A" * 25 + "C"], "project": [project],
        **{state: [number] for state, number in states.items()},
    }  # fmt: skip


async def a_series() -> str:
    """The page of a permitted series of the company's: a stay used, one given back, one to come."""
    company, field = await actor_by_email(EMAILS["company"]), await factories.field()
    assert company is not None
    project = await factories.project(company)
    asked = tuple(Asked(factories.period(hour)) for hour in (9, 12, 15))
    number = (await filing.file(company, Application(project, field.area_id, asked), now())).id
    await steps.act(field.approver, number, Step(Action.APPROVE), now())
    await steps.act(None, number, Step(Action.CONFIRM), now())
    given_back = (await day.stays_of(number))[1].id
    await steps.act(company, number, Step(Action.GIVE_BACK, reason="天候のため", stays=(given_back,)), now())
    await steps.act(company, number, Step(Action.CHECK_IN), factories.period(9).start)
    await steps.act(company, number, Step(Action.CHECK_OUT), factories.period(9).end)
    return f"/my/reservations/{number}"


def filled(address: str, places: dict[str, list[str]]) -> list[str]:
    """The addresses that one of the list stands for."""
    name = address.partition("{")[2].partition("}")[0]
    return [address.replace(f"{{{name}}}", value) for value in places[name]] if name else [address]


@dataclass
class Inspection:
    """What is found on one page after another, in one language; `markup` is a folder for what the server sent."""

    language: str
    markup: Path
    found: dict[str, object] = field(default_factory=dict)

    async def look(self, page: Page, answer: Response | None, name: str) -> None:
        """At a page as it stands."""
        assert answer is not None
        (self.markup / f"{name.replace('/', '_').replace('?', '_')}.html").write_text(await answer.text())
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            wide = await page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.found[f"{name} at {width}"] = f"{wide} px wide"
            if cut_off := await page.evaluate(CUT_OFF):
                self.found[f"{name} at {width}, cut off"] = cut_off
            if width == LOOKED_AT[self.language] and (bad := await violations(page, LAID_OUT)):
                self.found[f"{name} at {width}"] = bad
        if await page.locator("html").get_attribute("lang") != self.language:
            self.found[name] = "another language"


async def walk(
    inspection: Inspection, page: Page, server: Portal, role: str | None, places: dict[str, list[str]]
) -> None:
    """Every page of a role, then its forms sent with nothing in them."""
    for path in PAGES[role]:
        for address in filled(path, places):
            answer = await page.goto(f"{server.base_url}{address}")
            assert answer is None or answer.status < 500, address
            await inspection.look(page, answer, f"{role or 'public'} {address}")
    for path, button in EMPTY[role]:
        (address,) = filled(path, places)
        await page.goto(f"{server.base_url}{address}")
        async with page.expect_navigation() as sent:
            await page.locator(button).first.evaluate("(button) => button.form.requestSubmit(button)")
        answer = await sent.value
        assert answer is not None
        assert answer.status == 422, address
        await inspection.look(page, answer, f"{role or 'public'} {address} sent empty")


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_page_is_accessible_valid_and_fits_a_phone(
    played_db: str, tmp_path: Path, chromium: Browser, portal: Portal, language: str
) -> None:
    places = await places_of()
    inspection = Inspection(language, tmp_path / "markup")
    inspection.markup.mkdir()
    for role in PAGES:
        actor = await actor_by_email(EMAILS[role]) if role else None
        context = (
            await logged_in(chromium, portal, actor, language) if actor else await chromium.new_context(locale=language)
        )
        await walk(inspection, await context.new_page(), portal, role, places)
        await context.close()
    await a_defect(inspection, chromium, portal)
    assert inspection.found == {}
    await valid(inspection.markup)


async def a_defect(inspection: Inspection, chromium: Browser, server: Portal) -> None:
    """The page of a defect: here, of a table that has gone."""
    async with DB.connection() as connection:
        await connection.execute("ALTER TABLE site RENAME TO gone")
    context = await chromium.new_context(locale=inspection.language)
    page = await context.new_page()
    answer = await page.goto(f"{server.base_url}/sites")
    assert answer is not None
    assert answer.status == 500
    await inspection.look(page, answer, "a defect")
    await context.close()


async def valid(markup: Path) -> None:
    """html-validate finds nothing."""
    command = ["npx", "--no-install", "html-validate", "--config", str(ROOT / ".htmlvalidate.json"), f"{markup}/*.html"]
    checked = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-1000:]
