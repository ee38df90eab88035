"""Who somebody is to the portal, and what that lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from testfields.core.errors import N_
from testfields.db.sets import a_set


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
    STAFF_MANAGER = "staff_manager"
    ADMIN = "admin"
    # An approver's deputy (代理), on the days for which they were named.
    DEPUTY = "deputy"


class Letters(StrEnum):
    """Which applications of the organisation, or on its land, somebody gets letters about."""

    ALL = "all"
    # Those in which they have taken a step themselves.
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True)
class RoleRow:
    """In which kind of organisation a role is found, what it is called, and which letters it gets.

    What is not `given` is no membership, and follows from something else: who an approver has named.
    """

    word: str
    kind: OrganisationKind
    letters: Letters = Letters.NONE
    given: bool = True


# Each role once. What it lets somebody do stands in `accounts.authority`.
ROLES: Mapping[MemberRole, RoleRow] = {
    MemberRole.MEMBER: RoleRow(N_("Member"), OrganisationKind.COMPANY, Letters.OWN),
    MemberRole.MANAGER: RoleRow(N_("Manager"), OrganisationKind.COMPANY, Letters.ALL),
    MemberRole.REVIEWER: RoleRow(N_("Reviewer"), OrganisationKind.OWNER, Letters.ALL),
    MemberRole.APPROVER: RoleRow(N_("Approver"), OrganisationKind.OWNER, Letters.ALL),
    MemberRole.SITE_MANAGER: RoleRow(N_("Site manager"), OrganisationKind.OWNER),
    MemberRole.STAFF_MANAGER: RoleRow(N_("Staff manager"), OrganisationKind.OWNER),
    MemberRole.ADMIN: RoleRow(N_("Administrator"), OrganisationKind.OPERATOR),
    MemberRole.DEPUTY: RoleRow(N_("Deputy"), OrganisationKind.OWNER, given=False),
}
ROLES_OF = {kind: frozenset(role for role, row in ROLES.items() if row.kind is kind) for kind in OrganisationKind}
# Those that somebody can be given there.
GIVEN_ROLES = {kind: frozenset(role for role in roles if ROLES[role].given) for kind, roles in ROLES_OF.items()}
COMPANY_ROLES = GIVEN_ROLES[OrganisationKind.COMPANY]
STAFF_ROLES = GIVEN_ROLES[OrganisationKind.OWNER]
# Without one of these an organisation stands still: the last is not given up before another has taken it on.
NEEDED_ROLES: Mapping[OrganisationKind, frozenset[MemberRole]] = {
    OrganisationKind.COMPANY: frozenset({MemberRole.MANAGER}),
    OrganisationKind.OWNER: frozenset({MemberRole.APPROVER, MemberRole.STAFF_MANAGER}),
    OrganisationKind.OPERATOR: frozenset({MemberRole.ADMIN}),
}

# The same for SQL.
SQL = "".join(
    a_set(f"roles_with_{which}_letters", (role for role, row in ROLES.items() if row.letters is which))
    for which in Letters
)
# Who may name a deputy, and who may be one; whoever names deputies needs none to decide.
NAMING_DEPUTIES = frozenset({MemberRole.APPROVER})
CAN_DEPUTISE = frozenset({MemberRole.REVIEWER, MemberRole.SITE_MANAGER})
SQL += a_set("roles_that_name_deputies", NAMING_DEPUTIES) + a_set("roles_that_can_deputise", CAN_DEPUTISE)


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
# A calendar program reads once an hour or so; several of one person's may read the same feed.
READS_PER_FEED = 120


# Mails are asked for with somebody else's address too, so few of them, whatever they are about.
MAILED = "mail"
ASKS_PER_EMAIL = 3
ASKS_PER_ADDRESS = 20
# By one person, in the same time.
INVITATIONS_PER_PERSON = 30


class Purpose(StrEnum):
    """What a single-use link by mail is for."""

    RESET = "reset"
    INVITE = "invite"
    REGISTER = "register"
    # To the address that somebody wants to have from now on; and to the one that they had, whence it can be undone.
    NEW_EMAIL = "new_email"
    OLD_EMAIL = "old_email"


# For how long a link opens something.
LINK_LIFE: Mapping[Purpose, timedelta] = {
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITE: timedelta(days=7),
    Purpose.REGISTER: timedelta(days=1),
    Purpose.NEW_EMAIL: timedelta(days=1),
    Purpose.OLD_EMAIL: timedelta(days=7),
}
# What is known of a link is forgotten this long after it opens nothing any more: whoever asked may be a stranger.
LINK_KEPT: Mapping[Purpose, timedelta] = {
    Purpose.RESET: timedelta(days=1),
    Purpose.INVITE: timedelta(days=30),
    Purpose.REGISTER: timedelta(days=7),
    Purpose.NEW_EMAIL: timedelta(days=7),
    Purpose.OLD_EMAIL: timedelta(days=7),
}
# What stands in a stored mail in the place of the link's secret, which is made when the mail is handed over.
IN_THE_MAIL_ALONE = "in-the-mail-alone"


@dataclass(frozen=True)
class Colleague:
    """Somebody of the same organisation, and the companies that they belong to as well."""

    id: int
    name: str
    companies: tuple[int, ...] = ()


@dataclass(frozen=True)
class Membership:
    """One role of a person in one organisation; a deputy's also names the approver."""

    organisation_id: int
    kind: OrganisationKind
    role: MemberRole
    name_ja: str
    name_en: str
    # Of a company: not one that registered itself and that nobody has looked at yet.
    verified: bool = True
    deputy_for: Colleague | None = None


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

    @property
    def companies(self) -> list[int]:
        """Ids of the companies the person belongs to."""
        return sorted({one.organisation_id for one in self.memberships if one.kind is OrganisationKind.COMPANY})

    @property
    def unverified(self) -> list[int]:
        """Those of the companies that registered themselves and have yet to be verified."""
        return sorted({one.organisation_id for one in self.memberships if not one.verified})

    @property
    def in_browser(self) -> bool:
        """Whether the person logged in by hand, rather than a program with a token."""
        return bool(self.csrf_token)
