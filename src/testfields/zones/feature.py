"""Restrictions of law and of the neighbourhood, and the checks of what is to be tried among them."""

from testfields.sites.feature import FEATURE as SITES
from testfields.web.features import Feature
from testfields.zones.commands import zones
from testfields.zones.routes import router
from testfields.zones.tables import Zone, ZoneLayer, ZonePart

FEATURE = Feature(after=(SITES,), api=(router,), commands=(zones,), tables=(ZoneLayer, Zone, ZonePart))
