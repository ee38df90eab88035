"""What is asked for at each address, so that everything but authority is in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from testfields.accounts.authority import May
from testfields.maps.shell import Kind as MapKind
from tests import factories
from tests.authority.world import period, volumes

PLAN = {
    "title_ja": "題",
    "title_en": "Title",
    "purpose": "目的",
    "theme": "logistics",
    "use": "drone",
    "equipment": "機体",
    "safety_plan": "計画",
}
CLOSING = {"kind": "works", "reason_ja": "工事", "reason_en": "Works"}


@dataclass(frozen=True)
class Case:
    """One request; `{name}` in texts stands for one of the world's things.

    `behind` is the row by which the thing is reached where it is not the door's own. Whom that row does not let reach
    the thing is answered `elsewhere`; None where nothing of anybody's is asked for. `shows` is of lists, which hold the
    mark for those alone who may see it, `mine` of what belongs to one person, the first tenant's member.
    """

    json: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    behind: May | None = None
    elsewhere: int | None = None
    shows: bool = False
    mine: bool = False


THING = Case(elsewhere=404)
LIST = Case(shows=True)
HIDDEN = Case(behind=May.SEE_UNPUBLISHED, elsewhere=404)
DRAFT = {"project_id": "{project_id}", "area_id": "{area_id}", "volumes": volumes(18)}


def step(action: str, reservation: str, behind: May) -> Case:
    """A step of an application."""
    places = {"reservation_id": f"{{{reservation}}}", "action": action}
    body = {"reason": "理由"}
    return Case(json=body, places=places, behind=behind, elsewhere=404)


def typed(hour: float) -> dict[str, str]:
    """A closure's times, as a form in Japan takes them."""
    start = factories.tomorrow(hour + 9)
    return {"period_start": f"{start:%Y-%m-%dT%H:%M}", "period_end": f"{start:%Y-%m-%dT23:59}"}


