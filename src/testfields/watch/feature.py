"""How the portal stands, for whoever runs it."""

from testfields.watch.pages import pages
from testfields.watch.routes import router
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=pages)
