"""The ways in: a new password by mail, invitations, and who somebody is in an organisation."""

from testfields.joining.jobs import TASKS
from testfields.joining.pages import pages
from testfields.joining.routes import router
from testfields.joining.team_pages import pages as team_pages
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=(*pages, *team_pages), tasks=TASKS)