# Addresses that stand in no line are asked with nothing said, and hold nothing of anybody's.
CASES: Mapping[str, tuple[Case, ...]] = {
    # --- API
    "PUT /api/v1/me": (Case(json={"locale": "en"}),),
    "POST /api/v1/tokens": (Case(json={}),),
    "DELETE /api/v1/tokens/{token_id}": (Case(mine=True, elsewhere=404),),
    "POST /api/v1/organisations": (Case(json={}),),
    "GET /api/v1/people": (LIST,),
    "POST /api/v1/people": (Case(json={}),),
    "GET /api/v1/sites": (Case(behind=May.SEE_UNPUBLISHED, shows=True),),
    "GET /api/v1/sites.geojson": (Case(behind=May.SEE_UNPUBLISHED, shows=True),),
    "GET /api/v1/sites/{slug}": (HIDDEN,),
    "GET /api/v1/sites/{slug}/areas": (HIDDEN,),
    "GET /api/v1/sites/{slug}/areas.geojson": (HIDDEN,),
    "GET /api/v1/reservations": (LIST,),
    "POST /api/v1/reservations": (Case(json=DRAFT, elsewhere=422),),
    "POST /api/v1/reservations/check": (
        Case(json=DRAFT),
        Case(json={**DRAFT, "reservation_id": "{reservation_id}"}, behind=May.SEE_OWN_PAGES, elsewhere=404),
    ),
    "PUT /api/v1/reservations/{reservation_id}": (
        Case(json=DRAFT, places={"reservation_id": "{draft_id}"}, elsewhere=404),
    ),
    "GET /api/v1/reservations/{reservation_id}": (THING,),
    "GET /api/v1/reservations/{reservation_id}/events": (THING,),
    "PUT /api/v1/reservations/{reservation_id}/volumes": (Case(json={"volumes": volumes(18)}, elsewhere=404),),
    "POST /api/v1/reservations/{reservation_id}/{action}": (
        step("withdraw", "reservation_id", May.APPLY),
        step("return", "reservation_id", May.REVIEW),
        step("approve", "reservation_id", May.DECIDE),
        step("reject", "reservation_id", May.DECIDE),
        step("check_in", "confirmed_id", May.BE_ON_SITE),
        step("cancel", "confirmed_id", May.APPLY),
        step("no_show", "confirmed_id", May.NOTE_NO_SHOW),
        step("revoke", "confirmed_id", May.DECIDE),
    ),
    "GET /api/v1/reservations/{reservation_id}/permit": (
        Case(places={"reservation_id": "{confirmed_id}"}, elsewhere=404),
    ),
    "GET /api/v1/availability": (Case(),),
    "GET /api/v1/closures": (LIST,),
    "POST /api/v1/closures": (Case(json={**CLOSING, "site": "{site}", "period": period(20)}, elsewhere=404),),
    "POST /api/v1/closures/{closure_id}/lift": (THING,),
    "GET /api/v1/reviews": (LIST,),
    "GET /api/v1/reviews/{reservation_id}": (THING,),
    "POST /api/v1/reviews/{reservation_id}/read": (THING,),
    "GET /api/v1/reviews/{reservation_id}/preview.geojson": (THING,),
    "POST /api/v1/projects": (Case(json={**PLAN, "company_id": "{organisation}"}, elsewhere=422),),
    "GET /api/v1/projects": (LIST,),
    "GET /api/v1/projects/{project_id}": (THING,),
    "PUT /api/v1/projects/{project_id}": (Case(json=PLAN, elsewhere=404),),
    "GET /api/v1/mails": (LIST,),
    "GET /api/v1/mails/{mail_id}": (THING,),
    "POST /api/v1/mails/{mail_id}/resend": (THING,),
    # --- Pages
    "GET /sites": (Case(behind=May.SEE_UNPUBLISHED, shows=True),),
    "GET /sites.geojson": (Case(behind=May.SEE_UNPUBLISHED, shows=True),),
    "GET /sites/{slug}": (HIDDEN,),
    "GET /maps/{file}": (Case(places={"file": f"{next(iter(MapKind))}.ja.js"}),),
    "GET /static/{file_path}": (Case(places={"file_path": "icons/favicon.svg"}),),
    "HEAD /static/{file_path}": (Case(places={"file_path": "icons/favicon.svg"}),),
    "POST /my/tokens/{token_id}/revoke": (Case(mine=True, elsewhere=404),),
    "GET /my/members": (LIST,),
    "GET /admin/people": (LIST,),
    "GET /admin/mails": (LIST,),
    "GET /admin/mails/{mail_id}": (THING,),
    "POST /admin/mails/{mail_id}/resend": (THING,),
    "GET /desk/mails": (LIST,),
    "GET /desk/mails/{mail_id}": (THING,),
    "POST /desk/mails/{mail_id}/resend": (THING,),
    "GET /my": (LIST,),
    "GET /my/projects": (LIST,),
    "POST /my/projects/new": (Case(form={**PLAN, "company_id": "{organisation}"}, elsewhere=422),),
    "GET /my/projects/{project_id}": (THING,),
    "POST /my/projects/{project_id}": (Case(form={**PLAN, "version": "1"}, elsewhere=404),),
    "GET /my/reservations/{reservation_id}": (THING,),
    "GET /my/reservations/{reservation_id}/volumes.geojson": (THING,),
    "GET /my/reservations/{reservation_id}/permit": (Case(places={"reservation_id": "{confirmed_id}"}, elsewhere=404),),
    "GET /my/reservations/{reservation_id}/change": (THING,),
    "POST /my/reservations/{reservation_id}/change": (THING,),
    "POST /my/reservations/{reservation_id}/{action}": (Case(places={"action": "withdraw"}, elsewhere=404),),
    "GET /my/apply": (Case(), Case(places={"?draft": "{draft_id}"}, elsewhere=404)),
    "GET /desk": (LIST,),
    "GET /desk/{reservation_id}": (THING,),
    "POST /desk/{reservation_id}/{action}": (
        Case(form={"version": "1"}, places={"action": "approve"}, behind=May.DECIDE, elsewhere=404),
        Case(
            form={"version": "1", "reason_return": "理由"},
            places={"action": "return"},
            behind=May.REVIEW,
            elsewhere=404,
        ),
    ),
    "GET /desk/closures": (LIST,),
    "POST /desk/closures": (Case(form={**CLOSING, "place": "{site}/", **typed(20)}, elsewhere=422),),
    "POST /desk/closures/{closure_id}/lift": (THING,),
}
