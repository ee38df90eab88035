"""What kinds and roles are called on the pages."""

from testfields.accounts.rules import ROLES, OrganisationKind
from testfields.core.errors import N_

KIND_WORDS = {
    OrganisationKind.COMPANY: N_("Company"),
    OrganisationKind.OWNER: N_("Owner of land"),
    OrganisationKind.OPERATOR: N_("Operator of the portal"),
}

ROLE_WORDS = {role: one.word for role, one in ROLES.items()}
