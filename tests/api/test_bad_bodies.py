"""Every body that the API takes is read as strictly: a clear problem, told by its path, and nothing stored."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from testfields.accounts.tables import ApiToken, Organisation, Person
from testfields.availability.service import Asked
from testfields.availability.tables import Claim
from testfields.closures.tables import Closure
from testfields.core.clock import now
from testfields.events.tables import Event
from testfields.projects.tables import Project
from testfields.reservations import filing
from testfields.reservations.rules import Action
from testfields.reservations.tables import Reservation
from testfields.sites.tables import Area, Site
from testfields.web.bodies import JSON
from tests import factories
from tests.api.cases import somebody_with_every_role
from tests.authority.cases import description
from tests.projects.test_routes import PLAN

STORED = (ApiToken, Organisation, Person, Claim, Closure, Project, Reservation, Event, Site)
KINDS = ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
UNSTORABLE = {"NUL": "a\x00b", "half a pair": "\ud800", "too long": "x" * 900_000}


@dataclass(frozen=True)
class Place:
    """Everything that a body may name."""

    reservation: int
    project: int
    area: int
    site: str
    organisation: int
    person: int
    headers: dict[str, str]

    def path(self, operation: str) -> tuple[str, str]:
        """Method and address of an operation."""
        method, _, path = operation.partition(" ")
        numbers = {
            "reservation_id": self.reservation,
            "project_id": self.project,
            "person_id": self.person,
            "company_id": 1,
            "organisation_id": self.organisation,
        }
        return method, "/api/v1" + path.format_map({**numbers, "action": "submit", "slug": self.site})


def bodies(place: Place) -> dict[str, dict[str, Any]]:
    """A good body for every operation that takes one."""
    asked = factories.period(9)
    period = {"start": asked.start.isoformat(), "end": asked.end.isoformat()}
    volumes: dict[str, Any] = {"volumes": [{"period": period}]}
    application = {"project_id": place.project, "area_id": place.area, **volumes}
    closure = {"site": place.site, "kind": "works", "reason_ja": "工事", "reason_en": "Works", "period": period}
    organisation = {
        "kind": "company",
        "slug": "new-company",
        "name_ja": "新会社",
        "name_en": "New company",
        "contact_email": "new@example.test",
    }
    return {
        "POST /projects": PLAN,
        "PUT /projects/{project_id}": PLAN,
        "POST /reservations": application | {"note": "-"},
        "POST /reservations/for-company": {
            "company_id": place.organisation,
            "project": PLAN,
            "area_id": place.area,
            **volumes,
            "reason": "-",
            "note": "-",
        },
        "POST /reservations/check": application,
        "PUT /reservations/{reservation_id}": application | {"note": "-"},
        "PUT /reservations/{reservation_id}/volumes": volumes,
        "POST /reservations/{reservation_id}/move": {"stays": [1], "start": period["start"]},
        "POST /reservations/{reservation_id}/add": volumes,
        "POST /reservations/{reservation_id}/{action}": {"reason": "-", "conditions": "-"},
        "POST /closures": closure,
        "POST /closures/preview": {"site": place.site, "period": period},
        "POST /organisations": organisation,
        "PUT /organisations/{organisation_id}": {
            **{name: organisation[name] for name in ("name_ja", "name_en", "contact_email")},
            "kana": "-",
            "corporate_number": None,
            "address": "-",
            "metric_crs": 6674,
            "asks_verified": True,
        },
        "PUT /organisations/{organisation_id}/asks_verified": {"asks_verified": False},
        "POST /people": {"email": "new@example.test", "name": "新人", "memberships": []},
        "POST /invitations": {"email": "new@example.test", "organisation_id": place.organisation, "roles": ["member"]},
        "PUT /people/{person_id}/roles": {"organisation_id": place.organisation, "roles": ["member", "manager"]},
        "POST /companies": {
            "email": "new@example.test",
            "name_ja": "新",
            "name_en": "New",
            "address": "大阪",
            "wish": "実証",
        },
        "POST /companies/{company_id}/refuse": {"reason": "理由"},
        "PUT /reviews/{reservation_id}/assignee": {"person_id": None},
        "POST /reviews/{reservation_id}/notes": {"text": "-"},
        "POST /reviews/{reservation_id}/recommendation": {"text": "-"},
        "PUT /sites/{slug}/plan": {"type": "FeatureCollection", "features": []},
        "PUT /sites/{slug}/photos": {"photos": []},
        "POST /sites": description("new-site"),
        "PUT /sites/{slug}": description(place.site),
        "POST /sites/{slug}/preview": description(place.site),
        "POST /terms": {"kind": "terms", "text": {"ja": "文", "en": "Text"}, "applies_from": "2199-12-31"},
        "PUT /me": {"locale": "en"},
        "POST /deputies": {
            "organisation_id": 1,
            "person_id": 1,
            "first_day": "2199-12-30",
            "last_day": "2199-12-31",
        },
        "PUT /me/email": {"email": "new@example.test", "password": "x"},
        "POST /tokens": {"name": "x", "scopes": ["read"], "expires_at": factories.tomorrow().isoformat()},
    }


OPERATIONS = list(bodies(Place(1, 1, 1, "", 1, 1, {})))
# Long or strange words where only certain ones are known.
CHOSEN = {"theme", "use", "kind", "expires_at", "locale"}


@pytest.fixture
async def place(db: None, client: AsyncClient) -> Place:
    """A draft of somebody's who may do everything, and sits at a browser: tokens are made there alone."""
    field = await factories.field()
    actor = await somebody_with_every_role(field)
    csrf = await factories.log_in(client, actor)
    client.cookies.set("lang", "en")
    project = await factories.project(actor)
    asked = (Asked(factories.period(15)),)
    draft = await filing.file(actor, filing.Application(project, field.area_id, asked, Action.SAVE), now())
    site = await Site.select(Site.slug).where(Site.id == field.site_id).first()
    assert site is not None
    headers = {"X-CSRF-Token": csrf["_csrf"], "If-Match": "*"}
    return Place(draft.id, project, field.area_id, site["slug"], actor.companies[0], actor.person_id, headers)


