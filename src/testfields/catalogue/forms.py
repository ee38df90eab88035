"""What is typed on the list of test fields, and what it looks for. No I/O, no clock."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from testfields.availability.free import FreeQuery
from testfields.core.errors import N_, InvalidInput, fault, tried
from testfields.core.local_time import JAPANS_ZONE, instant_of
from testfields.core.periods import EARLIEST, LATEST, Period
from testfields.core.texts import normal
from testfields.sites.exchange.notation import parse_wanted
from testfields.sites.rules import SLUG
from testfields.sites.service import Search
from testfields.sites.vocabulary import USES, FacilityValue

LONGEST_TEXT = 200
LARGEST_HECTARES = 1_000_000
SQUARE_METRES = 10_000
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Typed:
    """The form as the address gives it; `on` is a day, `start` and `end` are times of it, `ha` a size in hectares."""

    use: str = ""
    on: str = ""
    start: str = ""
    end: str = ""
    ha: str = ""
    facility: tuple[str, ...] = ()
    surface: str = ""
    owner: str = ""
    words: str = ""
    after: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return replace(self, after="") != Typed()

    @property
    def more(self) -> int:
        """How many of the less usual conditions are asked for."""
        return len(self.facility) + sum(map(bool, (self.start, self.end, self.ha, self.surface, self.owner)))

    def address(self, path: str, **changes: str) -> str:
        """`path` with what is asked for, from the first page on; what is not asked for stands out of the address."""
        asked = {**dict(_parts(self)), "after": ("",), **{name: (value,) for name, value in changes.items()}}
        query = [(name, value) for name, values in asked.items() for value in values if value]
        return f"{path}?{urlencode(query)}" if query else path


def _parts(typed: Typed) -> Iterator[tuple[str, Sequence[str]]]:
    for name in Typed.__dataclass_fields__:
        value = getattr(typed, name)
        yield name, value if isinstance(value, tuple) else (value,)


def read(query: Mapping[str, str], facilities: Sequence[str]) -> Typed:
    """What an address asks for, blanks around it taken away; a facility named twice counts once."""
    texts = {name: query.get(name, "").strip() for name in Typed.__dataclass_fields__ if name != "facility"}
    chosen = dict.fromkeys(one.strip() for one in facilities if one.strip())
    return Typed(facility=tuple(chosen), **texts)


def application_address(slug: str, query: Mapping[str, str]) -> str:
    """The form of an application for a site, with the time and the use that the address of its page has."""
    asked = {name: value for name in ("start", "end", "use") if (value := query.get(name, "").strip())}
    return f"/my/apply?{urlencode({'site': slug, **asked}, safe=':')}"


@dataclass(frozen=True)
class Wanted:
    """What is looked for: in the catalogue, and where a day is asked for, in free time."""

    search: Search
    free: FreeQuery | None


def wanted_of(typed: Typed, today: date) -> Wanted:
    """Understand the form; `today` is the day in Japan. Raises InvalidInput with every fault, by its field."""
    faults = [fault(name, UNREADABLE) for name, values in _parts(typed) if not all(map(_readable, values))]
    if faults:
        raise InvalidInput(faults)
    if typed.use and typed.use not in USES:
        faults.append(fault("use", N_("This kind is not known. Please choose one of those offered.")))
    if typed.after and not SLUG.fullmatch(typed.after):
        faults.append(fault("after", UNREADABLE))
    square_metres = tried(faults, _square_metres, typed.ha)
    facilities = tried(faults, _offered, typed.facility, "facility")
    surface = tried(faults, _offered, [f"surface={typed.surface}"], "surface") if typed.surface else {}
    free = tried(faults, _free_query, typed, today)
    if faults:
        raise InvalidInput(faults)
    search = Search(
        use=typed.use or None,
        facilities={**(facilities or {}), **(surface or {})},
        owner=typed.owner or None,
        least_m2=square_metres,
        words=typed.words or None,
    )
    return Wanted(search, free)


def _offered(typed: Sequence[str], field: str) -> dict[str, FacilityValue]:
    try:
        return parse_wanted(typed, field)
    except InvalidInput:
        # The page offers facilities by their labels; the keys, which a program is told, say nothing to its reader.
        raise InvalidInput([fault(field, N_("This is not known here. Please choose one of those offered."))]) from None


UNREADABLE = N_("This entry is too long or holds signs that cannot be read. Please type it again.")


def _readable(text: str) -> bool:
    """Not too long, and without control characters or halves of characters, which no column holds."""
    return len(text) <= LONGEST_TEXT and not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text)


def _square_metres(hectares: str) -> float | None:
    if not hectares:
        return None
    try:
        number = float(normal("NFKC", hectares))
    except ValueError:
        number = -1
    if not 0 <= number <= LARGEST_HECTARES:
        message = N_("Please enter the size in hectares as a number from 0 to %(most)s, like 2.5.")
        raise InvalidInput([fault("ha", message, most=LARGEST_HECTARES)])
    return number * SQUARE_METRES


def _free_query(typed: Typed, today: date) -> FreeQuery | None:
    """With both times, free during the whole of it, over midnight where the end is the earlier one; else at any time of
    what is left of the day."""
    if not typed.on:
        if typed.start or typed.end:
            raise InvalidInput([fault("on", N_("Please choose the day as well."))])
        return None
    day = parse_day(typed.on, "on")
    if day < today:
        raise InvalidInput([fault("on", N_("This day is past. Please choose today or a later day."))])
    over_midnight = bool(typed.start and typed.end) and typed.end < typed.start
    last = day + timedelta(days=1) if over_midnight else day
    within = Period(_instant(day, typed.start or "00:00", "start"), _instant(last, typed.end or "24:00", "end"))
    if within.start >= within.end:
        raise InvalidInput([fault("end", N_("The end must be later than the start."))])
    whole = bool(typed.start and typed.end)
    return FreeQuery(within, minutes=int(within.duration / timedelta(minutes=1)) if whole else 0, use=typed.use or None)


def parse_day(text: str, path: str) -> date:
    """A day as browsers send it, such as 2026-12-03; raises InvalidInput, also for a year too far away."""
    try:
        day = date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST.year <= day.year < LATEST.year:
        raise InvalidInput([fault(path, N_("Please enter a day between the years 2000 and 2199, like 2026-12-03."))])
    return day


def _instant(day: date, clock: str, path: str) -> datetime:
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    if not CLOCK.fullmatch(clock):
        raise InvalidInput([fault(path, N_("Please enter a time from 00:00 to 23:59."))])
    return instant_of(datetime.combine(day, time.fromisoformat(clock)), JAPANS_ZONE)
