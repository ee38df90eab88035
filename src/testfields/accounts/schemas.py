"""What the API answers about people, organisations and tokens; what it takes stands in `entries`."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from testfields.accounts.rules import (
    Membership,
    OrganisationKind,
    Scope,
)


class MeView(msgspec.Struct, frozen=True):
    """Who one is to the portal, and what this token or browser may be used for."""

    id: int
    email: str
    name: str
    locale: str
    memberships: Sequence[Membership]
    scopes: Sequence[Scope]


class AskedView(msgspec.Struct, frozen=True):
    """An address that waits to be confirmed by the link that was sent there."""

    email: str
    expires_at: datetime


class EmailView(msgspec.Struct, frozen=True):
    """One's e-mail address, and the one that waits to be confirmed, if any."""

    email: str
    asked: AskedView | None


class TokenView(msgspec.Struct, frozen=True):
    """A token in force."""

    id: int
    name: str
    scopes: Sequence[Scope]
    created_at: datetime
    expires_at: datetime


class IssuedView(msgspec.Struct, frozen=True):
    """A token that was just made; its secret is told this once."""

    id: int
    secret: str


class CreatedView(msgspec.Struct, frozen=True):
    """What was just added."""

    id: int


class OrganisationView(msgspec.Struct, frozen=True):
    """An organisation; `active` is whether its people may work here for it."""

    id: int
    kind: OrganisationKind
    slug: str
    name_ja: str
    name_en: str
    kana: str
    corporate_number: str | None
    address: str
    contact_email: str
    metric_crs: int
    asks_verified: bool
    active: bool
    version: int
    created_at: datetime


class PersonView(msgspec.Struct, frozen=True):
    """A person and those of the person's roles that the caller may know of."""

    id: int
    email: str
    name: str
    locale: str
    active: bool
    created_at: datetime
    memberships: Sequence[Membership]


class PasswordView(msgspec.Struct, frozen=True):
    """A person with a password made by the portal, told this once."""

    id: int
    initial_password: str


class ActiveView(msgspec.Struct, frozen=True):
    """Whether a person may log in, or an organisation's people may work here for it."""

    id: int
    active: bool


class AskingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether companies that registered themselves have to be verified before they may apply for the owner's land."""

    asks_verified: bool
