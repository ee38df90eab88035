"""What the events of an application keep of it, as JSON by name."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from testfields.availability.service import InArea
from testfields.core.periods import Period


def story_of(volumes: Sequence[InArea]) -> dict[str, object]:
    """Volumes as an event keeps them: what was asked for stays readable after it has been changed."""
    return {
        "volumes": [
            {
                "area": one.area_id,
                "period": [one.volume.period.start, one.volume.period.end],
                "altitude": [one.volume.altitude.lower, one.volume.altitude.upper],
                "footprint": one.volume.footprint.wkt,
            }
            for one in volumes
        ]
    }


def promised(terms: Mapping[str, datetime | None]) -> dict[str, object]:
    """The dates that an event sets, as it keeps them for the letter about it: those of the reservation move on."""
    return {name: terms[name] for name in ("deadline", "due_at") if terms[name] is not None}


def as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def moved_story(ways: Mapping[Period, Period]) -> dict[str, object]:
    """From when to when stays were moved, as an event keeps it; nothing where none was."""
    moved = [{"from": [old.start, old.end], "to": [new.start, new.end]} for old, new in ways.items()]
    return {"moved": moved} if moved else {}
