"""What is kept as a file beside the database: one row for each use of it."""

from piccolo.columns import BigInt, BigSerial, Text, Timestamptz
from piccolo.columns.defaults import TimestamptzNow
from piccolo.constraints import Check
from piccolo.table import Table


class Document(Table, tablename="document"):
    """One use of a file, whose key is the SHA-256 of its content; several uses may share one file.

    It lives as long as what uses it: a table that refers to it ends it by the trigger function `forget_document`.
    """

    id = BigSerial(primary_key=True)
    key = Text(index=True)
    media_type = Text()
    size = BigInt()
    stored_at = Timestamptz(default=TimestamptzNow())

    document_key_1 = Check("key ~ '^[0-9a-f]{64}$'")
