"""Organisations, the people in them, and the ways they prove who they are."""

from piccolo.columns import (
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
)
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from testfields.accounts.rules import OSAKAS_SYSTEM, ROLES, OrganisationKind, Purpose
from testfields.db.sets import one_of


class Organisation(Table, tablename="organisation"):
    """An owner of land, a company that books, or the operator of the portal."""

    id = BigSerial(primary_key=True)
    kind = Text()
    slug = Text(unique=True)
    name_ja = Text()
    name_en = Text()
    corporate_number = Text(null=True, default=None, unique=True)
    contact_email = Text()
    # The plane rectangular system in which this owner's distances and areas are measured (EPSG code).
    metric_crs = BigInt(default=OSAKAS_SYSTEM)
    # Of a company that registered itself: the name in kana, where it is, and what it wants to try.
    kana = Text(default="")
    address = Text(default="")
    wish = Text(default="")
    # Since when it waits to be verified by staff; and why they could not, the last time that they looked.
    unverified_since = Timestamptz(null=True, default=None)
    not_verified_because = Text(default="")
    # Of an owner: whether only verified companies may apply for its land.
    asks_verified = Boolean(default=True)
    # Whether its people may work here for it; what is its own stays either way.
    active = Boolean(default=True)
    version = BigInt(default=1)
    created_at = Timestamptz(default=TimestamptzNow())
    # What a search looks through, folded; the room's searching.sql keeps it.
    found_by = Text(default="")

    organisation_kind_1 = Check(one_of("kind", OrganisationKind))
    organisation_corporate_number_1 = Check("corporate_number ~ '^[0-9]{13}$'")


class Person(Table, tablename="person"):
    """Somebody who can log in; `email` is kept in lower case."""

    id = BigSerial(primary_key=True)
    email = Text(unique=True)
    name = Text()
    password_hash = Text()
    # Somebody else chose the password, or the portal did: its owner is asked for one of their own.
    initial_password = Boolean(default=False)
    locale = Text(default="ja")
    active = Boolean(default=True)
    created_at = Timestamptz(default=TimestamptzNow())
    # What a search looks through, folded; the room's searching.sql keeps it.
    found_by = Text(default="")

    person_locale_1 = Check("locale IN ('ja', 'en')")
    person_email_1 = Check("email = lower(email)")


class Membership(Table, tablename="membership"):
    """A role that a person has in an organisation; one may have several."""

    id = BigSerial(primary_key=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    organisation_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=False, index=True)
    role = Text()

    membership_once = Unique([person_id, organisation_id, role])
    membership_role_1 = Check(one_of("role", (role for role, row in ROLES.items() if row.given)))


class Deputy(Table, tablename="deputy"):
    """Somebody who decides in an approver's place from `starts_at` to `ends_at`, unless it `ended_at` some time before.

    Whether it holds depends on what both are at the moment: deputies.sql.
    """

    id = BigSerial(primary_key=True)
    organisation_id = ForeignKey(Organisation, on_delete=OnDelete.restrict, null=False, index=True)
    approver_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    created_at = Timestamptz(default=TimestamptzNow())
    ended_at = Timestamptz(null=True, default=None)

    deputy_period_1 = Check("starts_at < ends_at")
    deputy_of_another_1 = Check("approver_id <> person_id")


class LoginSession(Table, tablename="login_session"):
    """A browser that is logged in; the cookie's secret is kept as its SHA-256 only."""

    id = BigSerial(primary_key=True)
    secret_hash = Bytea(unique=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    csrf_token = Text()
    created_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(index=True)


class LoginAttempt(Table, tablename="login_attempt"):
    """How often a password was tried for one account, or from one network address, until `ends_at`."""

    id = BigSerial(primary_key=True)
    # SHA-256 of what is counted: neither addresses nor what people mistype are kept.
    subject = Bytea(unique=True)
    attempts = Integer(default=1)
    ends_at = Timestamptz()


class ApiToken(Table, tablename="api_token"):
    """A key for programs, acting for one person within its scopes; the secret is kept as its SHA-256 only."""

    id = BigSerial(primary_key=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    name = Text()
    secret_hash = Bytea(unique=True)
    scopes = Array(base_column=Text())
    created_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz()
    revoked_at = Timestamptz(null=True, default=None)


class CalendarFeed(Table, tablename="calendar_feed"):
    """The secret address at which a person's calendar program reads their times; kept as its SHA-256 only."""

    id = BigSerial(primary_key=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, unique=True)
    secret_hash = Bytea(unique=True)
    created_at = Timestamptz(default=TimestamptzNow())


class WayIn(Table, tablename="way_in"):
    """A single-use link that lets somebody in who has its mail; of its secret the SHA-256 alone is kept.

    The secret is made when the mail is handed over (`accounts.ways_in.new_secret`), so it stands in no other table, no
    job and no log. `ended_at` is when it was used, withdrawn or replaced by a newer one.
    """

    id = BigSerial(primary_key=True)
    purpose = Text()
    email = Text(index=True)
    locale = Text(default="ja")
    # Of an invitation: into what, as what, and by whom.
    organisation_id = ForeignKey(Organisation, on_delete=OnDelete.cascade, null=True, default=None, index=True)
    roles = Array(base_column=Text(), default=list)
    invited_by = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    # Whose address changes by it.
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None, index=True)
    secret_hash = Bytea(unique=True, null=True, default=None)
    created_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(index=True)
    ended_at = Timestamptz(null=True, default=None)

    way_in_purpose_1 = Check(one_of("purpose", Purpose))
    way_in_locale_1 = Check("locale IN ('ja', 'en')")
