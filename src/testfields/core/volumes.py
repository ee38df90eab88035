"""Volumes: a footprint on the ground × a band of altitudes × a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby, pairwise
from math import isfinite

import shapely
from shapely.geometry import MultiPolygon

from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import Period
from testfields.core.shapes import overlap, polygons

HIGHEST_M = 10_000
# Joining shapes costs the square of their points where they cross each other.
MOST_JOINED_POINTS = 500
MOST_CELLS = 2000


@dataclass(frozen=True)
class AltitudeBand:
    """Metres above ground from `lower` up to, and without, `upper`; None is unbounded."""

    lower: Decimal | None
    upper: Decimal | None

    def overlaps(self, other: "AltitudeBand") -> bool:
        """Whether a height lies in both."""
        return _below(self.lower, other.upper) and _below(other.lower, self.upper)

    def within(self, other: "AltitudeBand") -> bool:
        """Whether all of this band lies in `other`; both bounded."""
        if self.lower is None or self.upper is None or other.lower is None or other.upper is None:
            return other.lower is None and other.upper is None
        return other.lower <= self.lower and self.upper <= other.upper


def in_metres(value: Decimal | None) -> str:
    """Metres for people, without the zeros that say nothing: 150 for 150.00; empty where there is no bound."""
    return "" if value is None else f"{value.normalize():f}"


EVERY_HEIGHT = AltitudeBand(None, None)


def _below(lower: Decimal | None, upper: Decimal | None) -> bool:
    return lower is None or upper is None or lower < upper


@dataclass(frozen=True)
class Volume:
    """What is asked for, or what is taken."""

    footprint: MultiPolygon
    altitude: AltitudeBand
    period: Period

    def intersects(self, other: "Volume") -> bool:
        """Whether the two share space at some moment; a common edge is not shared space."""
        return (
            self.period.overlaps(other.period)
            and self.altitude.overlaps(other.altitude)
            and overlap(self.footprint, other.footprint)
        )


def parse_altitude(lower: float, upper: float, path: str) -> AltitudeBand:
    """Metres above ground as they came in; raises InvalidInput for what is no band at all."""
    if not all(isfinite(one) and 0 <= one <= HIGHEST_M for one in (lower, upper)):
        raise InvalidInput(
            [fault(path, N_("Heights must be metres above ground between 0 and %(most)s."), most=HIGHEST_M)]
        )
    band = AltitudeBand(_centimetres(lower), _centimetres(upper))
    if lower >= upper or band.lower == band.upper:
        raise InvalidInput([fault(f"{path}.upper", N_("The upper height must be greater than the lower height."))])
    return band


def _centimetres(metres: float) -> Decimal:
    return Decimal(str(metres)).quantize(Decimal("0.01"))


def apart(volumes: Sequence[Volume], path: str) -> list[Volume]:
    """The space of one taker's volumes as volumes that share none of it: whoever takes it all keeps no distance from
    himself, and the rule that no two claims intersect holds for these too.

    Raises InvalidInput for more shapes at once than can be joined in a moment.
    """
    return [cell for group in _groups(volumes) for cell in (group if len(group) == 1 else _cells(group, path))]


def _groups(volumes: Sequence[Volume]) -> list[list[Volume]]:
    """Volumes that share space with one another, also by way of a third, together."""
    groups: list[list[Volume]] = []
    for one in volumes:
        met = [group for group in groups if any(one.intersects(other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in met)]
        groups.append([*(other for group in met for other in group), one])
    return groups


def _cells(volumes: Sequence[Volume], path: str) -> Iterator[Volume]:
    """Volumes cut at every time and height at which one of them begins or ends: in between, those there are one."""
    times = sorted({instant for one in volumes for instant in (one.period.start, one.period.end)})
    heights = sorted({height for one in volumes for height in _bounds(one.altitude)})
    shapes = {one.footprint.wkb: one.footprint for one in volumes}
    points = sum(shapely.get_num_coordinates(shape) for shape in shapes.values())
    if (len(shapes) > 1 and points > MOST_JOINED_POINTS) or len(times) * len(heights) > MOST_CELLS:
        message = N_("These times and shapes are too many to be taken together. Please ask for fewer, or simpler ones.")
        raise InvalidInput([fault(path, message)])
    joined: dict[frozenset[bytes], MultiPolygon] = {}
    for (lower, upper), (there, period) in _columns(volumes, times, heights):
        if there not in joined:
            union = shapely.union_all([shapes[one] for one in there])
            joined[there] = MultiPolygon(polygons(union))
        yield Volume(joined[there], AltitudeBand(_finite(lower), _finite(upper)), period)


Here = frozenset[bytes]


def _columns(
    volumes: Sequence[Volume], times: Sequence[datetime], heights: Sequence[Decimal]
) -> Iterator[tuple[tuple[Decimal, Decimal], tuple[Here, Period]]]:
    """Between every two heights the stretches of time with the shapes that are there, each as long as they are."""
    for band in pairwise(heights):
        at = [one for one in volumes if _bounds(one.altitude)[0] <= band[0] and band[1] <= _bounds(one.altitude)[1]]
        stretches = ((_there(at, start, end), start, end) for start, end in pairwise(times))
        for there, alike in groupby(stretches, key=lambda stretch: stretch[0]):
            if there:
                parts = list(alike)
                yield band, (there, Period(parts[0][1], parts[-1][2]))


def _there(volumes: Sequence[Volume], start: datetime, end: datetime) -> Here:
    return frozenset(one.footprint.wkb for one in volumes if one.period.start <= start and end <= one.period.end)


def _bounds(band: AltitudeBand) -> tuple[Decimal, Decimal]:
    return (
        Decimal("-Infinity") if band.lower is None else band.lower,
        Decimal("Infinity") if band.upper is None else band.upper,
    )


def _finite(height: Decimal) -> Decimal | None:
    return height if height.is_finite() else None
