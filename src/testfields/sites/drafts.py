"""A site and its areas as a file or a form gives them: what `fields.py` tells, and what the API tells in parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from shapely.geometry import MultiPolygon

from testfields.core.fields import Row, rows_of
from testfields.core.volumes import AltitudeBand
from testfields.sites.fields import (
    ALLOWED_USES,
    LONGEST_NAME,
    POLICY,
    AreaFacts,
    Field,
    Policy,
    SiteFacts,
    Uses,
)
from testfields.sites.plan import Piece
from testfields.sites.vocabulary import ROAD_ANSWERS, RoadAnswer

DAY_MINUTES = 24 * 60

Slug = Annotated[str, Field("short name in addresses: small letters a–z, digits, hyphens, at most 63")]
NameJa = Annotated[str, Field("the name in Japanese", limits=(1, LONGEST_NAME))]
NameEn = Annotated[str, Field("the name in English", limits=(1, LONGEST_NAME))]


@dataclass(frozen=True, order=True)
class OpeningDraft:
    """One weekly opening: ISO weekday (1 is Monday), minutes after local midnight; past 1440 is the next day."""

    weekday: int
    opens_minute: int
    closes_minute: int


Hours = tuple[OpeningDraft, ...]


@dataclass(frozen=True)
class ExceptionDraft:
    """A span of a day with hours of its own, as `OpeningDraft` has them; without minutes it is closed that day."""

    day: date
    opens_minute: int | None = None
    closes_minute: int | None = None


Exceptions = tuple[ExceptionDraft, ...]


@dataclass(frozen=True, kw_only=True)
class AreaDraft(AreaFacts):
    """A bookable part of a site as a file or a form gives it; no uses means those of the site."""

    slug: Slug
    parent_slug: str | None
    name_ja: NameJa
    name_en: NameEn
    uses: Annotated[Uses, Field(ALLOWED_USES, required=False)]
    altitude: AltitudeBand
    geometry: MultiPolygon
    feature: int = field(default=-1, compare=False)


@dataclass(frozen=True, kw_only=True)
class SiteDraft(SiteFacts):
    """A site with all that belongs to it, as a file or a form gives it."""

    slug: Slug
    owner: Annotated[str, Field("the owner's slug; not needed with `--owner`", required=False)]
    name_ja: NameJa
    name_en: NameEn
    description_ja: Annotated[
        str, Field("what kind of place it is, in Japanese", "desc_ja", required=False, lines=True)
    ]
    description_en: Annotated[str, Field("the same in English", "desc_en", required=False, lines=True)]
    address_ja: Annotated[str, Field("where it is, in Japanese", "addr_ja", required=False)]
    address_en: Annotated[str, Field("the same in English", "addr_en", required=False)]
    road_answer: Annotated[
        RoadAnswer,
        Field("whether the police regard it as a road: `not_asked`, `not_road`, `road`", "road", words=ROAD_ANSWERS),
    ]
    road_answered_on: Annotated[date | None, Field("the day of that answer", "road_date")]
    hours: Annotated[
        Hours,
        Field("`Mon-Fri 09:00-17:00; Sat 10:00-12:00, 13:00-26:00`; 26:00 is two in the morning of the next day"),
    ]
    exceptions: Annotated[
        Exceptions,
        Field(
            "days with other hours: `2026-08-13 closed; 2026-11-03 10:00-15:00`", "except", required=False, lines=True
        ),
    ]
    geometry: MultiPolygon
    policy: Policy
    areas: tuple["AreaDraft", ...]
    # What the ground looks like; None where nothing is said of it, so that it stays.
    plan: tuple[Piece, ...] | None = None
    # The feature of the file this came from; two drafts are the same wherever they stood.
    feature: int = field(default=-1, compare=False)


SITE: Mapping[str, Row[Field]] = {**rows_of(SiteDraft, Field), **POLICY}
AREA = rows_of(AreaDraft, Field)


def told_of(draft: SiteDraft | AreaDraft) -> dict[str, Any]:
    """All that the fields say of it, by their names."""
    if isinstance(draft, AreaDraft):
        return {name: getattr(draft, name) for name in AREA}
    return {name: getattr(draft.policy if name in POLICY else draft, name) for name in SITE}
