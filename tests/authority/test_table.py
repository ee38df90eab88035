"""What the table of authority may never come to say, told by hand and not read off it.

The walk in `test_doors` takes the table at its word, so it cannot tell when the table becomes laxer. In
docs/authority.md every change of a row or a door is a line of a diff; here stands where one's authority would become
another's: whose business each place and each step is, and what a token must carry to change something.
"""

from collections.abc import Iterator, Mapping, Set

import pytest

from testfields.accounts.access import allowed, reach
from testfields.accounts.authority import Kind, May
from testfields.accounts.rules import COMPANY_ROLES as COMPANY
from testfields.accounts.rules import STAFF_ROLES as STAFF
from testfields.accounts.rules import Actor, MemberRole, Membership, OrganisationKind, Scope
from testfields.reservations.actions import Action
from testfields.reservations.rules import TRANSITIONS
from testfields.reservations.states import State
from tests.authority.test_doors import DOORS

ADMIN, MANAGER = {MemberRole.ADMIN}, {MemberRole.MANAGER}
REVIEWER, APPROVER, SITE_MANAGER = {MemberRole.REVIEWER}, {MemberRole.APPROVER}, {MemberRole.SITE_MANAGER}
STAFF_MANAGER = {MemberRole.STAFF_MANAGER}
# On the days for which an approver has named them, in whose place they decide.
DEPUTY = {MemberRole.DEPUTY}
# Whoever is logged in; and whoever comes by.
KNOWN, ANYBODY = frozenset(MemberRole), frozenset({*MemberRole, None})

# Whose business an address is, by how it begins; the longest beginning counts.
PLACES: Mapping[str, Set[MemberRole | None]] = {
    # --- Pages
    **dict.fromkeys(
        (
            "/",
            "/{path}",
            "/map.svg",
            "/map.png",
            "/sites",
            "/sites.geojson",
            "/trials",
            "/p",
            "/maps",
            "/photos",
            "/terms",
            "/privacy",
            "/static",
        ),
        ANYBODY,
    ),
    **dict.fromkeys(
        (
            "/login",
            "/logout",
            "/forgot",
            "/enter",
            "/feeds",
            "/register",
            "/demo",
            "/problems",
            "/schema",
            "/healthz",
            "/readyz",
            "/workz",
        ),
        ANYBODY,
    ),
    **dict.fromkeys(("/my/account", "/my/email", "/my/password", "/my/tokens", "/my/consents", "/consent"), KNOWN),
    "/my": COMPANY,
    "/my/account/leave": KNOWN,
    "/my/members": MANAGER | STAFF_MANAGER,
    "/my/reservations/{reservation_id}/permit": COMPANY | STAFF,
    "/desk": STAFF,
    **dict.fromkeys(("/api/v1/calendar", "/api/v1/numbers"), STAFF),
    "/desk/{reservation_id}": STAFF | DEPUTY,
    "/api/v1/reviews/{reservation_id}": STAFF | DEPUTY,
    "/api/v1/reservations/{reservation_id}": COMPANY | STAFF | DEPUTY,
    # Who names deputies is told in test_deputies: the same address shows them to all staff.
    "/api/v1/deputies": STAFF,
    **dict.fromkeys(("/desk/deputies/{deputy_id}", "/api/v1/deputies/{deputy_id}"), APPROVER),
    "/desk/companies": REVIEWER | APPROVER,
    "/desk/book": REVIEWER | APPROVER | SITE_MANAGER,
    **dict.fromkeys(
        ("/api/v1/reservations/for-company", "/api/v1/companies/registered"), REVIEWER | APPROVER | SITE_MANAGER
    ),
    "/desk/today/{stay_id}": SITE_MANAGER,
    "/desk/mails": STAFF | ADMIN,
    "/desk/sites": APPROVER | SITE_MANAGER,
    "/admin": ADMIN,
    "/admin/mails": STAFF | ADMIN,
    # --- API
    **dict.fromkeys(
        (
            "/api/v1/sites",
            "/api/v1/sites.geojson",
            "/api/v1/plans.geojson",
            "/api/v1/zones",
            "/api/v1/zones.geojson",
            "/api/v1/availability",
            "/api/v1/permits",
            "/api/v1/spatial-ids",
        ),
        ANYBODY,
    ),
    **dict.fromkeys(("/api/v1/trials", "/api/v1/trials.geojson"), ANYBODY),
    **dict.fromkeys(("/api/v1/me", "/api/v1/tokens"), KNOWN),
    **dict.fromkeys(("/api/v1/projects", "/api/v1/reservations"), COMPANY | STAFF),
    **dict.fromkeys(("/api/v1/closures", "/api/v1/reviews"), STAFF),
    "/api/v1/mails": STAFF | ADMIN,
    **dict.fromkeys(("/api/v1/organisations", "/api/v1/status"), ADMIN),
    "/api/v1/organisations/{organisation_id}/asks_verified": ADMIN | STAFF_MANAGER,
    "/my/members/verified": ADMIN | STAFF_MANAGER,
    "/api/v1/companies": ANYBODY,
    "/api/v1/terms": ANYBODY,
    **dict.fromkeys(("/api/v1/companies/unverified", "/api/v1/companies/{company_id}"), REVIEWER | APPROVER),
    "/api/v1/people": ADMIN | MANAGER | STAFF_MANAGER,
    "/api/v1/people/{person_id}": ADMIN,
    **dict.fromkeys(("/api/v1/invitations", "/api/v1/people/{person_id}/roles"), ADMIN | MANAGER | STAFF_MANAGER),
}
# Who takes a step; what is not named is the company's own.
STEPS: Mapping[Action, Set[MemberRole]] = {
    Action.RETURN: REVIEWER | APPROVER | DEPUTY,
    **dict.fromkeys((Action.APPROVE, Action.REJECT, Action.REVOKE, Action.TAKE_BACK), APPROVER | DEPUTY),
    **dict.fromkeys((Action.CHECK_IN, Action.CHECK_OUT), COMPANY | SITE_MANAGER),
    Action.NO_SHOW: SITE_MANAGER,
    Action.FILE_FOR: REVIEWER | APPROVER | SITE_MANAGER,
    Action.DISPLACE: APPROVER | SITE_MANAGER,
    **dict.fromkeys((Action.CONFIRM, Action.EXPIRE, Action.FINISH, Action.OFFER), frozenset()),
}
# What a token must carry to change something, by who somebody is.
CHANGES: Mapping[MemberRole, Set[Scope]] = {
    **{role: {Scope.BOOK} for role in COMPANY},
    **{role: {Scope.REVIEW, Scope.MANAGE} for role in STAFF | DEPUTY},
    MemberRole.ADMIN: {Scope.MANAGE},
}
# A try, which changes nothing.
TRIES = {"POST /api/v1/reservations/check"}


