"""Who one is, one's tokens, and for administrators organisations and people, over HTTP."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import JSONBody

from testfields.accounts import addresses, directory, organising, service, tokens
from testfields.accounts.authority import May
from testfields.accounts.entries import ChangedOrganisation, NewEmail, NewOrganisation, NewPerson, NewToken, OwnAccount
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, address_of
from testfields.accounts.rules import Actor, Scope
from testfields.accounts.schemas import (
    ActiveView,
    AskedView,
    AskingBody,
    CreatedView,
    EmailView,
    IssuedView,
    MeView,
    OrganisationView,
    PasswordView,
    PersonView,
    TokenView,
)
from testfields.core.clock import now
from testfields.web.bodies import JsonBody
from testfields.web.idempotency import NEVER_KEPT
from testfields.web.openapi import REFUSES
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId, Words
from testfields.web.versions import IfMatch, etag, expected_version


@get("/me", tags=["me"], guards=[Only(May.SEE_ACCOUNT)])
async def me(actor: Caller) -> MeView:
    """Who the token or the browser speaks for."""
    return _me(actor)


@put("/me", tags=["me"], dto=JsonBody[OwnAccount], return_dto=None, guards=[Only(May.CHANGE_ACCOUNT)])
async def change_account(actor: Caller, data: JSONBody[OwnAccount]) -> MeView:
    """Change one's name and the language of one's mails. Any token that may do more than read may."""
    return _me(await service.change_account(actor, data))


def _me(actor: Actor) -> MeView:
    return MeView(actor.person_id, actor.email, actor.name, actor.locale, actor.memberships, sorted(actor.scopes))


@get("/me/email", tags=["me"], guards=[Only(May.SEE_ACCOUNT)])
async def show_email(actor: Caller) -> EmailView:
    """One's e-mail address, and the one that waits to be confirmed."""
    asked = await addresses.asked(actor, now())
    return EmailView(actor.email, AskedView(asked.email, asked.expires_at) if asked else None)


@put(
    "/me/email",
    tags=["me"],
    dto=JsonBody[NewEmail],
    return_dto=None,
    status_code=202,
    guards=[Only(May.GUARD_ACCOUNT)],
)
async def change_email(request: Request[Any, Any, Any], actor: Caller, data: JSONBody[NewEmail]) -> None:
    """Ask for another e-mail address, from a browser that is logged in.

    A link is sent there; nothing changes until it is used in a browser. The answer is the same whether or not anybody
    has the address.
    """
    await addresses.ask(actor, data, address_of(request), now())


@post("/me/email/again", tags=["me"], status_code=202, opt={REFUSES: (404,)}, guards=[Only(May.GUARD_ACCOUNT)])
async def send_email_again(request: Request[Any, Any, Any], actor: Caller) -> None:
    """Send the link to the new address again; the one before ends."""
    await addresses.send_again(actor, address_of(request), now())


@delete("/me/email", tags=["me"], guards=[Only(May.GUARD_ACCOUNT)])
async def keep_email(actor: Caller) -> None:
    """Keep the address that one has: the link to the new one opens nothing any more."""
    await addresses.cancel(actor, now())


@get("/tokens", tags=["me"], guards=[Only(May.SEE_ACCOUNT)])
async def list_tokens(actor: Caller) -> list[TokenView]:
    """One's own tokens in force, newest first, without their secrets."""
    return [
        TokenView(one.id, one.name, [Scope(scope) for scope in one.scopes], one.created_at, one.expires_at)
        for one in await tokens.in_force(actor, now())
    ]


@post(
    "/tokens",
    tags=["me"],
    dto=JsonBody[NewToken],
    return_dto=None,
    opt={NEVER_KEPT: True},
    guards=[Only(May.GUARD_ACCOUNT)],
)
async def create_token(actor: Caller, data: JSONBody[NewToken]) -> Response[IssuedView]:
    """Make a token, from a browser that is logged in. The answer is not kept under an `Idempotency-Key`."""
    issued = await tokens.create(actor, data, now())
    return Response(IssuedView(issued.id, issued.secret), status_code=201, headers={"Cache-Control": "no-store"})


@delete("/tokens/{token_id:int}", tags=["me"], guards=[Only(May.GUARD_ACCOUNT)])
async def revoke_token(actor: Caller, token_id: PathId) -> None:
    """Revoke one of one's own tokens at once, from a browser that is logged in."""
    await tokens.revoke(actor, token_id, now())


