"""The plans behind applications."""

from testfields.projects.pages import pages
from testfields.projects.routes import router
from testfields.projects.tables import Project
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=tuple(pages), tables=(Project,))
