"""What an application asks for now beside what it asked for when staff last saw it. Values in, verdicts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand


class _Kept(msgspec.Struct, frozen=True):
    period: tuple[datetime, datetime]
    altitude: tuple[Decimal | None, Decimal | None]
    area_ja: str
    area_en: str
    shape: msgspec.Raw


_KEPT = msgspec.json.Decoder(list[_Kept])


@dataclass(frozen=True)
class Wanted:
    """A volume that is, or was, asked for; heights in metres above ground, `shape` as GeoJSON text."""

    period: Period
    altitude: AltitudeBand
    area_ja: str
    area_en: str
    shape: str


@dataclass(frozen=True)
class Change:
    """One volume before and after; None where there was none, or is none any more."""

    before: Wanted | None
    after: Wanted | None

    @property
    def shape_alone(self) -> bool:
        """Whether words cannot tell the two apart."""
        return (
            self.before is not None
            and self.after is not None
            and (self.before.period, self.before.altitude, self.before.area_ja)
            == (self.after.period, self.after.altitude, self.after.area_ja)
        )


def wanted_told(kept: str) -> list[Wanted]:
    """Volumes as ``CHANGES`` of `work_queries` tells them."""
    return [
        Wanted(Period(*one.period), AltitudeBand(*one.altitude), one.area_ja, one.area_en, bytes(one.shape).decode())
        for one in _KEPT.decode(kept)
    ]


def changes_between(before: Sequence[Wanted], after: Sequence[Wanted]) -> list[Change]:
    """What differs, in the order of time: volumes of the same period belong together; of the others as many as are
    left on both sides have been moved, one after the other."""
    gone = [one for one in before if one not in after]
    new = [one for one in after if one not in before]
    changes = []
    for one in list(gone):
        same = next((other for other in new if other.period == one.period), None)
        if same is not None:
            changes.append(Change(one, same))
            gone.remove(one)
            new.remove(same)
    if len(gone) == len(new):
        changes += [Change(one, other) for one, other in zip(gone, new, strict=True)]
    else:
        changes += [Change(one, None) for one in gone] + [Change(None, one) for one in new]
    return sorted(changes, key=lambda one: min(side.period for side in (one.before, one.after) if side is not None))
