"""What staff keep shut."""

from testfields.availability.feature import FEATURE as AVAILABILITY
from testfields.closures.pages import pages
from testfields.closures.routes import router
from testfields.closures.tables import Closure
from testfields.web.features import Feature

FEATURE = Feature(after=(AVAILABILITY,), api=(router,), pages=tuple(pages), tables=(Closure,))
