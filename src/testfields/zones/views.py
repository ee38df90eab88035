"""Findings as pages show them, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testfields.web import locale
from testfields.web.words import when
from testfields.zones.rules import Finding
from testfields.zones.schemas import shape_of
from testfields.zones.vocabulary import CONFIDENCES, SEVERITIES, Severity

# How each is drawn: the word of its colour, and its symbol.
TONES: Mapping[Severity, tuple[str, str]] = {
    Severity.BLOCKS: ("late", "ban"),
    Severity.PERMISSION: ("soon", "warning"),
    Severity.CONDITION: ("mine", "check-circle"),
    Severity.NOTICE: ("past", "info"),
}


@dataclass(frozen=True)
class FindingShown:
    """A finding in words; `feature` ties it to its shape on the map, where it has one."""

    feature: str
    tone: str
    icon: str
    severity: str
    what: str
    why: str
    cure: str
    source: str
    confidence: str
    when: Sequence[str]
    has_place: bool


def shown(findings: Sequence[Finding], zone: str) -> list[FindingShown]:
    """Findings in their order, with times in the site's zone."""
    return [_shown(place, one, zone) for place, one in enumerate(findings)]


def _shown(place: int, one: Finding, zone: str) -> FindingShown:
    tone, icon = TONES[one.severity]
    return FindingShown(
        f"finding-{place}",
        tone,
        icon,
        locale.in_words(SEVERITIES[one.severity]),
        locale.said(one.what),
        locale.in_words(one.why),
        locale.in_words(one.cure),
        locale.in_words(one.source.name),
        locale.in_words(CONFIDENCES[one.source.confidence]),
        [when(each, zone) for each in one.when],
        one.has_place,
    )


def features(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Those that have a place as GeoJSON for the map, named in both languages; tied to the list by their number."""
    return [_feature(place, one) for place, one in enumerate(findings) if one.has_place]


def _feature(place: int, one: Finding) -> dict[str, Any]:
    told = {
        "name": {language: locale.in_words(SEVERITIES[one.severity], language) for language in locale.LOCALES},
        "note": {language: locale.said(one.what, language) for language in locale.LOCALES},
    }
    return {
        "type": "Feature",
        "id": f"finding-{place}",
        "geometry": shape_of(one),
        "properties": {"class": "zone", "kind": "finding", **told},
    }
