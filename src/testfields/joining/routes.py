"""Inviting people, what they are in one's organisation, and companies that register themselves, over HTTP.

Links are used in a browser.
"""

from typing import Any

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.params import JSONBody

from testfields.accounts import team
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, address_of
from testfields.core.clock import now
from testfields.joining import inviting, registering
from testfields.joining.inviting import NewInvitation
from testfields.joining.registering import NewCompany
from testfields.joining.schemas import (
    InvitationView,
    InvitedView,
    ReasonBody,
    RolesBody,
    RolesView,
    UnverifiedView,
)
from testfields.web import locale
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
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


@post(
    "/invitations",
    dto=JsonBody[NewInvitation],
    return_dto=None,
    opt={REFUSES: (404,)},
    guards=[Only(May.INVITE)],
)
async def invite(actor: Caller, data: JSONBody[NewInvitation]) -> InvitedView:
    """Invite somebody by mail; an invitation before to the same address ends."""
    return InvitedView(await inviting.invite(actor, data, now()))


@post("/invitations/{invitation_id:int}/again", guards=[Only(May.INVITE)])
async def send_again(actor: Caller, invitation_id: PathId) -> InvitedView:
    """Send an invitation again, with a new link; the one before ends."""
    return InvitedView(await inviting.send_again(actor, invitation_id, now()))


@delete("/invitations/{invitation_id:int}", guards=[Only(May.INVITE)])
async def withdraw(actor: Caller, invitation_id: PathId) -> None:
    """Withdraw an invitation that has not been used."""
    await inviting.withdraw(actor, invitation_id, now())


@put(
    "/people/{person_id:int}/roles",
    dto=JsonBody[RolesBody],
    return_dto=None,
    opt={REFUSES: (409,)},
    guards=[Only(May.INVITE)],
)
async def set_roles(actor: Caller, person_id: PathId, data: JSONBody[RolesBody]) -> RolesView:
    """Say what a person is in an organisation; without roles the person leaves it."""
    await team.set_roles(actor, person_id, data.organisation_id, data.roles, now(), data.even_last)
    return RolesView(data.organisation_id, data.roles)


@post("/companies", dto=JsonBody[NewCompany], return_dto=None, status_code=202, guards=[Only(May.COME_AND_GO)])
async def register(request: Request[Any, Any, Any], data: JSONBody[NewCompany]) -> None:
    """Register a company: a link is sent to the address, by which it is confirmed in a browser."""
    await registering.register(data, locale.current(), address_of(request), now())


@get("/companies/unverified", guards=[Only(May.VERIFY)])
async def list_unverified() -> list[UnverifiedView]:
    """Companies that registered themselves and wait to be verified, the oldest 200."""
    return [msgspec.convert(one, UnverifiedView, from_attributes=True) for one in await registering.unverified()]


@post("/companies/{company_id:int}/verify", status_code=204, guards=[Only(May.VERIFY)])
async def verify(actor: Caller, company_id: PathId) -> None:
    """Verify a company, which is told so by mail."""
    await registering.verify(actor, company_id, now())


@post(
    "/companies/{company_id:int}/refuse",
    dto=JsonBody[ReasonBody],
    return_dto=None,
    status_code=204,
    guards=[Only(May.VERIFY)],
)
async def do_not_verify(actor: Caller, company_id: PathId, data: JSONBody[ReasonBody]) -> None:
    """Tell a company by mail why it could not be verified; it goes on waiting."""
    await registering.do_not_verify(actor, company_id, data.reason, now())


router = Router(
    "/",
    tags=["people"],
    route_handlers=[
        list_invitations,
        invite,
        send_again,
        withdraw,
        set_roles,
        register,
        list_unverified,
        verify,
        do_not_verify,
    ],
)
