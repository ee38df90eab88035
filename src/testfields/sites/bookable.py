"""Whether a site's hours and policy leave anybody a stay to book. Values in, the first thing in the way out.

Minutes are counted from the midnight at which a Monday begins, in an ordinary week: one in which no clock changes.
"""

from collections.abc import Sequence
from math import inf

from testfields.core.errors import N_, Message
from testfields.sites.drafts import DAY_MINUTES, OpeningDraft
from testfields.sites.fields import Policy

WEEK_MINUTES = 7 * DAY_MINUTES

# From when to when, half-open.
Stretch = tuple[float, float]


def undecided_in_time(policy: Policy) -> bool:
    """Whether one may book what begins before staff ought to have decided."""
    return policy.notice_minutes < policy.processing_days * DAY_MINUTES


def never_kept(hours: Sequence[OpeningDraft], policy: Policy) -> tuple[str, Message] | None:
    """The field because of which nobody could ever book, and why; None where somebody can.

    The grid has to divide the day, and there has to be an opening.
    """
    stretches, slot, least = _joined(hours), policy.slot_minutes, policy.minimum_minutes
    values = {"slot": slot, "least": least, "notice": policy.notice_minutes, "days": policy.horizon_days}
    longest = max(_on_grid(one, slot) for one in stretches)
    if longest < slot:
        return "slot_minutes", Message(N_("No opening holds one step of the grid, %(slot)s minutes."), values)
    if longest < least:
        message = N_(
            "The shortest stay of %(least)s minutes fits into no opening: on the grid the longest takes %(longest)s."
        )
        return "minimum_minutes", Message(message, {**values, "longest": int(longest)})
    if _longest_ahead(stretches, policy, 0) < least:
        message = N_("The shortest stay of %(least)s minutes never lies within %(days)s days ahead.")
        return "horizon_days", Message(message, values)
    if _longest_ahead(stretches, policy, policy.notice_minutes) < least:
        message = N_(
            "With a notice of %(notice)s minutes no stay lies within the %(days)s days that one may book ahead."
        )
        return "notice_minutes", Message(message, values)
    return None


def _joined(hours: Sequence[OpeningDraft]) -> list[Stretch]:
    """When the site is open without a break: each stretch of a week whole at least once, or one without an end.

    Openings that meet are one, also at midnight and from Sunday to Monday.
    """
    midnights = [((one.weekday - 1) * DAY_MINUTES, one) for one in sorted(hours)]
    week = [(midnight + one.opens_minute, midnight + one.closes_minute) for midnight, one in midnights]
    stretches: list[Stretch] = []
    for start, end in [*week, *((start + WEEK_MINUTES, end + WEEK_MINUTES) for start, end in week)]:
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    always = any(end - start >= WEEK_MINUTES for start, end in stretches)
    return [(-inf, inf)] if always else stretches


def _on_grid(stretch: Stretch, slot: int) -> float:
    """The longest stay between two points of the grid in a stretch, in minutes; below 0 where it holds none."""
    start, end = stretch
    return inf if end - start == inf else end // slot * slot - -(-start // slot) * slot


def _longest_ahead(stretches: Sequence[Stretch], policy: Policy, notice: int) -> float:
    """The longest stay that somebody can book who applies at the best moment: at midnight, as the horizon moves on."""
    windows = [
        (today + notice, today + (policy.horizon_days + 1) * DAY_MINUTES)
        for today in range(0, WEEK_MINUTES, DAY_MINUTES)
    ]
    return max(
        _on_grid((max(start, earliest), min(end, latest)), policy.slot_minutes)
        for earliest, latest in windows
        for one in stretches
        for start, end in _from(one, earliest)
    )


def _from(stretch: Stretch, earliest: int) -> list[Stretch]:
    """The first of a stretch's weekly returns that ends after `earliest`, and the next; later ones are no better."""
    start, end = stretch
    if end == inf:
        return [stretch]
    weeks = ((earliest - end) // WEEK_MINUTES + 1) * WEEK_MINUTES
    return [(start + weeks, end + weeks), (start + weeks + WEEK_MINUTES, end + weeks + WEEK_MINUTES)]
