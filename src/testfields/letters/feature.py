"""Letters about what happens to an application."""

from testfields.letters.jobs import TASKS
from testfields.web.features import Feature

FEATURE = Feature(tasks=TASKS)
