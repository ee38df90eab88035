"""The calendar of all test fields of an owner."""

from testfields.agenda.pages import pages
from testfields.agenda.routes import router
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=tuple(pages))