async def stored() -> list[Any]:
    """All that a body could have changed."""
    return [await table.select().order_by(table._meta.primary_key) for table in (*STORED, Area)]


async def refused(client: AsyncClient, place: Place, operation: str, content: bytes, kind: str) -> Response:
    """Send it; the problem that comes back, after seeing that nothing changed."""
    before = await stored()
    method, path = place.path(operation)
    answer = await client.request(method, path, content=content, headers=place.headers | {"Content-Type": kind})
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert await stored() == before
    return answer


def test_every_body_is_tried(app: Litestar) -> None:
    paths = app.openapi_schema.to_schema()["paths"]
    taking = [
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        for method, one in methods.items()
        if JSON in one.get("requestBody", {"content": {}})["content"]
    ]
    assert sorted(taking) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_what_is_no_json_or_no_object_is_refused(client: AsyncClient, place: Place, operation: str) -> None:
    for content, status in (
        (b"{", 400),
        (b"NaN", 400),
        (b"\xff\xfe", 400),
        (b"<a/>", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b"", 422),
        (b" " * 1_000_001, 413),
    ):
        answer = await refused(client, place, operation, content, "application/json")
        assert answer.status_code == status, (content[:20], answer.text)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_other_content_types_are_refused(client: AsyncClient, place: Place, operation: str) -> None:
    good = json.dumps(bodies(place)[operation]).encode()
    for kind in KINDS:
        answer = await refused(client, place, operation, good, kind)
        assert answer.status_code == 415, (kind, answer.text)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_unknown_field_is_told_by_its_path(client: AsyncClient, place: Place, operation: str) -> None:
    good = bodies(place)[operation]
    nested = [(f"{path}.surprise", changed) for path, changed in _objects(good)]
    for path, body in (("surprise", good | {"surprise": 1}), *nested):
        answer = await refused(client, place, operation, json.dumps(body).encode(), "application/json")
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"] == [{"path": path, "message": "There is no such field."}]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("text", UNSTORABLE.values(), ids=UNSTORABLE)
async def test_a_text_that_cannot_be_stored_is_refused(
    client: AsyncClient, place: Place, operation: str, text: str
) -> None:
    good = bodies(place)[operation]
    for name in [name for name, value in good.items() if isinstance(value, str) and name not in CHOSEN]:
        answer = await refused(client, place, operation, json.dumps(good | {name: text}).encode(), "application/json")
        assert answer.status_code == (400 if text == UNSTORABLE["half a pair"] else 422), answer.text
        if text == UNSTORABLE["too long"]:
            assert answer.json()["errors"][0]["path"] == name


def _objects(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path of each object inside, and the body with a field too many in it."""
    if "period" in body:
        yield "period", body | {"period": body["period"] | {"surprise": 1}}
    for index, volume in enumerate(body.get("volumes", ())):
        yield f"volumes[{index}]", body | {"volumes": [volume | {"surprise": 1}]}
        yield f"volumes[{index}].period", body | {"volumes": [{"period": volume["period"] | {"surprise": 1}}]}
