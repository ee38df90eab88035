"""The form of an application: what was typed, and what it asks for. Times are local to the site."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shapely.geometry import MultiPolygon

from testfields.availability.rules import MOST_VOLUMES, too_many
from testfields.availability.service import Asked
from testfields.core.errors import N_, Fault, InvalidInput, each_once, fault, tried
from testfields.core.local_time import instant_typed, local_time
from testfields.core.periods import Period, parse_period, within_calendar
from testfields.core.texts import normal
from testfields.core.volumes import AltitudeBand, parse_altitude
from testfields.web.drawing import drawn
from testfields.web.forms import Posted

DATE_TIME = "%Y-%m-%dT%H:%M"
# Fields of figures; what is typed in full width into these or into a time is read as in half width.
FIGURES = frozenset({"corners", "centre", "radius", "lower", "upper", "every", "count", "until"})


@dataclass(frozen=True)
class Time:
    """One stay as typed, such as 2026-12-03T09:00, or blank."""

    start: str = ""
    end: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not self.start and not self.end


@dataclass(frozen=True)
class Entered:
    """The form as it was typed. `more` are further areas at the same times. `part` asks for a part of the area:
    `footprint` as GeoJSON, else `corners` as lines.

    `beyond`: more stays were sent than can be asked for at once; `times` are the first of them. A series is typed as
    `every` how many weeks, and `count`, how many times in all with the one that is repeated, or `until`, a date.
    """

    project_id: str = ""
    site: str = ""
    area: str = ""
    more: tuple[str, ...] = ()
    times: tuple[Time, ...] = (Time(),)
    beyond: bool = False
    part: bool = False
    footprint: str = ""
    corners: str = ""
    # A circle as typed: its middle, and its radius in metres. It is asked for once it has been drawn.
    centre: str = ""
    radius: str = ""
    lower: str = ""
    upper: str = ""
    note: str = ""
    every: str = ""
    count: str = ""
    until: str = ""
    # "fits" where stays that do not fit are to be left out.
    whatever: str = ""
    # The draft that this is, or the reservation whose times are to change, and the version of it that was seen.
    draft: str = ""
    reservation: str = ""
    version: str = ""


def read_form(form: Posted) -> Entered:
    """What a posted form says."""

    def text(name: str) -> str:
        return form.text(name).strip()

    def figures(name: str) -> str:
        return normal("NFKC", text(name)).strip()

    times: list[Time] = []
    while len(times) < MOST_VOLUMES and f"time{len(times)}_start" in form:
        times.append(Time(figures(f"time{len(times)}_start"), figures(f"time{len(times)}_end")))
    beyond = f"time{MOST_VOLUMES}_start" in form
    names = Entered.__dataclass_fields__.keys() - {"times", "more", "beyond", "part"}
    texts = {name: figures(name) if name in FIGURES else text(name) for name in names}
    return Entered(
        times=tuple(times) or (Time(),),
        more=tuple(form.chosen("more")),
        beyond=beyond,
        part=text("footprint_part") == "part",
        **texts,
    )


LAST_ROW = f"time{MOST_VOLUMES - 1}"


def left_out() -> list[Fault]:
    """What is said where more stays were sent than the form keeps; no page of the portal sends them."""
    return [too_many(LAST_ROW), fault(LAST_ROW, N_("More were sent; they are not shown here and nothing was stored."))]


# --- From what was typed to what is asked for.


def rows_of(entered: Entered) -> list[int]:
    """Which of the stays count: those with something typed, or the first one where nothing is."""
    return [place for place, one in enumerate(entered.times) if not one.blank] or [0]


def rows_of_volumes(entered: Entered) -> list[int]:
    """The stay that each volume asked for belongs to, in their order."""
    return [row for row in rows_of(entered) for _ in range(1 + len(entered.more))]


def asked_of(entered: Entered, zone: str, areas: Sequence[int]) -> tuple[Asked, ...]:
    """The volumes asked for, one for each stay in each of `areas`; raises InvalidInput with every fault, by the form's
    own fields."""
    faults: list[Fault] = left_out() if entered.beyond else []
    periods = [tried(faults, _period, entered.times[row], zone, f"time{row}") for row in rows_of(entered)]
    footprint = tried(faults, _footprint, entered)
    altitude = tried(faults, _altitude, entered)
    if footprint is not None and len(areas) > 1:
        faults.append(
            fault("footprint", N_("A part can be drawn in one area only. Of several, each is asked for whole."))
        )
    if faults:
        raise InvalidInput(faults)
    return tuple(Asked(one, footprint, altitude, area) for one in periods if one is not None for area in areas)


def _period(typed: Time, zone: str, field: str) -> Period:
    if typed.blank:
        raise InvalidInput([fault(field, N_("Please enter the start and the end."))])
    start, end = clock(typed.start), clock(typed.end)
    if start is None or end is None:
        raise InvalidInput([fault(field, N_("Please enter start and end as date and time, like 2026-12-03 09:00."))])
    begins, ends = (instant_typed(one, zone, field) for one in (start, end))
    return parse_period(begins, ends, f"{field}.start", f"{field}.end")


def clock(text: str) -> datetime | None:
    """A date and time without an offset, as browsers send it; None for anything else."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is None and len(text) > len("2026-12-03") else None


