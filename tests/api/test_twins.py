"""Whatever a page can do, the API can: every page has its twin, or a reason to have none."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from testfields.app import create_app
from testfields.settings import load

# What is a browser's own: see docs/decisions/0011.
BROWSER = "logging in, and what guards it, is for people at a browser"
PAGE = "part of a page, with nothing of its own to tell or to do"
WATCH = "for programs already"

TWINS: dict[str, tuple[str, ...] | str] = {
    # The public
    "GET /": ("GET /trials", "GET /trials/sites.geojson", "GET /trials.geojson"),
    "GET /trials": ("GET /trials",),
    "GET /trials/{trial_id}": ("GET /trials/{trial_id}", "GET /trials/{trial_id}/place.geojson"),
    "GET /sites": ("GET /sites", "GET /availability"),
    "GET /sites.geojson": ("GET /sites.geojson", "GET /availability"),
    "GET /sites/{slug}": (
        "GET /sites/{slug}",
        "GET /sites/{slug}/areas",
        "GET /sites/{slug}/areas/{area}/spatial-ids",
        "GET /sites/{slug}/plan",
        "GET /plans.geojson",
        "GET /zones",
        "GET /zones.geojson",
        "GET /availability",
    ),
    "GET /p/{code}": ("GET /permits/{code}",),
    "GET /map.svg": ("GET /trials/sites.geojson",),
    "GET /map.png": ("GET /trials/sites.geojson",),
    "GET /photos/{key}": ("GET /sites/{slug}",),
    "GET /sites/{slug}/map.svg": ("GET /sites/{slug}", "GET /sites/{slug}/areas", "GET /sites/{slug}/plan"),
    "GET /sites/{slug}/map.png": ("GET /sites/{slug}", "GET /sites/{slug}/areas", "GET /sites/{slug}/plan"),
    "GET /trials/{trial_id}/map.svg": ("GET /trials/{trial_id}/place.geojson",),
    "GET /trials/{trial_id}/map.png": ("GET /trials/{trial_id}/place.geojson",),
    "GET /p/{code}/map.svg": ("GET /permits/{code}",),
    "GET /maps/{file}": PAGE,
    "GET /maps/ground.pmtiles": PAGE,
    "GET /problems/{slug}": PAGE,
    "GET /{path}": PAGE,
    "GET /healthz": WATCH,
    "GET /readyz": WATCH,
    "GET /workz": WATCH,
    "GET /terms": ("GET /terms",),
    "GET /privacy": ("GET /terms",),
    # One's own account
    "GET /consent": BROWSER,
    "POST /consent": BROWSER,
    "GET /my/consents": ("GET /me/consents",),
    "GET /login": BROWSER,
    "POST /login": BROWSER,
    "POST /logout": BROWSER,
    "GET /forgot": BROWSER,
    "POST /forgot": BROWSER,
    "GET /enter/{secret}": BROWSER,
    "POST /enter/{secret}": BROWSER,
    "GET /register": PAGE,
    "POST /register": ("POST /companies",),
    "GET /desk/companies": ("GET /companies/unverified",),
    "POST /desk/companies/{company_id}/verify": ("POST /companies/{company_id}/verify",),
    "POST /desk/companies/{company_id}/refuse": ("POST /companies/{company_id}/refuse",),
    "GET /my/password": BROWSER,
    "POST /my/password": BROWSER,
    "GET /my/email": ("GET /me/email",),
    "POST /my/email": ("PUT /me/email",),
    "POST /my/email/again": ("POST /me/email/again",),
    "POST /my/email/cancel": ("DELETE /me/email",),
    "POST /demo": BROWSER,
    "GET /my/account": ("GET /me",),
    "POST /my/account": ("PUT /me",),
    "GET /my/tokens": ("GET /tokens",),
    "POST /my/tokens": ("POST /tokens",),
    "POST /my/tokens/{token_id}/revoke": ("DELETE /tokens/{token_id}",),
    "GET /my/members": ("GET /people", "GET /invitations"),
    "POST /my/members": ("POST /invitations",),
    "POST /my/members/invitations/{invitation_id}/again": ("POST /invitations/{invitation_id}/again",),
    "POST /my/members/invitations/{invitation_id}/withdraw": ("DELETE /invitations/{invitation_id}",),
    "POST /my/members/{person_id}/roles": ("PUT /people/{person_id}/roles",),
    "POST /my/account/leave": BROWSER,
    "GET /desk/deputies": ("GET /deputies",),
    "POST /desk/deputies": ("POST /deputies",),
    "POST /desk/deputies/{deputy_id}/end": ("DELETE /deputies/{deputy_id}",),
    "POST /admin/people/invite": ("POST /invitations",),
    # A company
    "GET /my": ("GET /reservations",),
    "GET /my/past": ("GET /reservations",),
    "GET /my/calendar": ("GET /reservations",),
    "GET /my/calendar/feed": BROWSER,
    "POST /my/calendar/feed": BROWSER,
    "POST /my/calendar/feed/end": BROWSER,
    "GET /feeds/{name}": ("GET /reservations",),
    "GET /my/reservations/{reservation_id}/times.ics": ("GET /reservations/{reservation_id}",),
    "GET /my/projects": ("GET /projects",),
    "GET /my/projects/new": PAGE,
    "POST /my/projects/new": ("POST /projects",),
    "GET /my/projects/{project_id}": ("GET /projects/{project_id}",),
    "POST /my/projects/{project_id}": ("PUT /projects/{project_id}",),
    "GET /my/apply": ("GET /reservations/{reservation_id}", "POST /reservations/check"),
    "POST /my/apply": ("POST /reservations", "PUT /reservations/{reservation_id}"),
    "POST /my/apply/check": ("POST /reservations/check",),
    "POST /my/apply/place": ("GET /sites/{slug}",),
    "POST /my/apply/times": PAGE,
    "POST /my/apply/coordinates": PAGE,
    "POST /my/apply/draft": ("POST /reservations", "PUT /reservations/{reservation_id}"),
    "GET /my/reservations/{reservation_id}": (
        "GET /reservations/{reservation_id}",
        "GET /reservations/{reservation_id}/events",
        "GET /reservations/{reservation_id}/queue",
    ),
    "GET /my/reservations/{reservation_id}/volumes.geojson": ("GET /reservations/{reservation_id}",),
    "GET /my/reservations/{reservation_id}/map.svg": ("GET /reservations/{reservation_id}",),
    "GET /my/reservations/{reservation_id}/permit": ("GET /reservations/{reservation_id}/permit",),
    "GET /my/reservations/{reservation_id}/change": (
        "GET /reservations/{reservation_id}",
        "POST /reservations/check",
    ),
    "POST /my/reservations/{reservation_id}/change": ("PUT /reservations/{reservation_id}/volumes",),
    "POST /my/reservations/{reservation_id}/move": ("POST /reservations/{reservation_id}/move",),
    "POST /my/reservations/{reservation_id}/add": ("POST /reservations/{reservation_id}/add",),
    "POST /my/reservations/{reservation_id}/{action}": ("POST /reservations/{reservation_id}/{action}",),
    # Staff
    "GET /desk": ("GET /reviews",),
    "GET /desk/{reservation_id}": (
        "GET /reviews/{reservation_id}",
        "GET /reviews/{reservation_id}/replay",
        "GET /reviews/{reservation_id}/preview.geojson",
        "POST /reviews/{reservation_id}/read",
        "GET /reservations/{reservation_id}",
        "GET /reservations/{reservation_id}/events",
        "GET /projects/{project_id}",
    ),
    "GET /desk/{reservation_id}/map.svg": ("GET /reviews/{reservation_id}/preview.geojson",),
    "GET /desk/today": ("GET /reviews/today",),
    "GET /desk/zones": ("GET /reviews/zones-changed",),
    "POST /desk/today/{stay_id}/{action}": ("POST /reservations/{reservation_id}/{action}",),
    "POST /desk/{reservation_id}/{action}": ("POST /reservations/{reservation_id}/{action}",),
    "POST /desk/{reservation_id}/assignee": ("PUT /reviews/{reservation_id}/assignee",),
    "POST /desk/{reservation_id}/notes": ("POST /reviews/{reservation_id}/notes",),
    "POST /desk/{reservation_id}/recommendation": ("POST /reviews/{reservation_id}/recommendation",),
    "GET /desk/calendar": ("GET /calendar",),
    "GET /desk/calendar.csv": ("GET /calendar",),
    "GET /desk/numbers": ("GET /numbers",),
    "GET /desk/numbers.csv": ("GET /numbers",),
    "GET /desk/book": ("GET /companies/registered", "GET /projects", "POST /reservations/check"),
    "POST /desk/book": ("POST /reservations/for-company",),
    "POST /desk/book/check": ("POST /reservations/check",),
    "POST /desk/book/asker": ("GET /companies/registered",),
    "POST /desk/book/place": ("GET /sites/{slug}",),
    "POST /desk/book/times": PAGE,
    "POST /desk/book/coordinates": PAGE,
    "GET /desk/closures": ("GET /closures",),
    "GET /desk/closures/reasons": PAGE,
    "POST /desk/closures": ("POST /closures", "POST /closures/preview"),
    "POST /desk/closures/{closure_id}/lift": ("POST /closures/{closure_id}/lift",),
    "GET /desk/sites": ("GET /sites",),
    "GET /desk/sites/new": PAGE,
    "POST /desk/sites/new": ("POST /sites",),
    "GET /desk/sites/{slug}/{part}": ("GET /sites/{slug}/description",),
    "POST /desk/sites/{slug}/{part}": ("PUT /sites/{slug}", "POST /sites/{slug}/preview"),
    "GET /desk/sites/{slug}/areas": ("GET /sites/{slug}/description",),
    "GET /desk/sites/{slug}/new-area": PAGE,
    "POST /desk/sites/{slug}/new-area": ("PUT /sites/{slug}", "POST /sites/{slug}/preview"),
    "GET /desk/sites/{slug}/areas/{area}": ("GET /sites/{slug}/description",),
    "POST /desk/sites/{slug}/areas/{area}": ("PUT /sites/{slug}", "POST /sites/{slug}/preview"),
    "POST /desk/sites/{slug}/areas/{area}/retire": ("PUT /sites/{slug}", "POST /sites/{slug}/preview"),
    "GET /desk/sites/{slug}/plan": ("GET /sites/{slug}/plan",),
    "GET /desk/sites/{slug}/new-piece": PAGE,
    "POST /desk/sites/{slug}/new-piece": ("PUT /sites/{slug}/plan",),
    "GET /desk/sites/{slug}/plan/{number}": ("GET /sites/{slug}/plan",),
    "POST /desk/sites/{slug}/plan/{number}": ("PUT /sites/{slug}/plan",),
    "POST /desk/sites/{slug}/plan/{number}/remove": ("PUT /sites/{slug}/plan",),
    "GET /desk/sites/{slug}/photos": ("GET /sites/{slug}/photos",),
    "POST /desk/sites/{slug}/photos": ("POST /sites/{slug}/photos",),
    "POST /desk/sites/{slug}/photos/{photo_id}": ("PUT /sites/{slug}/photos",),
    "GET /desk/sites/{slug}/publish": ("POST /sites/{slug}/preview",),
    "POST /desk/sites/{slug}/publish": ("PUT /sites/{slug}",),
    "GET /desk/mails": ("GET /mails",),
    "GET /desk/mails/{mail_id}": ("GET /mails/{mail_id}",),
    "POST /desk/mails/{mail_id}/resend": ("POST /mails/{mail_id}/resend",),
    # Administrators
    "GET /admin": ("GET /status",),
    "GET /admin/organisations": ("GET /organisations",),
    "POST /admin/organisations": ("POST /organisations",),
    "GET /admin/organisations/{organisation_id}": ("GET /organisations/{organisation_id}",),
    "POST /admin/organisations/{organisation_id}": ("PUT /organisations/{organisation_id}",),
    "GET /admin/organisations/{organisation_id}/deactivate": ("GET /organisations/{organisation_id}/leaving",),
    "POST /admin/organisations/{organisation_id}/deactivate": ("POST /organisations/{organisation_id}/deactivate",),
    "POST /admin/organisations/{organisation_id}/activate": ("POST /organisations/{organisation_id}/activate",),
    "POST /my/members/verified": ("PUT /organisations/{organisation_id}/asks_verified",),
    "GET /admin/people": ("GET /people",),
    "POST /admin/people": ("POST /people",),
    "POST /admin/people/{person_id}/password": ("POST /people/{person_id}/password",),
    "GET /admin/people/{person_id}/deactivate": ("GET /people/{person_id}/leaving",),
    "POST /admin/people/{person_id}/deactivate": ("POST /people/{person_id}/deactivate",),
    "POST /admin/people/{person_id}/activate": ("POST /people/{person_id}/activate",),
    "GET /admin/terms": ("GET /terms",),
    "POST /admin/terms": ("POST /terms",),
    "GET /admin/mails": ("GET /mails",),
    "GET /admin/mails/{mail_id}": ("GET /mails/{mail_id}",),
    "POST /admin/mails/{mail_id}/resend": ("POST /mails/{mail_id}/resend",),
}


@pytest.fixture(scope="module")
def portal() -> Litestar:
    """With the demo's own door, too."""
    return create_app(load({"TESTFIELDS_DEMO": "1"}))


