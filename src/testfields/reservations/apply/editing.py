"""Buttons of the form that change it without filing anything."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from testfields.availability.rules import MOST_VOLUMES, too_many
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import OUTSIDE, within_calendar
from testfields.reservations.apply.forms import DATE_TIME, LAST_ROW, Entered, Time, clock, left_out, rows_of

MOST_REPEATS = 52


def edited(entered: Entered, wish: str) -> Entered:
    """The form after a press of one of its buttons: "add", "remove 2", "repeat", "take START END …"; else unchanged.

    Raises InvalidInput, by the form's own fields, for what a button cannot do, and for too many stays.
    """
    if entered.beyond:
        raise InvalidInput(left_out())
    verb, _, words = wish.partition(" ")
    change = _EDITS.get(verb)
    return change(entered, words.split()) if change else entered


def _add(entered: Entered, _words: Sequence[str]) -> Entered:
    if len(entered.times) == MOST_VOLUMES:
        raise InvalidInput([too_many(LAST_ROW)])
    return replace(entered, times=(*entered.times, Time()))


def _remove(entered: Entered, words: Sequence[str]) -> Entered:
    times = tuple(one for place, one in enumerate(entered.times) if [str(place)] != list(words))
    return replace(entered, times=times or (Time(),))


def _repeat(entered: Entered, _words: Sequence[str]) -> Entered:
    """The last stay again in each of the following weeks, at the same time by the local clock."""
    last = next((one for one in reversed(entered.times) if not one.blank), None)
    weeks = int(entered.repeat) if re.fullmatch(r"[0-9]{1,2}", entered.repeat) else 0
    if last is None or not 1 <= weeks <= MOST_REPEATS:
        message = N_("Please enter a time first, then how many weeks it repeats: 1 to %(most)s.")
        raise InvalidInput([fault("repeat", message, most=MOST_REPEATS)])
    start, end = clock(last.start), clock(last.end)
    if start is None or end is None:
        raise InvalidInput([fault("repeat", N_("Please complete the last time before you repeat it."))])
    if not (within_calendar(start) and within_calendar(end)):
        raise InvalidInput([fault("repeat", OUTSIDE)])
    series = [
        Time((start + timedelta(weeks=week)).strftime(DATE_TIME), (end + timedelta(weeks=week)).strftime(DATE_TIME))
        for week in range(1, weeks + 1)
    ]
    kept = [one for one in entered.times if not one.blank]
    if len(kept) + len(series) > MOST_VOLUMES:
        raise InvalidInput([too_many("repeat")])
    return replace(entered, times=(*kept, *series), repeat="")


def _take(entered: Entered, words: Sequence[str]) -> Entered:
    """Other times in the place of those that count, in their order: START END for each."""
    rows = rows_of(entered)
    if len(words) != 2 * len(rows):
        return entered
    times = list(entered.times)
    for row, start, end in zip(rows, words[::2], words[1::2], strict=True):
        times[row] = Time(start, end)
    return replace(entered, times=tuple(times))


_EDITS: Mapping[str, Callable[[Entered, Sequence[str]], Entered]] = {
    "add": _add,
    "remove": _remove,
    "repeat": _repeat,
    "take": _take,
}
