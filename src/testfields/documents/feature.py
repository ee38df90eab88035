"""Files that belong to rows of the database."""

from testfields.documents.jobs import clear_away
from testfields.documents.tables import Document
from testfields.web.features import Feature

FEATURE = Feature(tables=(Document,), daily=(clear_away,))
