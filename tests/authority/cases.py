"""What is asked for at each address, so that everything but authority is in order."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from testfields.accounts.authority import May
from testfields.accounts.rules import COMPANY_ROLES, STAFF_ROLES, MemberRole
from testfields.maps.rules import Kind as MapKind
from tests import factories
from tests.authority.world import DEPUTY_MARK, MARK, period, volumes

PLAN = {
    "title_ja": "題",
    "title_en": "Title",
    "purpose": "目的",
    "theme": "logistics",
    "use": "drone",
    "equipment": "機体",
    "safety_plan": "計画",
}
# A test field that lacks much, as nobody sees it yet.
SITE = {
    "name_ja": "名",
    "name_en": "Name",
    "published": False,
    "sample": False,
    "timezone": "Asia/Tokyo",
    "property_class": "ordinary",
    "road_answer": "not_asked",
    "slot_minutes": 30,
    "minimum_minutes": 30,
    "maximum_minutes": 60,
    "notice_minutes": 0,
    "horizon_days": 30,
    "turnaround_minutes": 0,
    "lateral_separation_m": 0,
    "vertical_separation_m": 0,
    "hold_minutes": 60,
    "processing_days": 1,
    "owner": "{owner}",
}
GROUND = [[[135.5, 34.5], [135.51, 34.5], [135.51, 34.51], [135.5, 34.5]]]
OUTLINE = {"footprint": json.dumps({"type": "Polygon", "coordinates": GROUND}).replace("{", "{{").replace("}", "}}")}


def description(slug: str) -> dict[str, Any]:
    """A test field as a whole, as the API takes it."""
    shape = {"type": "Polygon", "coordinates": GROUND}
    properties = {"kind": "site", "slug": slug, **SITE}
    return {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": shape, "properties": properties}]}


SITE_FORM = {"name_ja": "名", "name_en": "Name", "property_class": "ordinary", **OUTLINE}
AREA_FORM = {**SITE_FORM, "mode": "shared", "altitude_lower": "0", "altitude_upper": "9"}
PIECE_FORM = {"kind": "land", "name_ja": "", "name_en": "", "shape": "Polygon", **OUTLINE}
CLOSING = {"kind": "works", "reason_ja": "工事", "reason_en": "Works"}


@dataclass(frozen=True)
class Case:
    """One request; `{name}` in texts stands for one of the world's things.

    `behind` is the row by which the thing is reached beside the door's own. Whom they do not let reach the thing is
    answered `elsewhere`, and 403 those of `told` roles, who see it and may not do that; None where nothing of anybody's
    is asked for. It is not for those of the first tenant who are `apart`, as what is the company's is not for staff.
    `shows` is a text that the answer holds for those alone who reach the thing. `mine` is of what belongs to one
    person, the first tenant's member, `crossed` of what names things of both tenants and is for nobody.
    """

    json: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    behind: May | None = None
    elsewhere: int | None = None
    told: Set[MemberRole] = frozenset()
    apart: Set[MemberRole] = frozenset()
    shows: str = ""
    mine: bool = False
    crossed: bool = False


TERMS = {"text_ja": "文", "text_en": "Text"}
TODAY = factories.tomorrow().date().isoformat()
THING = Case(elsewhere=404)
SENT_AGAIN = Case(form={"state": "failed"}, elsewhere=404)
LIST = Case(shows=MARK)
PEOPLE = Case(shows=MARK, apart={MemberRole.STAFF_MANAGER})
INVITATION = Case(elsewhere=404, apart={MemberRole.STAFF_MANAGER})
INVITED = {"email": "new@example.test", "organisation_id": "{organisation}", "roles": ["member"]}
STANDING_IN = {
    "organisation_id": "{organisation_id}",
    "person_id": 1,
    "first_day": "2199-12-30",
    "last_day": "2199-12-31",
}
ROLES = {"organisation_id": "{organisation}", "roles": ["member"]}
WHOLE_QUEUE = Case(shows=MARK, places={"?state": "all"})
# What has never been more than a draft is there for its company alone.
DRAFT = Case(places={"reservation_id": "{draft_id}"}, behind=May.SEE_OWN_PAGES, elsewhere=404)
CONFIRMED = Case(places={"reservation_id": "{confirmed_id}"}, elsewhere=404)
WAITING = Case(places={"reservation_id": "{waiting_id}"}, elsewhere=404)
TOMORROW = {"?day": factories.tomorrow().date().isoformat()}
OWN_TOKENS = Case(mine=True, shows=MARK)
# Nobody has asked for another address.
NOTHING_WAITS = Case(crossed=True)
# Named by an approver who does not ask.
ANOTHERS = Case(crossed=True)
HIDDEN = Case(behind=May.SEE_UNPUBLISHED, elsewhere=404)
EDITED = Case(places={"part": "edit"}, elsewhere=404)
A_PIECE = Case(places={"number": "1"}, elsewhere=404)
AREA_OF = Case(places={"slug": "{site}", "area": "{area}"}, elsewhere=404)
ASKED = {"project_id": "{project_id}", "area_id": "{area_id}", "volumes": volumes(18)}


def step(action: str, reservation: str, behind: May) -> Case:
    """A step of an application."""
    places = {"reservation_id": f"{{{reservation}}}", "action": action}
    return Case(json={"reason": "理由"}, places=places, behind=behind, elsewhere=404, told=seeing(reservation))


def decision(action: str, behind: May) -> Case:
    """A step taken at the desk."""
    form = {"version": "1", f"reason_{action}": "理由"}
    return Case(form=form, places={"action": action}, behind=behind, elsewhere=404, told=seeing("reservation_id"))


def seeing(reservation: str) -> Set[MemberRole]:
    """Who of the first tenant sees it; staff no draft."""
    return COMPANY_ROLES if reservation == "draft_id" else COMPANY_ROLES | STAFF_ROLES


def typed(hour: float) -> dict[str, str]:
    """A closure's times, as a form in Japan takes them."""
    start = factories.tomorrow(hour + 9)
    return {"period_start": f"{start:%Y-%m-%dT%H:%M}", "period_end": f"{start:%Y-%m-%dT23:59}"}


