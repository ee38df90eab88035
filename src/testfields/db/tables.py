"""What of the rooms' SQL files has been loaded into this database."""

from piccolo.columns import Text
from piccolo.table import Table


class SqlFile(Table, tablename="sql_file"):
    """A file of functions, triggers and indexes, as it was when it was last loaded here."""

    # Room and file: availability/claims.sql
    name = Text(primary_key=True)
    sha256 = Text()
