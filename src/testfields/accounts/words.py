"""What kinds, roles and scopes are called on the pages."""

from testfields.accounts.rules import MemberRole, OrganisationKind, Scope
from testfields.core.errors import N_

KIND_WORDS = {
    OrganisationKind.COMPANY: N_("Company"),
    OrganisationKind.OWNER: N_("Owner of land"),
    OrganisationKind.OPERATOR: N_("Operator of the portal"),
}

ROLE_WORDS = {
    MemberRole.MEMBER: N_("Member"),
    MemberRole.MANAGER: N_("Manager"),
    MemberRole.REVIEWER: N_("Reviewer"),
    MemberRole.APPROVER: N_("Approver"),
    MemberRole.SITE_MANAGER: N_("Site manager"),
    MemberRole.ADMIN: N_("Administrator"),
}

SCOPE_WORDS = {
    Scope.READ: N_("Read"),
    Scope.BOOK: N_("Apply and change applications"),
    Scope.REVIEW: N_("Review applications"),
    Scope.MANAGE: N_("Manage sites, closures and people"),
}
