"""What an event is: something that happened to one subject, told once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Subject(StrEnum):
    """What things happen to; each of them has a story, numbered and sealed for itself."""

    RESERVATION = "reservation"
    CLOSURE = "closure"
    SITE = "site"
    PERSON = "person"
    ORGANISATION = "organisation"
    # A single-use link by mail.
    WAY_IN = "way_in"
    # An approver's deputy.
    DEPUTY = "deputy"


# Who acted where no person did: the portal by itself, and whoever types at its machine.
PORTAL = "portal"
# Who acted as themselves, whatever their roles.
PERSON = "person"
OPERATOR = "operator"


@dataclass(frozen=True)
class Event:
    """Something to be told of `subject` number `subject_id`.

    `tenant_id` is the organisation whose business it is, `site_id` the site that it hangs on, `actor_id` the person who
    acted, in the role `actor_role`; `details` is JSON by name.
    """

    subject: Subject
    subject_id: int
    action: str
    actor_role: str
    site_id: int | None = None
    tenant_id: int | None = None
    actor_id: int | None = None
    from_state: str | None = None
    to_state: str | None = None
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Happened:
    """An event that was told, as what follows from it needs to know it."""

    id: int
    subject: Subject
    subject_id: int
    at: datetime
    site_id: int | None
    action: str
    from_state: str | None
    reason: str


@dataclass(frozen=True)
class Broken:
    """An event whose seal, predecessor or number does not fit what is stored."""

    subject: str
    subject_id: int
    sequence: int
