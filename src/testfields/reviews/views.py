"""What the desk shows, in the reader's language: periods, heights, shapes for the map, lanes of the day's bar."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import asyncpg
import msgspec

from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_
from testfields.core.local_time import format_date, local_days, local_time
from testfields.db.values import to_period
from testfields.reservations.actions import ACTIONS
from testfields.reservations.reading import roles_of
from testfields.reservations.rules import Action, State
from testfields.reservations.states import UNDECIDED
from testfields.reservations.words import WHO, height_in_words
from testfields.reviews.changes import Change, Wanted
from testfields.reviews.replaying import Replayed
from testfields.reviews.rules import Segment, days_left, decisions_for, in_lanes, segment_of
from testfields.reviews.schemas import Feature, FeatureCollection
from testfields.reviews.service import Ground, Standing
from testfields.reviews.work import Note
from testfields.web import locale
from testfields.web.words import instant, when
from testfields.zones.rules import Finding
from testfields.zones.views import features, shown

FILTERS = ("state", "site", "text", "due", "order", "whose", "from", "to")


def kept_filters(query: str) -> str:
    """The queue's own filters out of a query string: what goes back into the desk's address, and nothing else."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in FILTERS])


def desk(filters: str) -> str:
    """The queue's address."""
    return f"/desk?{filters}" if filters else "/desk"


def queue_row(actor: Actor, row: asyncpg.Record) -> dict[str, Any]:
    """A line of the queue."""
    state = State(row["state"])
    decisions = decisions_for(state, roles_of(actor, row["company_id"], row["owner_id"]))
    return {
        "id": row["id"],
        "version": row["version"],
        "state": state.value,
        "company": locale.named(row, "company_name"),
        "title": locale.named(row, "project_title"),
        "site": locale.named(row, "site_name"),
        "area": locale.named(row, "area_name"),
        "when": when(to_period(row["first_period"]), row["timezone"]),
        "more": row["periods"] - 1,
        "days_left": due_in_days(state, row["due_at"], row["timezone"]),
        "due": instant(row["due_at"], row["timezone"]),
        "rivals": row["rivals"],
        "closures": row["closures"],
        "back_to_back": row["back_to_back"],
        "hurried": row["hurried"],
        "has_read": row["has_read"],
        "assignee": row["assignee"],
        "recommended": row["recommended"],
        "changed": row["changed"],
        "filed_again": row["filed_again"],
        "may_approve": Action.APPROVE in decisions,
    }


def due_in_days(state: State, due: datetime | None, zone: str) -> int | None:
    """Days until a decision is due; None where nobody has to decide."""
    return days_left(due, now(), zone) if due and state is State.SUBMITTED else None


def shape_class(one: Standing) -> str:
    """The word after ``shape--`` in css/map.css."""
    if one.kind == "closure":
        return "closed"
    if one.mine:
        return "asked"
    if one.state == State.HELD:
        return "held"
    return "rival" if State(one.state) in UNDECIDED else "taken"


# A shape's class → the kind of time in the day's bar.
SEGMENTS = {"asked": "mine", "held": "held", "rival": "rival", "taken": "taken", "closed": "closed"}


def feature_id(one: Standing) -> str:
    """Ties a shape on the map to its row in the list."""
    return f"{one.kind}-{one.number}-{one.part}"


def title_of(one: Standing, language: str) -> str:
    """Whose it is; a closure bears its reason."""
    name = locale.named(one, "name", language)
    if one.kind == "closure":
        return locale.translate(N_("Closure: %(reason)s"), language, reason=name)
    return locale.translate(N_("No. %(number)s %(company)s"), language, number=one.number, company=name)


def standing_row(one: Standing, zone: str) -> dict[str, Any]:
    """A line of the list beside the map."""
    return {
        "feature": feature_id(one),
        "class": shape_class(one),
        "title": title_of(one, locale.current()),
        "href": f"/desk/{one.number}" if one.kind == "reservation" else "/desk/closures",
        "state": one.state if one.kind == "reservation" else None,
        "rival": one.rival,
        "mine": one.mine,
        "area": _area_of(one),
        "when": when(one.period, zone),
        "heights": locale.said(height_in_words(one.altitude)),
        "start": one.period.start.isoformat(),
        "end": one.period.end.isoformat(),
    }


def day_lanes(scene: Sequence[Standing], day: date, zone: str) -> list[dict[str, Any]]:
    """The day's bar: this application first, then whoever asks for the same, then each area with what stands there."""
    groups: dict[str, list[tuple[Standing, Segment]]] = {}
    for one in scene:
        segment = segment_of(one.period, day, zone)
        if segment is not None:
            groups.setdefault(_lane_label(one), []).append((one, segment))
    lanes = []
    for text, members in groups.items():
        for lane in in_lanes([segment for _, segment in members]):
            lanes.append({"label": text, "segments": [_segment(*members[index]) for index in lane]})
    return lanes


def _lane_label(one: Standing) -> str:
    if one.mine:
        return locale.translate(N_("This application"))
    if one.rival:
        return locale.translate(N_("Asks for the same time and place"))
    return _area_of(one)


def _area_of(one: Standing) -> str:
    return locale.named(one, "area_name") or locale.translate(N_("The whole test field"))


