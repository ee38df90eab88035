"""What the API answers about permits."""

from datetime import datetime

import msgspec

from testfields.permits.rules import Phase, Standing
from testfields.reservations.stays import StayState
from testfields.web.schemas import BandView, NamedText, TimeRange


class PermittedView(msgspec.Struct, frozen=True):
    """One time and band of heights in one area; it is permitted as long as its stay is planned or active."""

    period: TimeRange
    altitude: BandView
    area_name: NamedText
    state: StayState


class PermitView(msgspec.Struct, frozen=True):
    """A permit as anybody may see it; `company` only where its project agreed to be named."""

    code: str
    standing: Standing
    phase: Phase
    issued_at: datetime
    revoked_at: datetime | None
    use: str
    project_title: NamedText
    company: NamedText | None
    site_name: NamedText
    area_name: NamedText
    address: NamedText
    timezone: str
    permitted: list[PermittedView]
    conditions: str
