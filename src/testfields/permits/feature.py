"""The document that says what is allowed."""

from testfields.permits.pages import pages
from testfields.permits.routes import of_reservations, router
from testfields.permits.tables import Permit
from testfields.web.features import Feature

FEATURE = Feature(api=(router, of_reservations), pages=pages, tables=(Permit,))
