"""What the API takes and tells of people's places in organisations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from testfields.accounts.rules import MemberRole
from testfields.web.parameters import LARGEST_ID
from testfields.web.schemas import NamedText

Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation that has not been used yet."""

    id: int
    email: str
    organisation_id: int
    organisation_name: NamedText
    roles: Sequence[MemberRole]
    invited_by: str
    created_at: datetime
    expires_at: datetime


class RolesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person is in an organisation from now on; nothing, where there are no roles.

    Where nobody of an owner of land would be left who can approve, `even_last` says that this is meant.
    """

    organisation_id: Id
    roles: list[MemberRole]
    even_last: bool = False


class RolesView(msgspec.Struct, frozen=True):
    """What a person is in an organisation."""

    organisation_id: int
    roles: Sequence[MemberRole]


class InvitedView(msgspec.Struct, frozen=True):
    """An invitation that is being sent."""

    id: int


class UnverifiedView(msgspec.Struct, frozen=True):
    """A company that registered itself and waits to be verified; what it said, and what it was told so far."""

    id: int
    name_ja: str
    name_en: str
    kana: str
    corporate_number: str | None
    address: str
    wish: str
    contact_email: str
    unverified_since: datetime
    not_verified_because: str


class DeputyView(msgspec.Struct, frozen=True):
    """Somebody who decides in an approver's place from the first day to the last, each whole in Japan's zone."""

    id: int
    organisation_id: int
    organisation_name: NamedText
    approver_id: int
    approver: str
    person_id: int
    deputy: str
    first_day: date
    last_day: date


class NamedDeputyView(msgspec.Struct, frozen=True):
    """A deputy that was just named."""

    id: int


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; the company reads it."""

    reason: str
