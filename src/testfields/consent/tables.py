"""Texts that people agree to, in versions, and who has agreed to which."""

from piccolo.columns import BigSerial, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from testfields.accounts.tables import Person
from testfields.consent.rules import Kind
from testfields.db.sets import one_of


class TermsVersion(Table, tablename="terms_version"):
    """A text that an administrator has published; appended only."""

    id = BigSerial(primary_key=True)
    kind = Text()
    version = Integer()
    text_ja = Text()
    text_en = Text()
    applies_from = Timestamptz()
    published_at = Timestamptz(default=TimestamptzNow())
    published_by = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)

    terms_version_once = Unique([kind, version])
    terms_version_sense_1 = Check(f"{one_of('kind', Kind)} AND version > 0")


class Consent(Table, tablename="consent"):
    """Somebody's agreement to one version, and the language in which they read it; appended only."""

    id = BigSerial(primary_key=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.restrict, null=False)
    kind = Text()
    # 0 is the sample that ships with the portal.
    version = Integer()
    locale = Text()
    at = Timestamptz(default=TimestamptzNow())

    consent_once = Unique([person_id, kind, version])
    consent_kind_1 = Check(one_of("kind", Kind))
