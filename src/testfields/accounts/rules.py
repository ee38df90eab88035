"""Who somebody is to the portal, and what that lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from testfields.core.errors import N_, Message, NotAllowed, NotLoggedIn


class OrganisationKind(StrEnum):
    """What an organisation is to the portal."""

    COMPANY = "company"
    OWNER = "owner"
    OPERATOR = "operator"


class MemberRole(StrEnum):
    """What a person is in an organisation."""

    MEMBER = "member"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    SITE_MANAGER = "site_manager"
    ADMIN = "admin"


COMPANY_ROLES = frozenset({MemberRole.MEMBER, MemberRole.MANAGER})
STAFF_ROLES = frozenset({MemberRole.REVIEWER, MemberRole.APPROVER, MemberRole.SITE_MANAGER})
ROLES_OF = {
    OrganisationKind.COMPANY: COMPANY_ROLES,
    OrganisationKind.OWNER: STAFF_ROLES,
    OrganisationKind.OPERATOR: frozenset({MemberRole.ADMIN}),
}


# 平面直角座標系 (平成14年国土交通省告示第9号) of JGD2011: EPSG code → number of the system. Osaka lies in VI.
_NUMBERS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
PLANE_RECTANGULAR_SYSTEMS: Mapping[int, str] = dict(
    enumerate([*_NUMBERS, *(f"X{number}" for number in _NUMBERS[:9])], start=6669)
)
OSAKAS_SYSTEM = 6674


class Scope(StrEnum):
    """What an API token may be used for."""

    READ = "read"
    BOOK = "book"
    REVIEW = "review"
    MANAGE = "manage"


SCOPE_WORDS = {
    Scope.READ: N_("Read"),
    Scope.BOOK: N_("Apply and change applications"),
    Scope.REVIEW: N_("Review applications"),
    Scope.MANAGE: N_("Manage sites, closures and people"),
}
EVERY_SCOPE = frozenset(Scope)

# A working day: whoever logs in the morning is not asked again before the evening. It is not lengthened by use.
SESSION_LIFE = timedelta(hours=12)
# A year, whichever.
LONGEST_TOKEN_LIFE = timedelta(days=366)
MOST_TOKENS = 50

# Passwords are guessed one account at a time, or one password over many accounts from one place.
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_EMAIL = 10
ATTEMPTS_PER_ADDRESS = 50


@dataclass(frozen=True)
class Membership:
    """One role of a person in one organisation."""

    organisation_id: int
    kind: OrganisationKind
    role: MemberRole
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class Actor:
    """A person who proved who they are, with their roles; a token narrows `scopes`."""

    person_id: int
    email: str
    name: str
    locale: str
    memberships: tuple[Membership, ...]
    scopes: frozenset[Scope] = EVERY_SCOPE
    csrf_token: str = field(default="", repr=False)
    # Somebody else made the password by which this browser was logged in.
    initial_password: bool = False

    def organisations(self, *roles: MemberRole) -> list[int]:
        """Ids of the organisations in which the person has one of `roles`."""
        return sorted({one.organisation_id for one in self.memberships if one.role in roles})

    @property
    def companies(self) -> list[int]:
        """Ids of the companies the person books for."""
        return self.organisations(*COMPANY_ROLES)

    @property
    def owners(self) -> list[int]:
        """Ids of the owners whose staff the person is."""
        return self.organisations(*STAFF_ROLES)

    @property
    def is_company(self) -> bool:
        """Whether the person books for a company."""
        return bool(self.companies)

    @property
    def is_staff(self) -> bool:
        """Whether the person is staff of an owner."""
        return bool(self.owners)

    @property
    def is_admin(self) -> bool:
        """Whether the person runs the portal."""
        return bool(self.organisations(MemberRole.ADMIN))

    @property
    def in_browser(self) -> bool:
        """Whether the person logged in by hand, rather than a program with a token."""
        return bool(self.csrf_token)

    def has(self, role: MemberRole, organisation_id: int) -> bool:
        """Whether the person has `role` in that organisation."""
        return any(one.role == role and one.organisation_id == organisation_id for one in self.memberships)


def require_login(actor: Actor | None) -> Actor:
    """The actor; raises NotLoggedIn where there is none."""
    if actor is None:
        raise NotLoggedIn(N_("Please log in first."))
    return actor


def require_scope(actor: Actor, scope: Scope) -> None:
    """Raise NotAllowed when the actor's token does not carry `scope`; a browser session carries all."""
    if scope not in actor.scopes:
        raise NotAllowed(N_("This API token lacks the scope “%(scope)s”."), scope=Message(SCOPE_WORDS[scope]))


def require_own_account(actor: Actor) -> None:
    """Raise NotAllowed for a token that may only read; what concerns oneself alone asks for no scope of its own."""
    if actor.scopes <= {Scope.READ}:
        raise NotAllowed(N_("This API token may only read."))


def require_browser(actor: Actor) -> None:
    """Raise NotAllowed for a token: whoever found one must not be able to make themselves another."""
    if not actor.in_browser:
        raise NotAllowed(N_("Tokens are made and revoked in a browser only. Please log in there."))


def require_admin(actor: Actor) -> None:
    """Raise NotAllowed for everybody but those who run the portal."""
    if not actor.is_admin:
        raise NotAllowed(N_("This is for the portal's administrators only."))


def scopes_for(actor: Actor) -> frozenset[Scope]:
    """The scopes that a token of the actor's may carry: what the person can do, and no more."""
    can = {
        Scope.READ: True,
        Scope.BOOK: actor.is_company,
        Scope.REVIEW: actor.is_staff,
        Scope.MANAGE: actor.is_staff or actor.is_admin or bool(actor.organisations(MemberRole.MANAGER)),
    }
    return frozenset(scope for scope, allowed in can.items() if allowed)


def require_company(actor: Actor) -> None:
    """Raise NotAllowed for whoever belongs to no company."""
    if not actor.is_company:
        raise NotAllowed(N_("This page is for members of a company."))


def require_staff(actor: Actor) -> None:
    """Raise NotAllowed for whoever is no staff of a land's owner."""
    if not actor.is_staff:
        raise NotAllowed(N_("This is for staff of the land's owner."))
