"""What a site's rules hold against one stay: its times, whether the site is open, and what is tried there.

Values in, faults out. Applications are judged by these as they are filed, and again where a site changes under them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from testfields.core.errors import N_, Fault, fault
from testfields.core.local_time import local_date, local_days, local_time
from testfields.core.periods import Period
from testfields.sites.fields import Policy as SitePolicy
from testfields.sites.vocabulary import USES

NOT_OPEN = N_("The site is not open during the whole of this time.")
NO_LONGER_OFFERED = N_("This area is no longer offered.")
NO_APPLICATIONS = N_("No applications are taken for this test field at present.")


@dataclass(frozen=True, kw_only=True)
class Policy(SitePolicy):
    """How a site may be booked, by the clocks of its zone."""

    timezone: str


def stay_faults(policy: Policy, period: Period, is_open: bool, asked_at: datetime, path: str) -> list[Fault]:
    """What is wrong with the times of a stay that was asked for at `asked_at`; `path` is that of the period."""
    faults = _time_faults(policy, period, asked_at, path)
    if not faults and not is_open:
        faults.append(fault(path, NOT_OPEN))
    return faults


def _time_faults(policy: Policy, period: Period, now: datetime, path: str) -> list[Fault]:
    faults = []
    if period.start < now:
        faults.append(fault(f"{path}.start", N_("The start lies in the past.")))
    elif period.start < now + timedelta(minutes=policy.notice_minutes):
        unit, each = _unit_of(policy.notice_minutes)
        faults.append(fault(f"{path}.start", TOO_SOON[unit], notice=policy.notice_minutes // each))
    if period.end > horizon(policy, now):
        message = N_("This site can be booked at most %(days)s days ahead.")
        faults.append(fault(f"{path}.end", message, days=policy.horizon_days))
    minutes = period.duration / timedelta(minutes=1)
    if not policy.minimum_minutes <= minutes <= policy.maximum_minutes:
        unit, each = _unit_of(policy.minimum_minutes, policy.maximum_minutes)
        limits = {"least": policy.minimum_minutes // each, "most": policy.maximum_minutes // each}
        faults.append(fault(f"{path}.end", TOO_SHORT_OR_LONG[unit], **limits))
    for name, instant in (("start", period.start), ("end", period.end)):
        if not on_grid(policy.timezone, policy.slot_minutes, instant):
            message = N_("Times must lie on the site's grid of %(slot)s minutes.")
            faults.append(fault(f"{path}.{name}", message, slot=policy.slot_minutes))
    return faults


# Each whole, since events keep a message with its plain values.
TOO_SOON = {
    "days": N_("This site wants to know %(notice)s days before the start."),
    "hours": N_("This site wants to know %(notice)s h before the start."),
    "minutes": N_("This site wants to know %(notice)s min before the start."),
}
TOO_SHORT_OR_LONG = {
    "days": N_("A stay must last between %(least)s and %(most)s days."),
    "hours": N_("A stay must last between %(least)s and %(most)s h."),
    "minutes": N_("A stay must last between %(least)s and %(most)s min."),
}


def _unit_of(*minutes: int) -> tuple[str, int]:
    """The largest unit in which all of these are whole, and how many minutes it has; days from two on."""
    if all(one % (24 * 60) == 0 and one >= 2 * 24 * 60 for one in minutes):
        return "days", 24 * 60
    return ("hours", 60) if all(one % 60 == 0 for one in minutes) else ("minutes", 1)


def horizon(policy: Policy, now: datetime) -> datetime:
    """The last instant that may be booked: the end of the local day `horizon_days` from today."""
    return local_days(last_day(policy.horizon_days, policy.timezone, now), 1, policy.timezone).end


def last_day(horizon_days: int, timezone: str, now: datetime) -> date:
    """The last local day that may be booked."""
    return local_date(now, timezone) + timedelta(days=horizon_days)


def on_grid(timezone: str, slot_minutes: int, instant: datetime) -> bool:
    """Whether the local wall clock at `instant` is a whole number of slots after midnight."""
    local = local_time(instant, timezone)
    minutes = local.hour * 60 + local.minute
    return local.second == 0 and local.microsecond == 0 and minutes % slot_minutes == 0


def place_faults(uses: Collection[str], use: str, retired: bool) -> list[Fault]:
    """What is wrong with trying `use` in an area that allows `uses`."""
    faults = [fault("area_id", NO_LONGER_OFFERED)] if retired else []
    if use not in uses:
        faults.append(fault("area_id", N_("This area does not allow the use “%(use)s”."), use=USES[use]))
    return faults