def let_in(may: May) -> Set[MemberRole | None]:
    """The roles of those whom a row lets through a door; None is whoever comes by."""
    row = may.value
    return ANYBODY if Kind.ANYBODY in row.who else KNOWN if any(one.roles is None for one in row.people) else row.roles


def beginnings(path: str) -> Iterator[str]:
    """The address itself, then without its last part, and so on."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def changing() -> Mapping[str, May]:
    """The doors by which something is changed."""
    return {address: may for address, may in DOORS.items() if not address.startswith(("GET", "HEAD"))}


def test_a_place_is_for_those_alone_whose_business_it_is() -> None:
    wrong = []
    for address, may in DOORS.items():
        theirs = next((PLACES[one] for one in beginnings(address.split()[1]) if one in PLACES), frozenset())
        wrong += [f"{address} lets in {role or 'anybody'}" for role in let_in(may) - theirs]
    assert wrong == []


def test_nobody_unknown_changes_anything() -> None:
    open_to_all = {address for address, may in changing().items() if None in let_in(may)}
    assert open_to_all == {"POST /login", "POST /logout", "POST /demo", "POST /forgot", "POST /enter/{secret}"} | {
        "POST /register",
        "POST /api/v1/companies",
    }


def test_a_step_is_taken_by_those_alone_whose_it_is() -> None:
    taken = {(state, action): row.may.value.roles for (state, action), row in TRANSITIONS.items()}
    # Whoever may return an application may also take that back.
    of_states = {(State.RETURNED, Action.TAKE_BACK): STEPS[Action.RETURN]}
    assert taken == {one: of_states.get(one, STEPS.get(one[1], COMPANY)) for one in taken}


def test_a_token_changes_nothing_by_a_scope_that_is_not_for_it() -> None:
    wrong = []
    for address, may in changing().items():
        for one in may.value.people:
            allowed = set[Scope]().union(*(CHANGES[role] for role in one.roles or KNOWN))
            if one.scope and one.scope not in allowed and address not in TRIES:
                wrong.append(f"{address} by {one.scope}")
    assert wrong == []


def test_no_token_makes_tokens_passwords_or_addresses() -> None:
    guarding = [
        may
        for address, may in changing().items()
        if address.split()[1].startswith(
            ("/my/tokens", "/my/password", "/my/email", "/api/v1/tokens", "/api/v1/me/email")
        )
    ]
    assert {one.scope for may in guarding for one in may.value.people} == {None}


OF_A_COMPANY = Membership(7, OrganisationKind.COMPANY, MemberRole.MEMBER, "株式会社", "Company")
SOMEBODY = Actor(1, "a@company.test", "A", "en", (OF_A_COMPANY,), csrf_token="x")


@pytest.mark.parametrize("may", [one for one in May if not one.value.by_roles], ids=lambda may: may.name)
def test_what_goes_by_no_role_is_allowed_to_whom_the_door_lets_in_and_is_no_organisations(may: May) -> None:
    anybody = Kind.ANYBODY in may.value.who
    assert (allowed(None, may), allowed(SOMEBODY, may)) == (anybody, True)
    with pytest.raises(ValueError, match=may.name):
        reach(SOMEBODY, may)
    with pytest.raises(ValueError, match=may.name):
        allowed(SOMEBODY, may, 7)
