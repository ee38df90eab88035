"""What zones have to do with decisions, over HTTP: what they saw, and what has changed since."""

from litestar import Router, get

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.reviews.affected import since_decision
from testfields.reviews.replaying import replay
from testfields.reviews.schemas import AffectedView, ReplayedFinding, ReplayView
from testfields.web.parameters import PathId
from testfields.web.schemas import NamedText, TimeRange
from testfields.zones.schemas import finding_view


@get("/zones-changed", guards=[Only(May.SEE_DESK)])
async def list_zones_changed(actor: Caller) -> list[AffectedView]:
    """What is under way on one's land and is forbidden or needs a permission by zones published since its decision."""
    return [
        AffectedView(
            one.number,
            one.permitted,
            NamedText(one.company_ja, one.company_en),
            one.site,
            NamedText(one.area_ja, one.area_en),
            TimeRange(one.period.start, one.period.end),
            [finding_view(each) for each in one.findings],
        )
        for one in await since_decision(actor, now())
    ]


@get("/{reservation_id:int}/replay", guards=[Only(May.REPLAY)])
async def show_replay(actor: Caller, reservation_id: PathId) -> list[ReplayView]:
    """Every decision on an application with what was found by the zones of that moment, and what is found now."""
    return [
        ReplayView(
            one.action,
            one.at,
            one.role,
            [ReplayedFinding(finding_view(each.finding), each.then, each.now) for each in one.found],
        )
        for one in await replay(actor, reservation_id, now())
    ]


router = Router("/reviews", tags=["reviews"], route_handlers=[list_zones_changed, show_replay])
