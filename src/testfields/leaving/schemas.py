"""What the API tells of somebody who leaves."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from testfields.accounts.rules import OrganisationKind


class LeftView(msgspec.Struct, frozen=True):
    """An organisation without the person: who is left, and what is open.

    `others` can still log in, `deciders` of them can approve (at an owner of land) or administer (at the operator).
    `open` are a company's applications under way, or those that wait for an owner's decision; of these, `overdue` are
    late and `due_at` is the first date.
    """

    organisation_id: int
    kind: OrganisationKind
    name_ja: str
    name_en: str
    others: int
    deciders: int
    open: int
    overdue: int
    due_at: datetime | None


class LeaverView(msgspec.Struct, frozen=True):
    """A person, whether they may log in, and what they leave behind."""

    id: int
    active: bool
    left: Sequence[LeftView]


class ClosingView(msgspec.Struct, frozen=True):
    """An organisation, whether it is active, and what stays open when it is not.

    `people` of it can log in, or could; `sites` of an owner are published. `open` are a company's applications under
    way, or those that wait for an owner's decision; of these, `overdue` are late and `due_at` is the first date.
    """

    id: int
    kind: OrganisationKind
    name_ja: str
    name_en: str
    active: bool
    people: int
    sites: int
    open: int
    overdue: int
    due_at: datetime | None
