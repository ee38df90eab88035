"""The times of an application as its pages show them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from litestar import Response

from testfields.core.errors import N_, Message
from testfields.core.local_time import format_date, format_period, local_date
from testfields.core.periods import Period
from testfields.reservations.schemas import VolumeView
from testfields.reservations.stays import OPEN, STAYS
from testfields.reservations.words import LeftOutTold, MovedTold, left_out_told, moved_told, stays_told
from testfields.web import locale
from testfields.web.pages import redirect
from testfields.web.schemas import NamedText


def redirect_told(path: str, done: str, warnings: Sequence[Message]) -> Response[Any]:
    """See another page next, with what was done, and what to beware of by it."""
    if not warnings:
        return redirect(path, "success", done)
    told = " ".join(locale.said(one) for one in warnings)
    text = N_("%(done)s Please note: %(warnings)s")
    return redirect(path, "warning", text, done=locale.translate(done), warnings=told)


def day_of(instant: datetime, zone: str) -> str:
    """The local day of something that is due by the end of it."""
    return format_date(local_date(instant, zone), locale.current())


def periods_in_words(periods: Sequence[Period], zone: str) -> str:
    """The first stay, and how many more there are."""
    first = format_period(periods[0], zone, locale.current())
    if len(periods) == 1:
        return first
    return locale.plural(
        "%(first)s and %(num)s more time", "%(first)s and %(num)s more times", len(periods) - 1, first=first
    )


def periods_left(row: asyncpg.Record) -> list[Period]:
    """When the stays of a row take place that are still to come or under way; all of them where none is."""
    stays = stays_told(row["stays"])
    return [one.period for one in stays if one.state in OPEN] or [one.period for one in stays]


def times_told(event: asyncpg.Record, zone: str) -> list[str]:
    """The stays that an event was about, and what became of each, with those that it left out and why; none where it
    was about the whole application."""
    told = [_time_told(one.period, locale.translate(STAYS[one.state].word), zone) for one in stays_told(event["stays"])]
    words = N_("left out – %(why)s")
    left_out = [(one.period, locale.translate(words, None, why=_why(one))) for one in left_out_told(event["left_out"])]
    if moved := moved_told(event["moved"]):
        return [_move_told(one, zone) for one in moved]
    return told + [_time_told(period, text, zone) for period, text in left_out]


def _move_told(one: MovedTold, zone: str) -> str:
    was, becomes = (format_period(period, zone, locale.current()) for period in (one.was, one.becomes))
    return locale.translate(N_("%(was)s → %(becomes)s"), None, was=was, becomes=becomes)


def other_told(event: asyncpg.Record, page: str) -> dict[str, str] | None:
    """The application that an event has to do with besides its own, as a link below `page`."""
    number = event["other"]
    if number is None:
        return None
    return {"href": f"{page}/{number}", "text": locale.translate(N_("Application No. %(number)s"), None, number=number)}


def left_out_in_words(event: asyncpg.Record, zone: str) -> list[str]:
    """The stays that an event left out, and why."""
    return [_time_told(one.period, _why(one), zone) for one in left_out_told(event["left_out"])]


def _time_told(period: Period, state: str, zone: str) -> str:
    when = format_period(period, zone, locale.current())
    return locale.translate(N_("%(when)s: %(state)s"), None, when=when, state=state)


def _why(one: LeftOutTold) -> str:
    return " ".join(locale.said(message) for message in one.why)


class AreaTold(msgspec.Struct, frozen=True):
    """An area that an application asks for."""

    id: int
    mode: str
    name: NamedText


_AREAS = msgspec.json.Decoder(list[AreaTold])


def areas_of(row: asyncpg.Record) -> list[AreaTold]:
    """The areas that a row asks for, in the order of their site."""
    return _AREAS.decode(row["areas"])


def names_of_several(row: asyncpg.Record) -> dict[int | None, str]:
    """Their names by their ids, where there are several: of one alone it need not be said each time."""
    areas = areas_of(row)
    return {one.id: locale.in_words(one.name) for one in areas} if len(areas) > 1 else {}


class VolumeOfStay(VolumeView, frozen=True):
    """A volume, and the number of its stay. The API keeps that back, so that it takes again what it tells."""

    stay_id: int


_VOLUMES = msgspec.json.Decoder(list[VolumeOfStay])


def shapes_of(row: asyncpg.Record) -> list[int]:
    """For each volume of a row the place of the first with the same shape, so that each is drawn once."""
    shapes = [msgspec.json.encode(one.footprint) for one in volumes_of(row)]
    return [shapes.index(one) for one in shapes]


def volumes_of(row: asyncpg.Record) -> list[VolumeOfStay]:
    """What a row of the company's lists asks for."""
    return _VOLUMES.decode(row["volumes"])
