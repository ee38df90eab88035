"""What kinds and roles are called on the pages."""

from testfields.accounts.rules import MemberRole, OrganisationKind
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
