"""What happened, whatever it happened to."""

from testfields.events.tables import Event
from testfields.web.features import Feature

FEATURE = Feature(tables=(Event,))
