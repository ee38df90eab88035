"""Inviting people, and what they are in one's organisation, over HTTP. A link is used in a browser."""

from litestar import Router, delete, get, post, put
from litestar.params import JSONBody

from testfields.accounts import team
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.joining import inviting
from testfields.joining.inviting import NewInvitation
from testfields.joining.schemas import InvitationBody, InvitationView, InvitedView, RolesBody
from testfields.web.bodies import JsonBody
from testfields.web.parameters import PathId
from testfields.web.schemas import NamedText


@get("/invitations", guards=[Only(May.INVITE)])
async def list_invitations(actor: Caller) -> list[InvitationView]:
    """Invitations into one's organisations that have not been used yet, the newest 200."""
    return [
        InvitationView(
            one.id,
            one.email,
            one.organisation_id,
            NamedText(one.name_ja, one.name_en),
            one.roles,
            one.invited_by,
            one.created_at,
            one.expires_at,
        )
        for one in await inviting.invitations(actor, now())
    ]


@post("/invitations", dto=JsonBody[InvitationBody], return_dto=None, guards=[Only(May.INVITE)])
async def invite(actor: Caller, data: JSONBody[InvitationBody]) -> InvitedView:
    """Invite somebody by mail; an invitation before to the same address ends."""
    new = NewInvitation(data.email, data.organisation_id, data.roles, data.locale)
    return InvitedView(await inviting.invite(actor, new, now()))


@post("/invitations/{invitation_id:int}/again", guards=[Only(May.INVITE)])
async def send_again(actor: Caller, invitation_id: PathId) -> InvitedView:
    """Send an invitation again, with a new link; the one before ends."""
    return InvitedView(await inviting.send_again(actor, invitation_id, now()))


@delete("/invitations/{invitation_id:int}", guards=[Only(May.INVITE)])
async def withdraw(actor: Caller, invitation_id: PathId) -> None:
    """Withdraw an invitation that has not been used."""
    await inviting.withdraw(actor, invitation_id, now())


@put("/people/{person_id:int}/roles", dto=JsonBody[RolesBody], return_dto=None, guards=[Only(May.INVITE)])
async def set_roles(actor: Caller, person_id: PathId, data: JSONBody[RolesBody]) -> RolesBody:
    """Say what a person is in an organisation; without roles the person leaves it."""
    await team.set_roles(actor, person_id, data.organisation_id, data.roles, now())
    return data


router = Router("/", tags=["people"], route_handlers=[list_invitations, invite, send_again, withdraw, set_roles])
