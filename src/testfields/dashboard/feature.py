"""Numbers of a month, for whoever answers for the test fields."""

from testfields.dashboard.pages import pages
from testfields.dashboard.routes import router
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=tuple(pages))
