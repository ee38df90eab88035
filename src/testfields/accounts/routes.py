"""Who one is, one's tokens, and for administrators organisations and people, over HTTP."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import JSONBody

from testfields.accounts import directory, service
from testfields.accounts.entries import NewOrganisation, NewPerson, NewToken, OwnLanguage
from testfields.accounts.identity import Caller
from testfields.accounts.rules import (
    Actor,
    Scope,
    require_browser,
    require_own_account,
    require_scope,
)
from testfields.accounts.schemas import (
    ActiveView,
    CreatedView,
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
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId


@get("/me", tags=["me"])
async def me(actor: Caller) -> MeView:
    """Who the token or the browser speaks for."""
    require_scope(actor, Scope.READ)
    return _me(actor)


@put("/me", tags=["me"], dto=JsonBody[OwnLanguage], return_dto=None)
async def choose_language(actor: Caller, data: JSONBody[OwnLanguage]) -> MeView:
    """Choose the language of one's mails. Any token that may do more than read may."""
    require_own_account(actor)
    return _me(await service.choose_language(actor, data))


def _me(actor: Actor) -> MeView:
    return MeView(actor.person_id, actor.email, actor.name, actor.locale, actor.memberships, sorted(actor.scopes))


@get("/tokens", tags=["me"])
async def list_tokens(actor: Caller) -> list[TokenView]:
    """One's own tokens in force, newest first, without their secrets."""
    require_scope(actor, Scope.READ)
    return [
        TokenView(one.id, one.name, [Scope(scope) for scope in one.scopes], one.created_at, one.expires_at)
        for one in await service.tokens(actor, now())
    ]


@post("/tokens", tags=["me"], dto=JsonBody[NewToken], return_dto=None, opt={NEVER_KEPT: True})
async def create_token(actor: Caller, data: JSONBody[NewToken]) -> Response[IssuedView]:
    """Make a token, from a browser that is logged in. The answer is not kept under an `Idempotency-Key`."""
    require_browser(actor)
    issued = await service.create_token(actor, data, now())
    return Response(IssuedView(issued.id, issued.secret), status_code=201, headers={"Cache-Control": "no-store"})


@delete("/tokens/{token_id:int}", tags=["me"])
async def revoke_token(actor: Caller, token_id: PathId) -> None:
    """Revoke one of one's own tokens at once, from a browser that is logged in."""
    await service.revoke_token(actor, token_id, now())


@get("/organisations", tags=["administration"])
async def list_organisations(
    request: Request[Any, Any, Any], actor: Caller, before: Before = LARGEST_ID, limit: Limit = 50
) -> Response[list[OrganisationView]]:
    """Organisations, newest first; the next page stands in `Link`."""
    require_scope(actor, Scope.MANAGE)
    rows = await directory.organisations(actor, before, limit)
    views = [msgspec.convert(one, OrganisationView, from_attributes=True) for one in rows]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@post("/organisations", tags=["administration"], dto=JsonBody[NewOrganisation], return_dto=None)
async def create_organisation(actor: Caller, data: JSONBody[NewOrganisation]) -> CreatedView:
    """Add an organisation."""
    require_scope(actor, Scope.MANAGE)
    return CreatedView(await directory.create_organisation(actor, data))


@get("/people", tags=["administration"])
async def list_people(
    request: Request[Any, Any, Any], actor: Caller, before: Before = LARGEST_ID, limit: Limit = 50
) -> Response[list[PersonView]]:
    """People, newest first: everybody for administrators, the own company's for its managers."""
    require_scope(actor, Scope.MANAGE)
    rows = await directory.people(actor, before, limit)
    views = [msgspec.convert(one, PersonView, from_attributes=True) for one in rows]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@post("/people", tags=["administration"], dto=JsonBody[NewPerson], return_dto=None, opt={NEVER_KEPT: True})
async def add_person(actor: Caller, data: JSONBody[NewPerson]) -> Response[PasswordView]:
    """Add a person with roles. The answer is not kept under an `Idempotency-Key`; an e-mail is added once only."""
    require_scope(actor, Scope.MANAGE)
    return _told_once(await directory.add_person(actor, data), 201)


@post("/people/{person_id:int}/password", tags=["administration"], status_code=200, opt={NEVER_KEPT: True})
async def reset_password(actor: Caller, person_id: PathId) -> Response[PasswordView]:
    """Give a person a new password; their browsers are logged out."""
    require_scope(actor, Scope.MANAGE)
    return _told_once(await directory.reset_password(actor, person_id), 200)


@post("/people/{person_id:int}/activate", tags=["administration"], status_code=200)
async def activate(actor: Caller, person_id: PathId) -> ActiveView:
    """Let a person log in again."""
    require_scope(actor, Scope.MANAGE)
    await directory.activate(actor, person_id)
    return ActiveView(person_id, True)


def _told_once(made: directory.InitialPassword, status: int) -> Response[PasswordView]:
    view = PasswordView(made.id, made.password)
    return Response(view, status_code=status, headers={"Cache-Control": "no-store"})


router = Router(
    "/",
    route_handlers=[
        me,
        choose_language,
        list_tokens,
        create_token,
        revoke_token,
        list_organisations,
        create_organisation,
        list_people,
        add_person,
        reset_password,
        activate,
    ],
)
