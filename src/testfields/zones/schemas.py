"""What the API answers about findings."""

from typing import Any

import msgspec
import shapely

from testfields.web import locale
from testfields.web.schemas import TimeRange
from testfields.zones.rules import Finding
from testfields.zones.vocabulary import Confidence, Severity


class FindingView(msgspec.Struct, frozen=True):
    """What one check says; none of them says that something is allowed.

    `why` and `cure` are in the caller's language. `where` is GeoJSON, null for what has no place; `when` is empty for
    what holds at any time. `confidence` A is read in an official document, B second-hand, C background knowledge.
    """

    code: str
    severity: Severity
    what: str
    why: str
    cure: str
    source: str
    confidence: Confidence
    zone: str
    where: dict[str, Any] | None
    when: list[TimeRange]


def finding_view(one: Finding) -> FindingView:
    """A finding in the caller's language."""
    return FindingView(
        one.code,
        one.severity,
        locale.said(one.what),
        locale.in_words(one.why),
        locale.in_words(one.cure),
        locale.in_words(one.source.name),
        one.source.confidence,
        one.zone,
        shape_of(one),
        [TimeRange(each.start, each.end) for each in one.when],
    )


def shape_of(one: Finding) -> dict[str, Any] | None:
    """Where it arises, as GeoJSON."""
    return None if one.where is None or one.where.is_empty else dict(shapely.geometry.mapping(one.where))
