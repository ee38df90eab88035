"""Locking somebody out, and deactivating an organisation, over HTTP."""

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.leaving import service
from testfields.leaving.rules import Closing
from testfields.leaving.schemas import ClosingView, LeaverView
from testfields.web.openapi import REFUSES
from testfields.web.parameters import PathId


@get("/people/{person_id:int}/leaving", guards=[Only(May.ADMINISTER)])
async def show_leaver(person_id: PathId) -> LeaverView:
    """What would be left behind by locking a person out: what is open, and who could still decide."""
    return _view(await service.leaver(person_id, now()))


@post("/people/{person_id:int}/deactivate", status_code=200, opt={REFUSES: (409,)}, guards=[Only(May.ADMINISTER)])
async def deactivate(actor: Caller, person_id: PathId, even_last: FromQuery[bool] = False) -> LeaverView:
    """Lock a person out at once; sessions end, tokens are revoked. The answer tells what is left behind.

    Where nobody of an owner of land would be left who can approve, `even_last` says that this is meant. The portal's
    last administrator cannot be locked out.
    """
    return _view(await service.lock_out(actor, person_id, now(), even_last))


def _view(leaver: service.Leaver) -> LeaverView:
    return msgspec.convert(leaver, LeaverView, from_attributes=True)


@get("/organisations/{organisation_id:int}/leaving", guards=[Only(May.ADMINISTER)])
async def show_closing(organisation_id: PathId) -> ClosingView:
    """What would stay open if an organisation were deactivated."""
    return _closing(await service.closing(organisation_id, now()))


@post(
    "/organisations/{organisation_id:int}/deactivate",
    status_code=200,
    opt={REFUSES: (409,)},
    guards=[Only(May.ADMINISTER)],
)
async def deactivate_organisation(actor: Caller, organisation_id: PathId) -> ClosingView:
    """Deactivate an organisation: its people can no longer log in and act for it, and their tokens stop.

    Nothing is deleted. The answer tells what stays open.
    """
    return _closing(await service.deactivate(actor, organisation_id, now()))


def _closing(closing: Closing) -> ClosingView:
    return msgspec.convert(closing, ClosingView, from_attributes=True)


router = Router(
    "/",
    tags=["administration"],
    route_handlers=[show_leaver, deactivate, show_closing, deactivate_organisation],
)
