"""What a company said of itself when it registered, until its link is used."""

from piccolo.columns import BigSerial, ForeignKey, OnDelete, Text
from piccolo.table import Table

from testfields.accounts.tables import WayIn


class Registration(Table, tablename="registration"):
    """A company that has yet to confirm its e-mail; it goes with its link."""

    id = BigSerial(primary_key=True)
    way_in_id = ForeignKey(WayIn, on_delete=OnDelete.cascade, null=False, unique=True)
    name_ja = Text()
    name_en = Text()
    kana = Text(default="")
    corporate_number = Text(null=True, default=None)
    address = Text()
    wish = Text()
