"""Pages and forms that are sent what cannot be meant: never a defect, and a refusal stores nothing."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Membership
from testfields.availability.service import Asked
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.reservations import filing
from testfields.reservations.filing import Application
from testfields.reservations.rules import Action
from testfields.sites.tables import Area, Site
from tests import factories
from tests.accounts.people import PASSWORD

HOSTILE = [
    "", " ", "NaN", "-Infinity", "1e999", "-1", "0", "9" * 18, "9" * 40, "٣", "1_000", "0x10", "null", "[]", "{}",
    "0001-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59", "9999-12-31T23:59-12:00", "0001-01-01",
    "9999-12-31", "2199-12-31", "2199-12-31T23:59", "2027-02-30", "24:00", "2026-W53-7", "20261203T090000",
    "infinity", "a\0b", "\0", "\ud800", "\udcff", "\r\nSet-Cookie: a=b", "%(number)s", "%", "'\"><script>",
    "../../etc/passwd", "//elsewhere.test", "take", "repeat", "remove -1", "remove " + "9" * 30, "add", "part",
    "take 0001-01-01T00:00 9999-12-31T00:00",
    "2026-12-03T09:00", "2026-12-03T09:00 2026-12-03T10:00 2026-12-03T11:00",
    "34.6, 135.4\n34.6, 135.4", "1 1\n\n2 2", "month", "true",
    "submit", "hold", "save", "wait", "change", "x" * 4001, "実" * 100_000, "📡" * 300, "\u202e\u200b\ufeff",
    '{"type":"Polygon","coordinates":[]}', '{"type":"Polygon","coordinates":[[[1e999,0],[0,1],[1,1],[1e999,0]]]}',
    '{"type":"Polygon","coordinates":[[[NaN,0]]]}', "[" * 50_000,
]  # fmt: skip
TIME = {"time0_start": "2026-12-03T09:00", "time0_end": "2026-12-03T10:00", "time1_start": "", "time1_end": ""}
PROJECT = {
    "title_ja": "題", "title_en": "title", "purpose": "p", "theme": "logistics", "use": "drone", "equipment": "e",
    "safety_plan": "s", "name_public": "true", "company_id": "{company}", "then": "/my/apply", "version": "1",
}  # fmt: skip
APPLICATION = {
    **TIME, "project_id": "{project}", "site": "{site}", "area": "{area}", "footprint_part": "", "footprint": "",
    "corners": "", "lower": "0", "upper": "30", "note": "n", "every": "2", "count": "3", "until": "", "more": "{area}",
    "fits": "whatever", "draft": "{draft}", "reservation": "", "version": "1", "do": "check",
}  # fmt: skip
CALL = {**APPLICATION, **PROJECT, "words": "w", "project_id": "new", "reason": "r", "do": "file_for"}
OUTLINE = '{"type":"Polygon","coordinates":[[[131,32],[131.01,32],[131.01,32.01],[131,32]]]}'
SITE = {
    "owner": "", "slug": "new-site", "name_ja": "名", "name_en": "Name", "description_ja": "", "description_en": "",
    "address_ja": "", "address_en": "", "contact": "", "property_class": "ordinary", "uses": "drone",
    "footprint": OUTLINE, "corners": "",
}  # fmt: skip
AREA = {
    "slug": "", "name_ja": "名", "name_en": "Name", "mode": "shared", "uses": "drone", "altitude_lower": "0",
    "altitude_upper": "9", "parent": "", "surface": "", "width_m": "", "footprint": OUTLINE, "corners": "",
    "version": "1", "seen": "", "do": "agree",
}  # fmt: skip
PIECE = {
    "kind": "land", "name_ja": "", "name_en": "", "shape": "Polygon", "footprint": OUTLINE, "corners": "",
    "version": "1",
}  # fmt: skip
# Every form of every page, as it is sent when all is well.
FORMS: Mapping[str, Mapping[str, str]] = {
    "/login": {"email": "nobody@example.test", "password": "wrong", "next": "/my"},
    "/logout": {},
    "/register": {
        "email": "nobody@example.test", "name_ja": "名", "name_en": "Name", "kana": "", "corporate_number": "",
        "address": "a", "wish": "w",
    },
    "/desk/companies/{company_id:int}/verify": {},
    "/desk/companies/{company_id:int}/refuse": {"reason_1": "r"},
    "/forgot": {"email": "nobody@example.test"},
    "/enter/{secret:str}": {"new": "another password of mine"},
    "/my/password": {"current": PASSWORD, "new": "another password of mine"},
    "/my/email": {"email": "new@example.test", "password": PASSWORD},
    "/my/email/again": {},
    "/my/email/cancel": {},
    "/my/account": {"locale": "en", "name": "n"},
    "/my/account/leave": {"organisation_id": "{company}"},
    "/my/members": {"email": "b@example.test", "organisation_id": "{company}", "roles": "member", "locale": "ja"},
    "/my/members/invitations/{invitation_id:int}/again": {},
    "/my/members/invitations/{invitation_id:int}/withdraw": {},
    "/my/members/{person_id:int}/roles": {"organisation_id": "{company}", "roles": "member", "what": ""},
    "/desk/deputies": {"person_id": "1/1", "first_day": "2026-12-03", "last_day": "2026-12-03"},
    "/desk/deputies/{deputy_id:int}/end": {},
    "/my/tokens": {"name": "mine", "scopes": "read", "days": "30"},
    "/my/tokens/{token_id:int}/revoke": {},
    "/my/calendar/feed": {},
    "/my/calendar/feed/end": {},
    "/my/projects/new": PROJECT,
    "/my/projects/{project_id:int}": PROJECT,
    "/my/apply": APPLICATION,
    "/my/apply/check": APPLICATION,
    "/my/apply/place": APPLICATION,
    "/my/apply/times": APPLICATION,
    "/my/apply/coordinates": {**APPLICATION, "centre": "34.65, 135.385", "radius": "30", "do": "circle"},
    "/my/apply/draft": APPLICATION,
    "/desk/book": CALL,
    **{f"/desk/book/{part}": CALL for part in ("check", "asker", "place", "times")},
    "/desk/book/coordinates": {**CALL, "centre": "34.65, 135.385", "radius": "30", "do": "circle"},
    "/my/reservations/{reservation_id:int}/change": {**APPLICATION, "do": "change"},
    "/my/reservations/{reservation_id:int}/move": {
        "version": "1", "stay_move": "1", "much_move": "after", "start_move": "2026-12-03T09:00", "take": "",
    },
    "/my/reservations/{reservation_id:int}/add": {
        "version": "1", "time_add_start": "2026-12-03T09:00", "time_add_end": "2026-12-03T10:00", "take": "",
    },
    "/my/reservations/{reservation_id:int}/{action:str}": {"version": "1", "reason_withdraw": "r"},
    "/desk/{reservation_id:int}/{action:str}": {
        "version": "1", "reason_return": "r", "reason_reject": "r", "conditions": "c", "filters": "state=all",
    },
    "/desk/{reservation_id:int}/assignee": {"version": "1", "person_id": "1", "filters": ""},
    "/desk/{reservation_id:int}/notes": {"version": "1", "note": "n", "filters": ""},
    "/desk/{reservation_id:int}/recommendation": {"version": "1", "recommendation": "r", "filters": ""},
    "/desk/today/{stay_id:int}/{action:str}": {"version": "1", "site": "{site}", "day": "2026-12-03"},
    "/desk/closures": {
        "scope": "one", "places": "{site}/", "owner": "", "from_now": "", "footprint_part": "", "footprint": "",
        "corners": "", "seen": "1", "do": "displace", "place": "{site}/",
        "kind": "works", "reason_ja": "工事", "reason_en": "Works",
        "period_start": "2026-12-03T09:00", "period_end": "2026-12-03T10:00",
    },
    "/desk/closures/{closure_id:int}/lift": {"version": "1"},
    "/desk/sites/new": SITE,
    "/desk/sites/{slug:str}/{part:str}": {**SITE, "version": "1", "seen": "", "do": "agree"},
    "/desk/sites/{slug:str}/new-area": AREA,
    "/desk/sites/{slug:str}/areas/{area:str}": AREA,
    "/desk/sites/{slug:str}/areas/{area:str}/retire": {"version": "1", "seen": "", "do": "agree"},
    "/desk/sites/{slug:str}/new-piece": PIECE,
    "/desk/sites/{slug:str}/plan/{number:int}": PIECE,
    "/desk/sites/{slug:str}/plan/{number:int}/remove": {"version": "1"},
    "/desk/sites/{slug:str}/photos": {"ja": "名", "en": "Name"},
    "/desk/sites/{slug:str}/photos/{photo_id:int}": {"version": "1", "do": "later", "ja_1": "名", "en_1": "Name"},
    "/desk/sites/{slug:str}/publish": {"version": "1", "do": "hide"},
    "/consent": {"next": "/my", "consent": "true", "consent_terms": "0", "consent_privacy": "0"},
    "/admin/terms": {"kind": "terms", "seen": "0", "text_ja": "文", "text_en": "Text", "applies_from": "2199-12-31"},
    "/admin/organisations": {
        "kind": "company", "slug": "new", "name_ja": "新", "name_en": "New", "contact_email": "a@example.test",
        "corporate_number": "",
    },
    "/admin/organisations/{organisation_id:int}": {
        "version": "1", "name_ja": "新", "name_en": "New", "kana": "シン", "corporate_number": "", "address": "大阪",
        "contact_email": "a@example.test", "metric_crs": "6674",
    },
    "/admin/organisations/{organisation_id:int}/deactivate": {},
    "/admin/organisations/{organisation_id:int}/activate": {},
    "/my/members/verified": {"organisation_id": "{company}"},
    "/admin/people": {
        "email": "b@example.test", "name": "名", "organisation_id": "{company}", "roles": "member", "locale": "ja",
    },
    "/admin/people/invite": {
        "email": "b@example.test", "organisation_id": "{company}", "roles": "member", "locale": "ja",
    },
    "/admin/people/{person_id:int}/password": {},
    "/admin/people/{person_id:int}/deactivate": {},
    "/admin/people/{person_id:int}/activate": {},
    "/admin/mails/{mail_id:int}/resend": {"state": "waiting"},
    "/desk/mails/{mail_id:int}/resend": {"state": "waiting"},
}  # fmt: skip
# What the pages' addresses ask for, besides what their handlers declare.
QUERY = [
    "facility",
    "from",
    "ha",
    "lang",
    "next",
    "on",
    "end",
    "start",
    "owner",
    "surface",
    "use",
    "view",
    "words",
    "area",
]
TABLES = ["organisation", "person", "membership", "api_token", "project", "reservation", "volume", "claim", "closure"]
TABLES += ["site", "area"]


def pages_of(app: Litestar, method: str) -> dict[str, list[str]]:
    """Every page that answers `method`, with the query parameters that its handler declares."""
    found = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if method not in handler.http_methods or re.match(
                r"/(api|schema|static)(/|$)|/demo$|/(health|ready)z", route.path
            ):
                continue
            parameters = handler.parsed_fn_signature.parameters
            names = [getattr(one.kwarg_definition, "name", None) or name for name, one in parameters.items()]
            found[route.path] = [name for name in names if name not in {"request", "actor", "visitor"}]
    return found


async def somebody_with_every_role(field: factories.Field) -> Actor:
    actor = await factories.company()
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    for organisation, role in ((field.owner_id, MemberRole.APPROVER), (operator, MemberRole.ADMIN)):
        await Membership(person_id=actor.person_id, organisation_id=organisation, role=role.value).save()
    return actor


async def things() -> tuple[Actor, dict[str, str]]:
    """Somebody who may do everything, and one of everything for them to do it to."""
    field = await factories.field()
    actor = await somebody_with_every_role(field)
    project = await factories.project(actor)
    numbers = {}
    for hour, (name, action) in enumerate({"reservation": Action.SUBMIT, "draft": Action.SAVE}.items(), start=9):
        application = Application(project, field.area_id, (Asked(factories.period(hour)),), action)
        numbers[name] = str((await filing.file(actor, application, now())).id)
    site = (await Site.select(Site.slug).where(Site.id == field.site_id))[0]["slug"]
    area = (await Area.select(Area.slug).where(Area.id == field.area_id))[0]["slug"]
    closing = closures.Closing(one_place(site), ClosureKind.WORKS, "工事", "Works", factories.period(9, days=2))
    closure = await closures.close(field.approver, closing, now())
    # One that is deactivated here leaves the forms of the others be.
    apart = await factories.organisation(OrganisationKind.COMPANY)
    return actor, numbers | {
        "site": site, "area": area, "project": str(project), "company": str(actor.companies[0]),
        "reservation_id:int": numbers["reservation"], "project_id:int": str(project), "slug:str": site,
        "closure_id:int": str(closure.id), "person_id:int": str(field.reviewer.person_id), "token_id:int": "1",
        "organisation_id:int": str(apart),
        "area:str": area, "part:str": "edit", "number:int": "1", "photo_id:int": "1", "key:str": "a" * 64,
        "stay_id:int": "1", "mail_id:int": "1", "action:str": "withdraw", "code:str": "A" * 26, "file:str": "x.js",
    }  # fmt: skip


def filled(template: str, places: Mapping[str, str]) -> str:
    return re.sub(r"\{([^}]+)\}", lambda place: places.get(place[1], place[0]), template)


def encoded(pairs: list[tuple[str, str]]) -> str:
    """Pairs as a form or an address sends them; halves of characters too."""
    return "&".join(f"{quote(name)}={quote(text.encode('utf-8', 'surrogatepass'))}" for name, text in pairs)


async def rows() -> list[int]:
    async with DB.connection() as connection:
        return [await connection.fetchval(f"SELECT count(*) FROM {name}") for name in TABLES]


FUZZ = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_every_form_is_here(app: Litestar) -> None:
    assert set(FORMS) == set(pages_of(app, "POST"))


@pytest.fixture
async def stage(own_db: str) -> tuple[Actor, dict[str, str]]:
    return await things()


@FUZZ
@given(data=st.data())
async def test_no_address_of_a_page_meets_a_defect(
    stage: tuple[Actor, dict[str, str]], app: Litestar, client: httpx.AsyncClient, data: st.DataObject
) -> None:
    actor, places = stage
    if "session" not in client.cookies:
        await factories.log_in(client, actor)
    pages = pages_of(app, "GET")
    path = data.draw(st.sampled_from(sorted(pages)))
    hostile = st.sampled_from([one for one in HOSTILE if len(one) < 5000])
    odd_place = st.fixed_dictionaries({}, optional=dict.fromkeys(re.findall(r"\{([^}]+)\}", path), hostile))
    odd = {name: quote(text.encode("utf-8", "surrogatepass"), safe="") for name, text in data.draw(odd_place).items()}
    query = data.draw(st.lists(st.tuples(st.sampled_from(sorted({*pages[path], *QUERY})), hostile), max_size=4))
    address = f"{filled(path, {**places, **odd})}?{encoded(query)}"
    answer = await client.get(address, headers={"Accept": "text/html"})
    # It says 503 as no worker is there, whatever it is sent.
    assert answer.status_code < 500 or path == "/workz", (address, answer.text[-500:])


@FUZZ
@given(data=st.data())
async def test_no_form_meets_a_defect_and_what_is_refused_stores_nothing(
    stage: tuple[Actor, dict[str, str]], client: httpx.AsyncClient, data: st.DataObject
) -> None:
    actor, places = stage
    csrf = await factories.log_in(client, actor)
    path = data.draw(st.sampled_from(sorted(FORMS)))
    fields = {name: filled(text, places) for name, text in FORMS[path].items()}
    hostile = st.lists(st.sampled_from(HOSTILE), max_size=2)
    odd = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, hostile)))
    # None, one or two values instead of the one that is meant.
    pairs = [(name, text) for name, usual in fields.items() for text in odd.get(name, [usual])]
    action = data.draw(st.sampled_from([one.value for one in Action] + ["nonsense"]))
    address = filled(path, {**places, "action:str": action})
    before = await rows()
    if data.draw(st.booleans()):
        body = encoded([*csrf.items(), *pairs])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post(address, content=body, headers={"Accept": "text/html", **kind})
    else:
        files = [(name, ("x.txt", text.encode("utf-8", "surrogatepass"))) for name, text in pairs]
        answer = await client.post(address, data=csrf, files=files, headers={"Accept": "text/html"})
    assert answer.status_code < 500, (address, pairs, answer.text[-500:])
    if answer.status_code >= 400:
        assert await rows() == before, (address, pairs)


MESSAGES: list[Any] = [
    [{"kind": "info", "text": "%(x)s", "values": {"a": "b"}}],
    [{"kind": "info", "text": "%d", "values": {"a": "b"}}],
    [{"kind": "info", "text": "%(a)z", "values": {"a": "b"}}],
    [{"kind": "info", "text": "%(a)s %s", "values": {"a": "b"}}],
    [{"kind": "info", "text": 1}],
    {"kind": "info"},
    "text",
]


@pytest.mark.parametrize("message", MESSAGES)
async def test_a_forged_message_is_no_message(db: None, client: httpx.AsyncClient, message: Any) -> None:
    client.cookies.set("flash", base64.urlsafe_b64encode(json.dumps(message).encode()).decode())
    assert (await client.get("/sites")).status_code == 200


@pytest.mark.parametrize("year", ["0001", "9999"])
async def test_times_beyond_the_calendar_are_refused_in_words(db: None, client: httpx.AsyncClient, year: str) -> None:
    field, company = await factories.field(), await factories.company()
    site = (await Site.select(Site.slug).where(Site.id == field.site_id))[0]["slug"]
    csrf = await factories.log_in(client, company)
    form = {**csrf, "site": site, "area": str(field.area_id), "count": "52"}
    typed = {"time0_start": f"{year}-12-31T00:00", "time0_end": f"{year}-12-31T10:00"}
    for address, wish, status in (("/my/apply", "repeat", 422), ("/my/apply/check", "", 200)):
        answer = await client.post(address, data={**form, **typed, "do": wish})
        assert answer.status_code == status
        assert "2000年から2200年" in answer.text, answer.text
    for start in (f"{year}-12-31T23:59", f"{year}-01-01T00:00%2B14:00", f"{year}-12-31T23:59-12:00"):
        opened = await client.get(f"/my/apply?site={site}&area={field.area_id}&start={start}")
        assert opened.status_code == 200
