"""The ways in: a new password by mail."""

from testfields.joining.jobs import TASKS
from testfields.joining.pages import pages
from testfields.web.features import Feature

FEATURE = Feature(pages=pages, tasks=TASKS)
