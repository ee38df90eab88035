"""What the API takes and answers about closures."""

from datetime import datetime
from typing import Annotated

import msgspec

from testfields.closures.rules import ClosureKind
from testfields.closures.service import LONGEST_REASON
from testfields.web.schemas import TimeRange

Slug = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


class ClosureBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What to shut, when, and why; without an area the whole test field. `site` and `area` are slugs."""

    site: Slug
    kind: ClosureKind
    reason_ja: Reason
    reason_en: Reason
    period: TimeRange
    area: Slug | None = None


class ClosureVersion(msgspec.Struct, frozen=True):
    """A closure and the version it has now."""

    id: int
    version: int


class ClosureView(msgspec.Struct, frozen=True):
    """A closure as the land's staff see it."""

    id: int
    version: int
    site: str
    area: str | None
    kind: ClosureKind
    reason_ja: str
    reason_en: str
    period: TimeRange
    created_by: str
    created_at: datetime
    lifted_at: datetime | None
