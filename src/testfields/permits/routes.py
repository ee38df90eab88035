"""Checking a permit by program; nobody need log in."""

from decimal import Decimal

from litestar import Router, get
from litestar.params import FromPath

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.permits import service
from testfields.permits.rules import Permit
from testfields.permits.schemas import PermittedView, PermitView
from testfields.web.parameters import PathId
from testfields.web.schemas import BandView, NamedText, TimeRange


def view_of(permit: Permit) -> PermitView:
    """A permit as the API shows it."""
    return PermitView(
        code=permit.code,
        standing=permit.standing,
        phase=permit.phase,
        issued_at=permit.issued_at,
        revoked_at=permit.revoked_at,
        use=permit.use,
        project_title=NamedText(permit.title_ja, permit.title_en),
        company=NamedText(permit.company_ja, permit.company_en or "") if permit.company_ja else None,
        site_name=NamedText(permit.site_ja, permit.site_en),
        area_name=NamedText(permit.area_ja, permit.area_en),
        address=NamedText(permit.address_ja, permit.address_en),
        timezone=permit.timezone,
        permitted=[
            PermittedView(
                TimeRange(one.period.start, one.period.end),
                BandView(_metres(one.altitude.lower), _metres(one.altitude.upper)),
                NamedText(one.area_ja, one.area_en),
                one.state,
            )
            for one in permit.permitted
        ],
        conditions=permit.conditions,
    )


def _metres(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@get("/{code:str}", guards=[Only(May.CHECK_PERMIT)])
async def check_permit(code: FromPath[str]) -> PermitView:
    """Whether a permit holds, and what it permits; 404 for a code that was never issued."""
    return view_of(await service.check(code, now()))


@get("/{reservation_id:int}/permit", guards=[Only(May.SEE_PERMIT)])
async def permit_of_reservation(actor: Caller, reservation_id: PathId) -> PermitView:
    """The newest permit of one reservation; 404 where none has been issued."""
    return view_of(await service.of_reservation(actor, reservation_id, now()))


of_reservations = Router("/reservations", tags=["permits"], route_handlers=[permit_of_reservation])
router = Router("/permits", tags=["permits"], route_handlers=[check_permit])
