"""What staff keep shut."""

from testfields.closures.pages import pages
from testfields.closures.routes import router
from testfields.closures.tables import Closure
from testfields.reservations.feature import FEATURE as RESERVATIONS
from testfields.web.features import Feature

FEATURE = Feature(after=(RESERVATIONS,), api=(router,), pages=tuple(pages), tables=(Closure,))
