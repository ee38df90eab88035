"""Which language a page speaks: the switch, the person's own, the browser's, Japanese."""

import re
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from litestar import Litestar

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.app import create_app
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.settings import load
from testfields.web import locale
from tests import factories
from tests.api.cases import somebody_with_every_role


def language_cookie(answer: httpx.Response) -> Morsel[str] | None:
    """The cookie of the switch, as an answer sets it."""
    return SimpleCookie("; ".join(answer.headers.get_list("set-cookie"))).get("lang")


@pytest.mark.parametrize(("browser", "other"), [("ja", "en"), ("en-GB,en;q=0.9", "ja")])
async def test_a_switch_holds_for_the_pages_that_follow(
    db: None, client: httpx.AsyncClient, browser: str, other: str
) -> None:
    client.headers["Accept-Language"] = browser
    first = await client.get("/sites?use=drone")
    switch = re.search(rf'<a href="([^"]+)" lang="{other}"', first.text)
    assert switch is not None
    assert f'<html lang="{other}"' not in first.text
    assert f'<html lang="{other}"' in (await client.get(switch[1].replace("&amp;", "&"))).text
    for path in ("/trials", "/", "/nowhere", "/login"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert f'<html lang="{other}"' in answer.text, path
        assert answer.headers["content-language"] == other


REFUSED_AT = {
    "/my/reservations/{number}/withdraw": "/my/reservations/{number}",
    "/desk/{number}/return": "/desk/{number}",
    "/desk/{number}/nonsense": "/desk/{number}",
    "/admin/people/{person}/password": "/admin/people",
    "/my/tokens?from=menu": "/my/tokens?from=menu",
    "/my/tokens/{number}/revoke": "/my/tokens",
}


@pytest.mark.parametrize("address", REFUSED_AT)
async def test_the_switch_on_the_answer_to_a_form_leads_to_the_page_of_that_form(
    db: None, client: httpx.AsyncClient, address: str
) -> None:
    field = await factories.field()
    actor = await somebody_with_every_role(field)
    form = await factories.log_in(client, actor)
    application = Application(await factories.project(actor), field.area_id, (Asked(factories.period(9)),))
    names = {"number": (await filing.file(actor, application, now())).id, "person": actor.person_id}
    answer = await client.post(address.format(**names), data=form, headers={"Accept": "text/html"})
    assert answer.status_code in {200, 404, 409, 412, 422}
    switch = re.search(r'<a href="([^"]+)" lang="en"', answer.text)
    assert switch is not None
    page = REFUSED_AT[address].format(**names)
    assert switch[1].replace("&amp;", "&") == f"{page}{'&' if '?' in page else '?'}lang=en"


async def test_the_switch_never_leads_to_another_host(db: None, client: httpx.AsyncClient) -> None:
    answer = await client.get("http://portal.test//elsewhere.test/", headers={"Accept": "text/html"})
    assert 'href="/elsewhere.test?lang=en"' in answer.text


@pytest.mark.parametrize("secure", [False, True])
async def test_the_switch_is_kept_a_year_in_a_cookie_that_scripts_do_not_see(db: None, secure: bool) -> None:
    app: Litestar = create_app(load({"TESTFIELDS_BASE_URL": "https://portal.test" if secure else "http://portal.test"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal.test") as client:
        kept = language_cookie(await client.get("/sites?lang=en"))
    assert kept is not None
    assert (kept.value, kept["path"], kept["samesite"], kept["max-age"]) == ("en", "/", "lax", str(365 * 24 * 3600))
    assert bool(kept["httponly"])
    assert bool(kept["secure"]) is secure


@pytest.mark.parametrize("address", ["/sites", "/sites?lang=fr", "/sites?lang=", "/sites?lang=en%0d%0ax"])
async def test_nothing_is_kept_where_no_language_was_chosen(db: None, client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert language_cookie(answer) is None
    assert '<html lang="ja"' in answer.text


async def test_whoever_is_logged_in_reads_their_own_language_until_they_switch(
    db: None, client: httpx.AsyncClient
) -> None:
    company = await factories.organisation(OrganisationKind.COMPANY)
    actor = await factories.person(company, OrganisationKind.COMPANY, MemberRole.MEMBER, locale="en")
    client.headers["Accept-Language"] = "ja"
    assert '<html lang="ja"' in (await client.get("/trials")).text
    await factories.log_in(client, actor)
    assert '<html lang="en"' in (await client.get("/my")).text
    assert '<html lang="en"' in (await client.get("/nowhere", headers={"Accept": "text/html"})).text
    assert '<html lang="ja"' in (await client.get("/my?lang=ja")).text
    assert '<html lang="ja"' in (await client.get("/my")).text


async def test_the_language_chosen_on_ones_account_takes_the_place_of_an_older_switch(
    db: None, client: httpx.AsyncClient
) -> None:
    form = await factories.log_in(client, await factories.company())
    assert '<html lang="ja"' in (await client.get("/my/account?lang=ja")).text
    saved = await client.post("/my/account", data={**form, "locale": "en"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/my/account")
    account = await client.get("/my/account")
    assert '<html lang="en"' in account.text
    assert "Your name and language are saved." in account.text
    assert (await client.get("/api/v1/me")).json()["locale"] == "en"
    client.cookies.delete("lang")
    assert '<html lang="en"' in (await client.get("/my", headers={"Accept-Language": "ja"})).text


async def test_a_name_is_changed_on_ones_account_and_by_api(db: None, client: httpx.AsyncClient) -> None:
    actor = await factories.company()
    form = await factories.log_in(client, actor)
    await client.post("/my/account", data={**form, "locale": "ja", "name": " 実証 花子 "})
    assert (await client.get("/api/v1/me")).json()["name"] == "実証 花子"
    for wrong in ("", "a\nb", "x" * 201):
        refused = await client.post("/my/account", data={**form, "locale": "ja", "name": wrong})
        assert refused.status_code == 422
        assert 'href="#f-name"' in refused.text
    headers = {"Authorization": f"Bearer {await factories.token(actor)}"}
    changed = await client.put("/api/v1/me", json={"locale": "en", "name": "Hanako"}, headers=headers)
    assert (changed.json()["name"], changed.json()["locale"]) == ("Hanako", "en")
    kept = await client.put("/api/v1/me", json={"locale": "ja"}, headers=headers)
    assert kept.json()["name"] == "Hanako"


async def test_a_language_that_the_portal_does_not_speak_is_refused(db: None, client: httpx.AsyncClient) -> None:
    form = await factories.log_in(client, await factories.company())
    refused = await client.post("/my/account", data={**form, "locale": "fr"})
    assert refused.status_code == 422
    assert 'href="#f-locale"' in refused.text
    assert (await client.get("/api/v1/me")).json()["locale"] == "ja"


async def test_a_program_reads_the_language_that_it_asks_for(db: None, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {await factories.token(await factories.company())}", "Accept-Language": "en"}
    answer = await client.get("/api/v1/reservations/1", headers=headers)
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en; q=0.9", "en"),
        ("en ;q=0.9 , ja; q=0.8", "en"),
        ("ja;q=0.1, en ; q=0.2", "en"),
        ("EN-us;Q=1.000", "en"),
        ("fr, de;q=0.9", "ja"),
        ("en;q=0, fr", "ja"),
        ("ja;q=0.5, en;q=nan", "ja"),
        ("en;q=1_0", "ja"),
        ("", "ja"),
    ],
)
def test_the_weights_of_accept_language_are_read(header: str, language: str) -> None:
    assert locale.accepted(header) == language
