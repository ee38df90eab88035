"""Answers already given, so that a request sent twice is carried out once."""

from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Integer, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table


class IdempotentAnswer(Table, tablename="idempotent_answer"):
    """What was answered to one ``Idempotency-Key`` of one person."""

    id = BigSerial(primary_key=True)
    person_id = BigInt()
    key = Text()
    # SHA-256 of method, path and body: another request under the same key is refused.
    fingerprint = Bytea()
    status = Integer(default=0)
    headers = JSONB(default="{}")
    body = Bytea(default=b"")
    created_at = Timestamptz(default=TimestamptzNow(), index=True)

    idempotent_answer_once = Unique([person_id, key])
