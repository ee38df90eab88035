"""What may be asked for at a site, and what is then taken. Values in, verdicts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from shapely.geometry import MultiPolygon

from testfields.core.errors import N_, Fault, InvalidInput, fault
from testfields.core.local_time import local_date, local_days
from testfields.core.periods import Period
from testfields.core.shapes import share_ground
from testfields.core.volumes import AltitudeBand, Volume, apart, in_metres
from testfields.sites.fields import POLICY
from testfields.sites.stays import Policy, stay_faults

MOST_VOLUMES = 60
# No site allows more, so nobody need look whether it would be open.
LONGEST_STAY = timedelta(minutes=POLICY["maximum_minutes"].field.limits[1])


@dataclass(frozen=True)
class BookableArea:
    """An area as a volume is measured against it."""

    id: int
    site_id: int
    footprint: MultiPolygon
    altitude: AltitudeBand


@dataclass(frozen=True)
class Placed:
    """A volume in an area, with what the database found out about its place."""

    area: BookableArea
    volume: Volume
    inside_area: bool
    open: bool
    # The volume with the turnaround and half the separations added; an exclusive area as a whole.
    taken: Volume


def check_lengths(periods: Sequence[Period]) -> None:
    """Raise InvalidInput for every stay that is longer than any site allows."""
    message = N_("A stay can last a year at most.")
    faults = [
        fault(f"volumes[{index}].period.end", message)
        for index, period in enumerate(periods)
        if period.duration > LONGEST_STAY
    ]
    if faults:
        raise InvalidInput(faults)


def check_volumes(policy: Policy, placed: Sequence[Placed], now: datetime) -> None:
    """Raise InvalidInput with every rule of the site that the volumes break."""
    faults = [found for one in volume_faults(policy, placed, now) for found in one]
    if faults:
        raise InvalidInput(faults)


def volume_faults(policy: Policy, placed: Sequence[Placed], now: datetime) -> list[list[Fault]]:
    """The rules of the site that each of the volumes breaks, one list a volume."""
    faults = [_faults(policy, one, now, f"volumes[{index}]") for index, one in enumerate(placed)]
    for index, one in enumerate(placed):
        if any((one.area.id, one.volume) == (other.area.id, other.volume) for other in placed[:index]):
            faults[index].append(fault(f"volumes[{index}]", N_("This is asked for twice.")))
    return faults


def _faults(policy: Policy, placed: Placed, now: datetime, path: str) -> list[Fault]:
    area = placed.area
    faults = stay_faults(policy, placed.volume.period, placed.open, now, f"{path}.period")
    if not placed.inside_area:
        faults.append(fault(f"{path}.footprint", N_("The shape must lie inside the area.")))
    if not placed.volume.altitude.within(area.altitude):
        message = N_("Heights in this area must be between %(lower)s m and %(upper)s m above ground.")
        values = {"lower": in_metres(area.altitude.lower), "upper": in_metres(area.altitude.upper)}
        faults.append(fault(f"{path}.altitude", message, **values))
    return faults


def decision_due(policy: Policy, submitted: datetime) -> datetime:
    """When staff ought to have decided: the end of the local day `processing_days` later (標準処理期間)."""
    last = local_date(submitted, policy.timezone) + timedelta(days=policy.processing_days)
    return local_days(last, 1, policy.timezone).end - timedelta(microseconds=1)


def too_many(path: str) -> Fault:
    """What is said at `path` of more than can be asked for at once."""
    return fault(path, N_("At most %(most)s times can be asked for in one application."), most=MOST_VOLUMES)


def claims_for(placed: Sequence[Placed]) -> list[Volume]:
    """What is taken when these volumes are; one's own need no distance from each other, nor a turnaround.

    Raises InvalidInput for more than can be taken at once, and for two stays that share space at the same time.
    """
    if len(placed) > MOST_VOLUMES:
        raise InvalidInput([too_many("volumes")])
    if any(_twice_in_part(one.volume, other.volume) for one, other in combinations(placed, 2)):
        message = N_("Two of the volumes share space at the same time. Join them into one, or move one of them.")
        raise InvalidInput([fault("volumes", message)])
    return apart([one.taken for one in placed], "volumes")


def _twice_in_part(one: Volume, other: Volume) -> bool:
    """Whether two stays share space at some moment, though they are neither at one time nor at one place."""
    same_place = one.footprint == other.footprint and one.altitude == other.altitude
    return (
        one.period != other.period
        and not same_place
        and one.period.overlaps(other.period)
        and one.altitude.overlaps(other.altitude)
        and share_ground(one.footprint, other.footprint)
    )
