"""Deputies of an owner's approvers, over HTTP."""

from litestar import Router, delete, get, post
from litestar.params import JSONBody

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.joining import deputising
from testfields.joining.deputising import NewDeputy
from testfields.joining.schemas import DeputyView, NamedDeputyView
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.parameters import PathId
from testfields.web.schemas import NamedText


@get("/deputies", guards=[Only(May.SEE_DEPUTIES)])
async def list_deputies(actor: Caller) -> list[DeputyView]:
    """Who stands in for which approver of one's owner of land, now or on days to come, the next first."""
    return [
        DeputyView(
            one.id,
            one.organisation_id,
            NamedText(one.name_ja, one.name_en),
            one.approver_id,
            one.approver,
            one.person_id,
            one.deputy,
            one.first_day,
            one.last_day,
        )
        for one in await deputising.deputies(actor, now())
    ]


@post("/deputies", dto=JsonBody[NewDeputy], return_dto=None, opt={REFUSES: (404,)}, guards=[Only(May.NAME_DEPUTY)])
async def name_deputy(actor: Caller, data: JSONBody[NewDeputy]) -> NamedDeputyView:
    """Name a reviewer or site manager who decides on applications in one's place, for at most 92 days in Japan's zone.

    The deputy is told by mail.
    """
    return NamedDeputyView(await deputising.name(actor, data, now()))


@delete("/deputies/{deputy_id:int}", guards=[Only(May.NAME_DEPUTY)])
async def end_deputy(actor: Caller, deputy_id: PathId) -> None:
    """End the time of one's own deputy at once, who is told by mail."""
    await deputising.end(actor, deputy_id, now())


router = Router("/", tags=["people"], route_handlers=[list_deputies, name_deputy, end_deputy])
