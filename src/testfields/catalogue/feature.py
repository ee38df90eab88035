"""Finding a test field, and its page."""

from testfields.catalogue.pages import pages
from testfields.core.errors import N_
from testfields.web.features import Feature, Link

FEATURE = Feature(pages=tuple(pages), menu=(Link(20, "/sites", "list", N_("Test fields")),))