def filing(**more: str) -> Case:
    """An application as its page sends it."""
    start = factories.tomorrow(18 + 9)
    times = {"time0_start": f"{start:%Y-%m-%dT%H:%M}", "time0_end": f"{start:%Y-%m-%dT23:00}"}
    form = {"do": "submit", "project_id": "{project_id}", "site": "{site}", **times, **more}
    return Case(form=form, elsewhere=422)


def _day() -> str:
    """The day in Japan on which the world's applications take place."""
    return f"{factories.tomorrow(9 + 9):%Y-%m-%d}"


CALENDAR = Case(shows=MARK, places={"?view": "day", "?date": _day()})

# Addresses that stand in no line are asked with nothing said, and hold nothing of anybody's.
CASES: Mapping[str, tuple[Case, ...]] = {
    # --- API
    "PUT /api/v1/me": (Case(json={"locale": "en"}),),
    "PUT /api/v1/me/email": (Case(json={}),),
    "POST /api/v1/me/email/again": (NOTHING_WAITS,),
    "POST /api/v1/tokens": (Case(json={}),),
    "GET /api/v1/deputies": (Case(shows=DEPUTY_MARK),),
    "GET /desk/deputies": (Case(shows=DEPUTY_MARK),),
    "POST /api/v1/deputies": (Case(json=STANDING_IN, elsewhere=404),),
    "DELETE /api/v1/deputies/{deputy_id}": (ANOTHERS,),
    "POST /desk/deputies": (Case(form={}),),
    "POST /desk/deputies/{deputy_id}/end": (ANOTHERS,),
    "DELETE /api/v1/tokens/{token_id}": (Case(mine=True, elsewhere=404),),
    "POST /api/v1/terms": (Case(json={"kind": "terms", "text": {"ja": "文", "en": "Text"}, "applies_from": TODAY}),),
    "POST /api/v1/organisations": (Case(json={}),),
    "PUT /api/v1/organisations/{organisation_id}": (Case(json={}),),
    "PUT /api/v1/organisations/{organisation_id}/asks_verified": (Case(json={"asks_verified": True}, elsewhere=404),),
    "GET /api/v1/tokens": (OWN_TOKENS,),
    "GET /api/v1/people": (PEOPLE,),
    "POST /api/v1/people": (Case(json={}),),
    "POST /api/v1/companies/{company_id}/refuse": (Case(json={"reason": "理由"}),),
    "POST /desk/companies/{company_id}/refuse": (Case(form={"reason": "理由"}),),
    "POST /api/v1/invitations": (replace(INVITATION, json=INVITED),),
    "POST /api/v1/invitations/{invitation_id}/again": (INVITATION,),
    "DELETE /api/v1/invitations/{invitation_id}": (INVITATION,),
    "PUT /api/v1/people/{person_id}/roles": (replace(INVITATION, json=ROLES),),
    "GET /api/v1/sites": (Case(behind=May.SEE_UNPUBLISHED, shows=MARK),),
    "GET /api/v1/sites.geojson": (Case(behind=May.SEE_UNPUBLISHED, shows=MARK),),
    "GET /api/v1/sites/{slug}": (HIDDEN,),
    "GET /api/v1/sites/{slug}/plan": (HIDDEN,),
    "PUT /api/v1/sites/{slug}/plan": (Case(json={"type": "FeatureCollection", "features": []}, elsewhere=404),),
    "GET /api/v1/sites/{slug}/photos": (THING,),
    "POST /api/v1/sites/{slug}/photos": (Case(places={"?ja": "名", "?en": "Name"}, elsewhere=404),),
    "PUT /api/v1/sites/{slug}/photos": (Case(json={"photos": []}, elsewhere=404),),
    "POST /api/v1/sites": (Case(json=description("new-site"), elsewhere=422),),
    "GET /api/v1/sites/{slug}/description": (THING,),
    "PUT /api/v1/sites/{slug}": (Case(json=description("{slug}"), elsewhere=404),),
    "POST /api/v1/sites/{slug}/preview": (Case(json=description("{slug}"), elsewhere=404),),
    "GET /api/v1/sites/{slug}/areas": (HIDDEN,),
    "GET /api/v1/sites/{slug}/areas.geojson": (HIDDEN,),
    "GET /api/v1/sites/{slug}/spatial-ids": (HIDDEN,),
    "GET /api/v1/sites/{slug}/areas/{area}/spatial-ids": (Case(places={"slug": "{site}", "area": "{area}"}),),
    "GET /api/v1/reservations": (LIST,),
    "POST /api/v1/reservations": (Case(json=ASKED, elsewhere=422),),
    "POST /api/v1/reservations/for-company": (
        Case(json={**ASKED, "company_id": "{organisation}", "reason": "電話"}, elsewhere=422),
    ),
    "POST /api/v1/reservations/check": (
        Case(json=ASKED),
        Case(json={**ASKED, "reservation_id": "{reservation_id}"}, behind=May.SEE_OWN_PAGES, elsewhere=404),
        # Taken already: by which application, is told to those alone whose it is.
        Case(json={**ASKED, "volumes": volumes(9)}, behind=May.KNOW_OWN, shows='"reservation_id":{reservation_id}'),
    ),
    "PUT /api/v1/reservations/{reservation_id}": (
        Case(json=ASKED, places={"reservation_id": "{draft_id}"}, elsewhere=404),
        Case(json=ASKED, places={"reservation_id": "{their_draft_id}"}, crossed=True),
    ),
    "GET /api/v1/reservations/{reservation_id}": (THING, DRAFT),
    "GET /api/v1/reservations/{reservation_id}/events": (CONFIRMED, DRAFT),
    "GET /api/v1/reservations/{reservation_id}/queue": (WAITING,),
    "PUT /api/v1/reservations/{reservation_id}/volumes": (
        Case(json={"volumes": volumes(18)}, elsewhere=404, told=seeing("reservation_id")),
    ),
    "POST /api/v1/reservations/{reservation_id}/move": (
        Case(json={"start": volumes(18)[0]["period"]["start"]}, elsewhere=404, told=seeing("reservation_id")),
    ),
    "POST /api/v1/reservations/{reservation_id}/add": (
        Case(json={"volumes": volumes(18)}, elsewhere=404, told=seeing("reservation_id")),
    ),
    "POST /api/v1/reservations/{reservation_id}/{action}": (
        step("withdraw", "reservation_id", May.APPLY),
        step("return", "reservation_id", May.REVIEW),
        step("approve", "reservation_id", May.DECIDE),
        step("reject", "reservation_id", May.DECIDE),
        step("check_in", "confirmed_id", May.BE_ON_SITE),
        step("cancel", "confirmed_id", May.APPLY),
        step("no_show", "confirmed_id", May.NOTE_NO_SHOW),
        step("revoke", "confirmed_id", May.DECIDE),
        step("withdraw", "draft_id", May.APPLY),
    ),
    "GET /api/v1/reservations/{reservation_id}/permit": (CONFIRMED,),
    "GET /api/v1/availability": (Case(),),
    "GET /api/v1/spatial-ids/{z}/{f}/{x}/{y}": (Case(places={"z": "20", "f": "1", "x": "917516", "y": "416546"}),),
    "GET /api/v1/closures": (LIST,),
    "POST /api/v1/closures": (Case(json={**CLOSING, "site": "{site}", "period": period(20)}, elsewhere=404),),
    "POST /api/v1/closures/preview": (Case(json={"site": "{site}", "period": period(20)}, elsewhere=404),),
    "POST /api/v1/closures/{closure_id}/lift": (THING,),
    "GET /api/v1/calendar": (Case(shows=MARK, places={"?from": _day(), "?to": _day()}),),
    "GET /api/v1/numbers": (Case(shows=MARK, places={"?month": "2026-11"}),),
    "GET /api/v1/reviews": (LIST, WHOLE_QUEUE),
    "GET /api/v1/reviews/today": (Case(shows='"reservation_id":{confirmed_id}', places=TOMORROW),),
    "GET /api/v1/reviews/{reservation_id}": (THING, DRAFT),
    "GET /api/v1/reviews/{reservation_id}/replay": (THING, DRAFT),
    "POST /api/v1/reviews/{reservation_id}/read": (THING, DRAFT),
    "PUT /api/v1/reviews/{reservation_id}/assignee": (Case(json={"person_id": None}, elsewhere=404),),
    "POST /api/v1/reviews/{reservation_id}/notes": (Case(json={"text": "メモ"}, elsewhere=404),),
    "POST /api/v1/reviews/{reservation_id}/recommendation": (Case(json={}, elsewhere=404),),
    "GET /api/v1/reviews/{reservation_id}/preview.geojson": (THING, DRAFT),
    "POST /api/v1/projects": (Case(json={**PLAN, "company_id": "{organisation}"}, elsewhere=422),),
    "GET /api/v1/projects": (LIST,),
    "GET /api/v1/projects/{project_id}": (
        THING,
        Case(places={"project_id": "{drafted_id}"}, behind=May.SEE_OWN_PAGES, elsewhere=404),
    ),
    "PUT /api/v1/projects/{project_id}": (Case(json=PLAN, elsewhere=404),),
    "GET /api/v1/mails": (LIST,),
    "GET /api/v1/mails/{mail_id}": (THING,),
    "POST /api/v1/mails/{mail_id}/resend": (THING,),
    # --- Pages
    "GET /sites": (Case(behind=May.SEE_UNPUBLISHED, shows=MARK),),
    "GET /sites.geojson": (Case(behind=May.SEE_UNPUBLISHED, shows=MARK),),
    "GET /sites/{slug}": (HIDDEN,),
    "GET /sites/{slug}/map.svg": (HIDDEN,),
    "GET /sites/{slug}/map.png": (HIDDEN,),
    "GET /maps/{file}": (Case(places={"file": f"{next(iter(MapKind))}.ja.js"}),),
    "GET /static/{path}": (Case(places={"path": "icons/favicon.svg"}),),
    "POST /consent": (Case(form={"consent": "true", "consent_terms": "0", "consent_privacy": "0"}),),
    "POST /admin/terms": (Case(form={"kind": "terms", "seen": "0", **TERMS, "applies_from": TODAY}),),
    "POST /my/email": (Case(form={}),),
    "POST /my/email/again": (NOTHING_WAITS,),
    "POST /my/tokens/{token_id}/revoke": (Case(mine=True, elsewhere=404),),
    "GET /my/tokens": (OWN_TOKENS,),
    "GET /my/members": (PEOPLE,),
    "POST /my/members": (replace(INVITATION, form=INVITED),),
    "POST /my/members/invitations/{invitation_id}/again": (INVITATION,),
    "POST /my/members/invitations/{invitation_id}/withdraw": (INVITATION,),
    "POST /my/members/{person_id}/roles": (replace(INVITATION, form=ROLES),),
    "POST /my/account/leave": (Case(form={}, crossed=True),),
    "GET /admin/people": (LIST,),
    "POST /admin/people/invite": (Case(form=INVITED),),
    "GET /admin/mails": (LIST,),
    "GET /admin/mails/{mail_id}": (THING,),
    "POST /admin/mails/{mail_id}/resend": (SENT_AGAIN,),
    "GET /desk/sites": (LIST,),
    "GET /desk/sites/{slug}/{part}": (EDITED,),
    "POST /desk/sites/{slug}/{part}": (replace(EDITED, form={"version": "1", **SITE_FORM}),),
    "GET /desk/sites/{slug}/areas": (THING,),
    "GET /desk/sites/{slug}/new-area": (THING,),
    "POST /desk/sites/{slug}/new-area": (Case(form={"version": "1", **AREA_FORM}, elsewhere=404),),
    "GET /desk/sites/{slug}/areas/{area}": (AREA_OF,),
    "POST /desk/sites/{slug}/areas/{area}": (replace(AREA_OF, form={"version": "1", **AREA_FORM}),),
    "POST /desk/sites/{slug}/areas/{area}/retire": (replace(AREA_OF, form={"version": "1"}),),
    "GET /desk/sites/{slug}/plan": (THING,),
    "GET /desk/sites/{slug}/new-piece": (THING,),
    "POST /desk/sites/{slug}/new-piece": (Case(form={"version": "1", **PIECE_FORM}, elsewhere=404),),
    "GET /desk/sites/{slug}/plan/{number}": (A_PIECE,),
    "POST /desk/sites/{slug}/plan/{number}": (replace(A_PIECE, form={"version": "1", **PIECE_FORM}),),
    "POST /desk/sites/{slug}/plan/{number}/remove": (replace(A_PIECE, form={"version": "1"}),),
    "GET /desk/sites/{slug}/photos": (THING,),
    "POST /desk/sites/{slug}/photos": (Case(form={"ja": "名", "en": "Name"}, elsewhere=404),),
    "POST /desk/sites/{slug}/photos/{photo_id}": (
        Case(form={"version": "1", "ja_{photo_id}": "名", "en_{photo_id}": "Name"}, elsewhere=404),
    ),
    "GET /desk/sites/{slug}/publish": (THING,),
    "POST /desk/sites/{slug}/publish": (Case(form={"version": "1"}, elsewhere=404),),
    "GET /desk/mails": (LIST,),
    "GET /desk/mails/{mail_id}": (THING,),
    "POST /desk/mails/{mail_id}/resend": (SENT_AGAIN,),
    "GET /my": (Case(shows=MARK, places={"?show": "waiting"}),),
    "GET /my/past": (LIST,),
    "GET /my/calendar": (Case(),),
    "GET /feeds/{name}": (Case(places={"name": "nothing.ics"}),),
    "GET /my/reservations/{reservation_id}/times.ics": (THING,),
    "GET /my/projects": (LIST,),
    "POST /my/projects/new": (Case(form={**PLAN, "company_id": "{organisation}"}, elsewhere=422),),
    "GET /my/projects/{project_id}": (THING,),
    "POST /my/projects/{project_id}": (Case(form={**PLAN, "version": "1"}, elsewhere=404),),
    "GET /my/reservations/{reservation_id}": (THING, CONFIRMED),
    "GET /my/reservations/{reservation_id}/volumes.geojson": (THING,),
    "GET /my/reservations/{reservation_id}/map.svg": (THING,),
    "GET /my/reservations/{reservation_id}/permit": (CONFIRMED,),
    "GET /my/reservations/{reservation_id}/change": (THING,),
    "POST /my/reservations/{reservation_id}/change": (THING,),
    "POST /my/reservations/{reservation_id}/move": (THING,),
    "POST /my/reservations/{reservation_id}/add": (THING,),
    "POST /my/reservations/{reservation_id}/{action}": (
        Case(form={"version": "1"}, places={"action": "withdraw"}, elsewhere=404),
        # Staff's own, who do not take it here.
        Case(form={"version": "1"}, places={"action": "approve"}, behind=May.DECIDE, elsewhere=404, told=COMPANY_ROLES),
    ),
    "GET /my/apply": (Case(), Case(places={"?draft": "{draft_id}"}, elsewhere=404)),
    "POST /my/apply": (filing(), filing(draft="{draft_id}")),
    "POST /desk/book": (filing(do="file_for", company_id="{organisation}", reason="電話"),),
    "GET /desk": (LIST, WHOLE_QUEUE),
    "POST /my/members/verified": (Case(form={"organisation_id": "{organisation_id}"}, elsewhere=404),),
    "GET /desk/today": (Case(shows='"/desk/{confirmed_id}"', places=TOMORROW),),
    "POST /desk/today/{stay_id}/{action}": (Case(form={"version": "1"}, places={"action": "check_in"}, elsewhere=404),),
    "GET /desk/{reservation_id}": (THING, DRAFT),
    "GET /desk/{reservation_id}/map.svg": (THING, DRAFT),
    "POST /desk/{reservation_id}/{action}": (
        decision("approve", May.DECIDE),
        decision("return", May.REVIEW),
        replace(DRAFT, form={"version": "1"}, places={**DRAFT.places, "action": "approve"}),
    ),
    "POST /desk/{reservation_id}/assignee": (Case(form={"person_id": ""}, elsewhere=404),),
    "POST /desk/{reservation_id}/notes": (Case(form={"note": "メモ"}, elsewhere=404),),
    "POST /desk/{reservation_id}/recommendation": (Case(form={"version": "1"}, elsewhere=404),),
    "GET /desk/calendar": (CALENDAR,),
    "GET /desk/calendar.csv": (CALENDAR,),
    "GET /desk/numbers": (LIST,),
    "GET /desk/numbers.csv": (LIST,),
    # Who may close is offered where.
    "GET /desk/closures": (LIST, Case(behind=May.CLOSE, shows='"{site}/"')),
    "GET /desk/closures/reasons": (Case(),),
    "POST /desk/closures": (Case(form={**CLOSING, "place": "{site}/", **typed(20)}, elsewhere=422),),
    "POST /desk/closures/{closure_id}/lift": (THING,),
}
