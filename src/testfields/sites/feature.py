"""The land: sites, their areas and hours, and bringing them in from files."""

from testfields.sites.commands import sites
from testfields.sites.routes import router
from testfields.sites.tables import Area, OpeningHours, Site
from testfields.web.features import Feature

FEATURE = Feature(api=(router,), commands=(sites,), tables=(Site, Area, OpeningHours))
