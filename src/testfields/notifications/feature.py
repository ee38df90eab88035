"""Mails: written down, sent, and shown to the administrator."""

from testfields.notifications.jobs import TASKS
from testfields.notifications.pages import pages
from testfields.notifications.routes import router
from testfields.notifications.tables import Mail
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), pages=pages, tasks=TASKS, tables=(Mail,))
