"""The outbox: letters written down, delivered, and shown to whoever may know what became of them."""

from testfields.accounts.feature import FEATURE as ACCOUNTS
from testfields.notifications.jobs import TASKS
from testfields.notifications.pages import pages
from testfields.notifications.routes import router
from testfields.notifications.tables import Delivery
from testfields.web.features import Feature

FEATURE = Feature(after=(ACCOUNTS,), api=(router,), pages=pages, tasks=TASKS, tables=(Delivery,))
