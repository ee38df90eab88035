"""Somebody who may ask for anything."""

from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.accounts.tables import Membership
from tests import factories


async def somebody_with_every_role(field: factories.Field) -> Actor:
    """A company's manager who decides on the land of `field`, manages it, and runs the portal."""
    actor = await factories.company()
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    for organisation, role in (
        (field.owner_id, MemberRole.APPROVER),
        (field.owner_id, MemberRole.SITE_MANAGER),
        (operator, MemberRole.ADMIN),
    ):
        await Membership(person_id=actor.person_id, organisation_id=organisation, role=role.value).save()
    return actor
