"""Mails that the portal owes somebody, and whether they went out."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table

from testfields.accounts.tables import Person


class Mail(Table, tablename="mail"):
    """One mail to one person about one event; never written twice."""

    id = BigSerial(primary_key=True)
    person_id = ForeignKey(Person, on_delete=OnDelete.cascade, null=False, index=True)
    event_id = BigInt()
    locale = Text()
    subject = Text()
    text = Text()
    html = Text()
    created_at = Timestamptz(default=TimestamptzNow())
    sent_at = Timestamptz(null=True, default=None)

    mail_once = Unique([event_id, person_id])
