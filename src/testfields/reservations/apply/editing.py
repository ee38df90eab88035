"""Buttons of the form that change it without filing anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from testfields.availability.rules import MOST_VOLUMES, too_many
from testfields.core.errors import N_, InvalidInput, fault
from testfields.core.periods import within_calendar
from testfields.reservations.apply.forms import DATE_TIME, LAST_ROW, Entered, Time, clock, left_out, rows_of
from testfields.reservations.apply.series import Horizon, further_times
from testfields.web.drawing import drawn, geojson_of
from testfields.web.parameters import whole_number


def edited(entered: Entered, wish: str, ahead: Horizon | None = None) -> Entered:
    """The form after a press of one of its buttons: "add", "remove 2", "last 120", "repeat", "take START END …",
    "corners"; else unchanged.

    `ahead` is how far the site can be booked, where one is chosen. Raises InvalidInput, by the form's own fields, for
    what a button cannot do, and for too many stays.
    """
    if entered.beyond:
        raise InvalidInput(left_out())
    verb, _, words = wish.partition(" ")
    if verb == "repeat":
        return _repeated(entered, ahead)
    change = _EDITS.get(verb)
    return change(entered, words.split()) if change else entered


def _add(entered: Entered, _words: Sequence[str]) -> Entered:
    if len(entered.times) == MOST_VOLUMES:
        raise InvalidInput([too_many(LAST_ROW)])
    return replace(entered, times=(*entered.times, Time()))


def _remove(entered: Entered, words: Sequence[str]) -> Entered:
    times = tuple(one for place, one in enumerate(entered.times) if [str(place)] != list(words))
    return replace(entered, times=times or (Time(),))


def _repeated(entered: Entered, ahead: Horizon | None) -> Entered:
    kept = [one for one in entered.times if not one.blank]
    return replace(entered, times=(*kept, *further_times(entered, ahead)), count="", until="")


def _take(entered: Entered, words: Sequence[str]) -> Entered:
    """Other times in the place of those that count, in their order: START END for each."""
    rows = rows_of(entered)
    if len(words) != 2 * len(rows):
        return entered
    times = list(entered.times)
    for row, start, end in zip(rows, words[::2], words[1::2], strict=True):
        times[row] = Time(start, end)
    return replace(entered, times=tuple(times))


def _last(entered: Entered, words: Sequence[str]) -> Entered:
    """The last time that has a start, so many minutes long."""
    rows = [place for place, one in enumerate(entered.times) if clock(one.start) is not None]
    minutes = whole_number(words[0]) if len(words) == 1 else None
    if not rows or not minutes or minutes > LONGEST_PRESET:
        return entered
    start = clock(entered.times[rows[-1]].start)
    if start is None or not within_calendar(start):
        return entered
    times = list(entered.times)
    times[rows[-1]] = Time(times[rows[-1]].start, (start + timedelta(minutes=minutes)).strftime(DATE_TIME))
    return replace(entered, times=tuple(times))


def _corners(entered: Entered, _words: Sequence[str]) -> Entered:
    """The corners that were typed as the part asked for."""
    if not entered.corners:
        raise InvalidInput([fault("corners", N_("Please enter at least three corners, one a line."))])
    return replace(entered, part=True, footprint=geojson_of(drawn("", entered.corners, "corners")))


# Minutes. What a stay may last is the site's to say; these are offered as far as it allows them.
PRESETS = (30, 60, 120, 240, 480, 1440)
LONGEST_PRESET = PRESETS[-1]

_EDITS: Mapping[str, Callable[[Entered, Sequence[str]], Entered]] = {
    "add": _add,
    "remove": _remove,
    "take": _take,
    "last": _last,
    "corners": _corners,
}