@dataclass(frozen=True)
class Sought:
    """As much of a form as can be read already: when, which part (None is all of it) and at which heights."""

    periods: tuple[Period, ...] = ()
    footprint: MultiPolygon | None = None
    altitude: AltitudeBand | None = None


def sought_of(entered: Entered, zone: str) -> Sought:
    """What the form asks for, without what is missing or wrong in it."""
    wrong: list[Fault] = []
    periods = [tried(wrong, _period, entered.times[row], zone, f"time{row}") for row in rows_of(entered)]
    return Sought(
        tuple(one for one in periods if one is not None),
        tried(wrong, _footprint, entered),
        tried(wrong, _altitude, entered),
    )


def _altitude(entered: Entered) -> AltitudeBand | None:
    """The heights typed; None, where both are blank, is the area's whole band."""
    if not entered.lower and not entered.upper:
        return None
    try:
        lower, upper = float(entered.lower), float(entered.upper)
    except ValueError:
        raise InvalidInput([fault("lower", N_("Please enter both heights as numbers, in metres."))]) from None
    return parse_altitude(lower, upper, "lower")


def _footprint(entered: Entered) -> MultiPolygon | None:
    """The part asked for; None is the whole area."""
    return drawn(entered.footprint, entered.corners, "corners") if entered.part else None


# --- From what is stored, or asked for by an address, to what the form shows.


def local(instant: datetime, zone: str) -> str:
    """An instant as the form's date and time."""
    return local_time(instant, zone).strftime(DATE_TIME)


def time_of(period: Period, zone: str) -> Time:
    """A period as the form's stay."""
    return Time(local(period.start, zone), local(period.end, zone))


def time_from_address(start: str, end: str, zone: str, stay: timedelta) -> Time:
    """The stay that a link asks for: local times, or instants with an offset; without an end it lasts `stay`."""
    begins, ends = (_from_address(one, zone) for one in (start, end))
    if begins is None:
        return Time()
    return Time(begins.strftime(DATE_TIME), (ends or begins + stay).strftime(DATE_TIME))


def _from_address(text: str, zone: str) -> datetime | None:
    # An unescaped "+" of an offset arrives as a blank.
    try:
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    if not within_calendar(read):
        return None
    return read if read.tzinfo is None else local_time(read, zone).replace(tzinfo=None)


# --- From the service's faults to the form's fields.

_PLACES = {"footprint": "footprint", "altitude": "lower"}


def fields_of(faults: Sequence[Fault], rows: Sequence[int]) -> list[Fault]:
    """Faults by the form's fields, each said once; `rows` are the stays that were asked for, in their order."""
    return each_once([Fault(_field(one.path, rows), one.message) for one in faults])


def _field(path: str, rows: Sequence[int]) -> str:
    match = re.fullmatch(r"volumes\[(\d+)\]\.(\w+)(\.\w+)?", path)
    if match:
        return _PLACES.get(match[2], f"time{rows[int(match[1])]}")
    if re.match(r"time\d+", path):
        return path.partition(".")[0]
    return {"volumes": f"time{rows[0]}", "area_id": "area", "lower.upper": "upper"}.get(path, path)
