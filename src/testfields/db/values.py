"""From the portal's values to what the columns hold, and back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from asyncpg import Range

from testfields.core.periods import Period
from testfields.core.volumes import AltitudeBand, Volume


def period_range(period: Period) -> Range[datetime]:
    """A period as a tstzrange."""
    return Range(period.start, period.end, lower_inc=True, upper_inc=False)


def altitude_range(band: AltitudeBand) -> Range[Decimal]:
    """Metres above ground as a numrange; an open end where there is none."""
    return Range(band.lower, band.upper, lower_inc=band.lower is not None, upper_inc=False)


def to_period(value: Range[datetime]) -> Period:
    """A tstzrange as a period; the database's CHECKs keep it finite."""
    if value.lower is None or value.upper is None:
        raise ValueError(f"a period without an end: {value}")
    return Period(value.lower, value.upper)


def to_band(value: Range[Decimal]) -> AltitudeBand:
    """A numrange as metres above ground."""
    return AltitudeBand(value.lower, value.upper)


def volume_arrays(volumes: Sequence[Volume], prefix: str = "") -> dict[str, list[Any]]:
    """Volumes as three parallel arrays, named as the statements that take them want them."""
    return {
        f"{prefix}footprints": [one.footprint for one in volumes],
        f"{prefix}altitudes": [altitude_range(one.altitude) for one in volumes],
        f"{prefix}periods": [period_range(one.period) for one in volumes],
    }
