"""What staff keep shut."""

from testfields.closures.pages import pages
from testfields.closures.routes import router
from testfields.closures.service import LONGEST_REASON
from testfields.closures.tables import Closure
from testfields.reservations.feature import FEATURE as RESERVATIONS
from testfields.web.features import Feature

FEATURE = Feature(
    after=(RESERVATIONS,),
    api=(router,),
    pages=tuple(pages),
    in_templates=lambda _settings: {"longest_closing_reason": LONGEST_REASON},
    tables=(Closure,),
)