def pages_of(portal: Litestar) -> set[str]:
    """Every address that is neither the API's nor a file's, by method."""
    return {
        f"{method} {route.path_format}"
        for route in portal.routes
        if isinstance(route, HTTPRoute) and not route.path_format.startswith(("/api/", "/static", "/schema"))
        for method in route.route_handler_map
        if method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }


def operations_of(portal: Litestar) -> set[str]:
    """Every operation of the API's description."""
    paths: dict[str, Any] = portal.openapi_schema.to_schema()["paths"]
    return {f"{method.upper()} {path.removeprefix('/api/v1')}" for path, one in paths.items() for method in one}


def test_every_page_is_in_the_table(portal: Litestar) -> None:
    assert sorted(pages_of(portal)) == sorted(TWINS)


def test_every_twin_is_there(portal: Litestar) -> None:
    wanted = {one for twins in TWINS.values() if isinstance(twins, tuple) for one in twins}
    assert wanted - operations_of(portal) == set()


def test_the_api_does_nothing_that_no_page_does(portal: Litestar) -> None:
    """An operation that stands in no row was forgotten here, or has no page yet."""
    named = {one for twins in TWINS.values() if isinstance(twins, tuple) for one in twins}
    # Areas on a map of their own, and what only programs address by spatial IDs.
    assert operations_of(portal) - named == {
        "GET /sites/{slug}/areas.geojson",
        "GET /sites/{slug}/spatial-ids",
        "GET /spatial-ids/{z}/{f}/{x}/{y}",
    }
