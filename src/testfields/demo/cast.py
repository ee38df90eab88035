"""Who is in the demo: sample organisations and accounts, none of them real."""

from collections.abc import Sequence
from dataclasses import dataclass

from testfields.accounts.entries import NewOrganisation, NewPerson, NewRole
from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.core.errors import N_

# Written on the demo's own screen; it opens nothing else.
PASSWORD = "demo-password-2026"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """Somebody a visitor may look as; `label` is a gettext id."""

    key: str
    label: str
    email: str
    name: str
    organisations: Sequence[str]
    roles: Sequence[MemberRole]
    locale: str = "ja"


COMPANIES: Sequence[NewOrganisation] = tuple(
    NewOrganisation(OrganisationKind.COMPANY, slug, ja, en, f"contact@{slug}.example")
    for slug, ja, en in (
        ("sample-logistics", "サンプル物流ドローン株式会社", "Sample Drone Logistics"),
        ("sample-mobility", "サンプル自動運転研究所", "Sample Autonomy Lab"),
        ("sample-robotics", "サンプルロボティクス株式会社", "Sample Robotics"),
        ("sample-inspection", "サンプルインフラ点検サービス合同会社", "Sample Infrastructure Inspection"),
        ("sample-telecom", "サンプル通信株式会社", "Sample Telecom"),
        ("sample-university", "サンプル大学 工学研究科", "Sample University, Engineering"),
    )
)
OPERATOR = NewOrganisation(
    OrganisationKind.OPERATOR, "operator", "ポータル運営事務局", "Portal office", "office@operator.example"
)
OWNERS = ("osaka-pref", "osaka-city", "sample-city")
STAFF = (MemberRole.APPROVER, MemberRole.REVIEWER, MemberRole.SITE_MANAGER, MemberRole.STAFF_MANAGER)
COMPANY = (MemberRole.MEMBER, MemberRole.MANAGER)

# 実証事業推進チーム大阪 works for prefecture and city together, so its people are staff of every owner here.
ACCOUNTS: Sequence[Account] = (
    Account("company", N_("Company"), "company@demo.example", "事業者 担当", (COMPANIES[0].slug,), COMPANY),
    Account("rival", N_("Another company"), "rival@demo.example", "別の事業者 担当", (COMPANIES[1].slug,), COMPANY),
    Account("reviewer", N_("Reviewer"), "reviewer@demo.example", "審査 担当", OWNERS, (MemberRole.REVIEWER,)),
    Account(
        "approver",
        N_("Approver"),
        "approver@demo.example",
        "決裁 担当",
        OWNERS,
        (MemberRole.APPROVER, MemberRole.SITE_MANAGER, MemberRole.STAFF_MANAGER),
    ),
    Account("admin", N_("Administrator"), "admin@demo.example", "運営 担当", (OPERATOR.slug,), (MemberRole.ADMIN,)),
)

# Everybody else, so that each company and each owner has people of its own.
EXTRAS: Sequence[Account] = tuple(
    Account(one.slug, one.slug, f"desk@{one.slug}.example", f"{one.name_ja} 担当", (one.slug,), COMPANY, locale)
    for one, locale in zip(COMPANIES[2:], ("ja", "ja", "en", "ja"), strict=True)
) + tuple(Account(slug, slug, f"staff@{slug}.example", "所有者 担当", (slug,), STAFF) for slug in OWNERS)


def as_person(account: Account, ids: dict[str, int]) -> NewPerson:
    """The account as a person to be added; `ids` are the organisations' by slug."""
    roles = [NewRole(ids[slug], role) for slug in account.organisations for role in account.roles]
    return NewPerson(account.email, account.name, roles, "en" if account.locale == "en" else "ja")