def _segment(one: Standing, segment: Segment) -> dict[str, Any]:
    return {
        "kind": SEGMENTS[shape_class(one)],
        "from": segment.first,
        "to": segment.end,
        "text": title_of(one, locale.current()),
        "href": "" if one.mine or one.kind == "closure" else f"/desk/{one.number}",
    }


def day_links(days: Sequence[date], chosen: date, address: str) -> list[dict[str, Any]]:
    """The days that an application touches, to choose from."""
    joint = "&" if "?" in address else "?"
    return [
        {
            "label": format_date(day, locale.current()),
            "href": f"{address}{joint}day={day.isoformat()}",
            "current": day == chosen,
        }
        for day in days
    ]


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends."""
    whole = local_days(day, 1, zone)
    return local_time(whole.start, zone), local_time(whole.end, zone)


def preview(
    ground: Sequence[Ground],
    findings: Sequence[Finding],
    scene: Sequence[Standing],
    before: Sequence[Wanted],
    day: date,
    zone: str,
) -> FeatureCollection:
    """The site, its areas, where findings arise, and all that stands or is asked for, this application on top, beneath
    it what it had asked for `before` on that day."""
    whole = local_days(day, 1, zone)
    shapes = [_ground_feature(one) for one in ground]
    shapes += [_finding_feature(one) for one in features(findings)]
    shapes += [_before_feature(number, one, zone) for number, one in enumerate(before) if one.period.overlaps(whole)]
    return FeatureCollection(shapes + [_standing_feature(one, zone) for one in reversed(scene)])


def _in_both(told: Callable[[str], str]) -> dict[str, str]:
    """What is told in a language, in both, as the map's script takes it."""
    return {language: told(language) for language in locale.LOCALES}


def _finding_feature(one: Mapping[str, Any]) -> Feature:
    return Feature(one["id"], msgspec.Raw(msgspec.json.encode(one["geometry"])), one["properties"])


def _before_feature(number: int, one: Wanted, zone: str) -> Feature:
    properties: dict[str, Any] = {
        "class": "before",
        "kind": "before",
        "period": {"start": one.period.start, "end": one.period.end},
        "name": _in_both(lambda language: locale.translate(N_("Asked for before the change"), language)),
        "note": _in_both(lambda language: wanted_in_words(one, zone, language)),
    }
    return Feature(f"before-{number}", msgspec.Raw(one.shape.encode()), properties)


def wanted_in_words(one: Wanted, zone: str, language: str | None = None) -> str:
    """When, where and how high, in one line."""
    language = language or locale.current()
    heights = locale.said(height_in_words(one.altitude), language)
    return " · ".join((when(one.period, zone, language), locale.named(one, "area", language), heights))


def change_row(one: Change, zone: str) -> dict[str, Any]:
    """A line of what has changed: before, now, and whether only the shape tells them apart."""
    return {
        "before": wanted_in_words(one.before, zone) if one.before else "",
        "after": wanted_in_words(one.after, zone) if one.after else "",
        "shape_alone": one.shape_alone,
    }


def note_row(one: Note, zone: str) -> dict[str, Any]:
    """A note as the timeline tells it."""
    told = N_("Checked, and recommended for approval") if one.recommends else N_("Note")
    return {
        "what": locale.translate(told),
        "who": one.name,
        "when": instant(one.at, zone),
        "iso": one.at.isoformat(),
        "why": one.text,
        "icon": "check-circle" if one.recommends else "pencil",
    }


def replay_row(one: Replayed) -> dict[str, Any]:
    """What differs by now from what a decision saw, in words."""
    words = shown([each.finding for each in one.differs], one.timezone)
    told = locale.translate(ACTIONS[one.action].told)
    return {
        "title": f"{told} · {instant(one.at, one.timezone)} · {locale.translate(WHO[one.role])}",
        "differs": [
            {"came": each.now, "severity": said.severity, "what": said.what, "when": said.when, "source": said.source}
            for each, said in zip(one.differs, words, strict=True)
        ],
    }


def _ground_feature(one: Ground) -> Feature:
    properties: dict[str, Any] = {"class": one.kind, "kind": one.kind, "name": {"ja": one.name_ja, "en": one.name_en}}
    if one.altitude is not None:
        words = height_in_words(one.altitude)
        properties |= {"note": _in_both(lambda language: locale.said(words, language))}
        properties |= {"lower": one.altitude.lower, "upper": one.altitude.upper}
    return Feature(f"{one.kind}-{one.slug}", msgspec.Raw(one.shape.encode()), properties)


def _standing_feature(one: Standing, zone: str) -> Feature:
    properties: dict[str, Any] = {
        "class": shape_class(one),
        "kind": one.kind,
        "number": one.number,
        "state": one.state,
        "mine": one.mine,
        "rival": one.rival,
        "period": {"start": one.period.start, "end": one.period.end},
        "lower": one.altitude.lower,
        "upper": one.altitude.upper,
        "name": _in_both(lambda language: title_of(one, language)),
        "note": _in_both(lambda language: f"{when(one.period, zone, language)} · {_heights(one, language)}"),
    }
    return Feature(feature_id(one), msgspec.Raw(one.shape.encode()), properties)


def _heights(one: Standing, language: str) -> str:
    return locale.said(height_in_words(one.altitude), language)