@get("/organisations", tags=["administration"], guards=[Only(May.ADMINISTER)])
async def list_organisations(
    request: Request[Any, Any, Any], text: Words = None, before: Before = LARGEST_ID, limit: Limit = 50
) -> Response[list[OrganisationView]]:
    """Organisations, newest first, by words of their names; the next page stands in `Link`."""
    views = [_organisation(one) for one in await organising.organisations(before, limit, text)]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@post(
    "/organisations",
    tags=["administration"],
    dto=JsonBody[NewOrganisation],
    return_dto=None,
    guards=[Only(May.ADMINISTER)],
)
async def create_organisation(data: JSONBody[NewOrganisation]) -> CreatedView:
    """Add an organisation."""
    return CreatedView(await directory.add_organisation(data))


@get("/organisations/{organisation_id:int}", tags=["administration"], guards=[Only(May.ADMINISTER)])
async def show_organisation(organisation_id: PathId) -> Response[OrganisationView]:
    """One organisation."""
    return _told(await organising.organisation(organisation_id))


@put(
    "/organisations/{organisation_id:int}",
    tags=["administration"],
    dto=JsonBody[ChangedOrganisation],
    return_dto=None,
    guards=[Only(May.ADMINISTER)],
)
async def change_organisation(
    actor: Caller, organisation_id: PathId, data: JSONBody[ChangedOrganisation], if_match: IfMatch = None
) -> Response[OrganisationView]:
    """Replace what is said of an organisation."""
    return _told(await organising.change(actor, organisation_id, expected_version(if_match), data, now()))


@post(
    "/organisations/{organisation_id:int}/activate",
    tags=["administration"],
    status_code=200,
    opt={REFUSES: (409,)},
    guards=[Only(May.ADMINISTER)],
)
async def activate_organisation(actor: Caller, organisation_id: PathId) -> ActiveView:
    """Let an organisation's people work here again."""
    await organising.set_active(actor, organisation_id, True, now())
    return ActiveView(organisation_id, True)


@put(
    "/organisations/{organisation_id:int}/asks_verified",
    tags=["administration"],
    dto=JsonBody[AskingBody],
    return_dto=None,
    status_code=204,
    guards=[Only(May.ASK_VERIFIED)],
)
async def ask_verified(actor: Caller, organisation_id: PathId, data: JSONBody[AskingBody]) -> None:
    """Say whether companies that registered themselves have to be verified before they apply for the owner's land."""
    await organising.ask_verified(actor, organisation_id, data.asks_verified, now())


def _organisation(row: organising.OrganisationRow) -> OrganisationView:
    return msgspec.convert(row, OrganisationView, from_attributes=True)


def _told(row: organising.OrganisationRow) -> Response[OrganisationView]:
    return Response(_organisation(row), headers={"ETag": etag(row.version)})


@get("/people", tags=["administration"], guards=[Only(May.SEE_PEOPLE)])
async def list_people(
    request: Request[Any, Any, Any],
    actor: Caller,
    text: Words = None,
    before: Before = LARGEST_ID,
    limit: Limit = 50,
) -> Response[list[PersonView]]:
    """People, newest first: everybody for administrators, the own organisation's for its managers.

    `text` is looked for in names and e-mail addresses.
    """
    rows = await directory.people(actor, before, limit, text)
    views = [msgspec.convert(one, PersonView, from_attributes=True) for one in rows]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@post(
    "/people",
    tags=["administration"],
    dto=JsonBody[NewPerson],
    return_dto=None,
    opt={NEVER_KEPT: True},
    guards=[Only(May.ADMINISTER)],
)
async def add_person(data: JSONBody[NewPerson]) -> Response[PasswordView]:
    """Add a person with roles. The answer is not kept under an `Idempotency-Key`; an e-mail is added once only."""
    return _told_once(await directory.add_person(data), 201)


@post(
    "/people/{person_id:int}/password",
    tags=["administration"],
    status_code=200,
    opt={NEVER_KEPT: True},
    guards=[Only(May.ADMINISTER)],
)
async def reset_password(person_id: PathId) -> Response[PasswordView]:
    """Give a person a new password; their browsers are logged out."""
    return _told_once(await directory.reset_password(person_id, now()), 200)


@post("/people/{person_id:int}/activate", tags=["administration"], status_code=200, guards=[Only(May.ADMINISTER)])
async def activate(actor: Caller, person_id: PathId) -> ActiveView:
    """Let a person log in again."""
    await directory.activate(actor, person_id, now())
    return ActiveView(person_id, True)


def _told_once(made: directory.InitialPassword, status: int) -> Response[PasswordView]:
    view = PasswordView(made.id, made.password)
    return Response(view, status_code=status, headers={"Cache-Control": "no-store"})


router = Router(
    "/",
    route_handlers=[
        me,
        change_account,
        show_email,
        change_email,
        send_email_again,
        keep_email,
        list_tokens,
        create_token,
        revoke_token,
        list_organisations,
        create_organisation,
        show_organisation,
        change_organisation,
        activate_organisation,
        ask_verified,
        list_people,
        add_person,
        reset_password,
        activate,
    ],
)
