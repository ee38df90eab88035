"""Who somebody is to the portal, and what that lets them do."""

from dataclasses import dataclass, field
from enum import StrEnum

from testfields.core.errors import N_, NotAllowed, NotLoggedIn


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


class Scope(StrEnum):
    """What an API token may be used for."""

    READ = "read"
    BOOK = "book"
    REVIEW = "review"
    MANAGE = "manage"


EVERY_SCOPE = frozenset(Scope)


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
        raise NotAllowed(N_("This API token lacks the scope “%(scope)s”."), scope=scope.value)
