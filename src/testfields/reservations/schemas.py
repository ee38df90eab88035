"""What the API answers about reservations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from testfields.accounts.rules import Actor
from testfields.core.errors import Fault, InTheWay, Message
from testfields.reservations import reading
from testfields.reservations.checking import Verdict
from testfields.reservations.filing import LeftOut
from testfields.reservations.rules import Action, State, actions_for
from testfields.reservations.stays import StayState
from testfields.reservations.waiting import Chance
from testfields.reservations.words import left_out_told, moved_told
from testfields.web import locale
from testfields.web.problems import FieldFault
from testfields.web.schemas import Heights, HeightsAboveSea, MultiPolygonView, NamedText, TimeRange
from testfields.zones.schemas import FindingView, finding_view


class StayView(msgspec.Struct, frozen=True):
    """One stay of a reservation, and what has become of it."""

    id: int
    state: StayState
    period: TimeRange


class VolumeView(msgspec.Struct, frozen=True):
    """A volume as it was asked for. `above_sea` are its heights above sea level, null where the site's ground elevation
    is not known."""

    area_id: int
    period: TimeRange
    altitude: Heights
    above_sea: HeightsAboveSea | None
    footprint: MultiPolygonView


class ReservationView(msgspec.Struct, frozen=True):
    """A reservation as its company and the land's staff see it."""

    id: int
    state: State
    version: int
    project_id: int
    area_id: int
    site: str
    site_name: NamedText
    area_name: NamedText
    project_title: NamedText
    company_name: NamedText
    volumes: list[VolumeView]
    stays: list[StayView]
    note: str
    conditions: str
    deadline: datetime | None
    due_at: datetime | None
    submitted_at: datetime | None
    created_at: datetime
    actions: list[Action]


class LeftOutView(msgspec.Struct, frozen=True):
    """A stay that is not asked for, as it does not fit: the rules that it breaks, or what is in its way."""

    period: TimeRange
    errors: list[FieldFault]
    in_the_way: Sequence[InTheWay]


class VerdictView(msgspec.Struct, frozen=True):
    """What would become of an application now: every rule broken, what is in the way, and near times for all volumes.

    `due_at` is when staff ought to decide, `deadline` when a hold would end. `warnings` do not hinder it; `waiting` is
    how many wait already for some of what is taken. Of an application for whatever fits `fitting` are the stays that
    would be asked for, `left_out` the others. `findings` are what law and the place say of it, none of them that it is
    allowed.
    """

    fits: bool
    errors: list[FieldFault]
    in_the_way: Sequence[InTheWay]
    nearest: list[list[TimeRange]]
    due_at: datetime | None
    deadline: datetime | None
    warnings: list[str]
    waiting: int
    fitting: list[TimeRange]
    left_out: list[LeftOutView]
    findings: list[FindingView]


class MovedView(msgspec.Struct, frozen=True):
    """Where a reservation stands after a step; `warnings` are what to beware of, though it could be done."""

    id: int
    state: State
    version: int
    warnings: list[str]


class RescheduledView(MovedView, frozen=True):
    """Where a reservation stands after single stays were moved or added.

    `split_off` is the application that they have become where the reservation was permitted.
    """

    split_off: int | None


class FiledView(MovedView, frozen=True, kw_only=True):
    """A reservation as it was just filed."""

    project_id: int
    area_id: int
    deadline: datetime | None
    due_at: datetime | None
    created_at: datetime
    left_out: list[LeftOutView]


class QueueView(msgspec.Struct, frozen=True):
    """An application on the waiting list: how many who wait for some of the same come first, and what stands there.

    `standing` counts what would have to become free: held or reviewed, permitted to others, or closed by the owner.
    """

    ahead: int
    standing: dict[Chance, int]


class LeftOutTold(msgspec.Struct, frozen=True):
    """A stay that an application left out when it was filed, and why."""

    period: TimeRange
    reasons: list[str]


class MoveTold(msgspec.Struct, frozen=True):
    """A stay that was moved, from when to when."""

    was: TimeRange
    becomes: TimeRange


class EventView(msgspec.Struct, frozen=True):
    """One event of a reservation's story; `stays` are those that it was about, as it left them, where it was about
    single ones, `left_out` those that did not fit when it was filed, `moved` those that were moved. `other` is the
    application that these have become, or of which this one has been parted. `deputy_for` is in whose
    place a deputy acted."""

    sequence: int
    at: datetime
    actor_role: str
    actor_name: str | None
    deputy_for: str | None
    action: str
    from_state: str | None
    to_state: str
    reason: str
    conditions: str | None
    stays: list[StayView]
    left_out: list[LeftOutTold]
    moved: list[MoveTold]
    other: int | None
    hash: str


def view_of(actor: Actor, row: Any) -> ReservationView:
    """A reservation as the API shows it to `actor`."""
    state = State(row["state"])
    return ReservationView(
        id=row["id"],
        state=state,
        version=row["version"],
        project_id=row["project_id"],
        area_id=row["area_id"],
        site=row["site_slug"],
        site_name=NamedText(row["site_name_ja"], row["site_name_en"]),
        area_name=NamedText(row["area_name_ja"], row["area_name_en"]),
        project_title=NamedText(row["project_title_ja"], row["project_title_en"]),
        company_name=NamedText(row["company_name_ja"], row["company_name_en"]),
        volumes=msgspec.json.decode(row["volumes"] or "[]", type=list[VolumeView]),
        stays=msgspec.json.decode(row["stays"], type=list[StayView]),
        note=row["note"],
        conditions=row["conditions"],
        deadline=row["deadline"],
        due_at=row["due_at"],
        submitted_at=row["submitted_at"],
        created_at=row["created_at"],
        actions=actions_for(state, reading.roles_of(actor, row["company_id"], row["owner_id"])),
    )


def event_view(row: Any) -> EventView:
    """An event as the API shows it."""
    left_out = [
        LeftOutTold(TimeRange(one.period.start, one.period.end), [locale.said(message) for message in one.why])
        for one in left_out_told(row["left_out"])
    ]
    stays = msgspec.json.decode(row["stays"], type=list[StayView])
    moved = [
        MoveTold(*(TimeRange(at.start, at.end) for at in (one.was, one.becomes))) for one in moved_told(row["moved"])
    ]
    return EventView(**dict(row.items()) | {"stays": stays, "left_out": left_out, "moved": moved})


def warnings_view(warnings: Sequence[Message]) -> list[str]:
    """What to beware of, in the caller's language."""
    return [locale.said(one) for one in warnings]


def left_out_view(left_out: Sequence[LeftOut]) -> list[LeftOutView]:
    """What does not fit, in the caller's language."""
    return [
        LeftOutView(TimeRange(one.period.start, one.period.end), _faults(one.faults), one.in_the_way)
        for one in left_out
    ]


def _faults(faults: Sequence[Fault]) -> list[FieldFault]:
    return [FieldFault(one.path, locale.said(one.message)) for one in faults]


def verdict_view(verdict: Verdict) -> VerdictView:
    """A verdict in the caller's language."""
    return VerdictView(
        fits=verdict.fits,
        errors=_faults(verdict.faults),
        in_the_way=verdict.in_the_way,
        nearest=[[TimeRange(one.start, one.end) for one in series] for series in verdict.nearest],
        due_at=verdict.due_at,
        deadline=verdict.deadline,
        warnings=warnings_view(verdict.warnings),
        waiting=verdict.waiting,
        fitting=[TimeRange(one.start, one.end) for one in verdict.fitting],
        left_out=left_out_view(verdict.left_out),
        findings=[finding_view(one) for one in verdict.findings],
    )
