"""The land: sites, their areas and hours, and bringing them in from files."""

from testfields.sites import plan_routes
from testfields.sites.commands import sites
from testfields.sites.routes import router
from testfields.sites.tables import Area, OpeningHours, PlanPiece, Site
from testfields.web.features import Feature

FEATURE = Feature(api=(router, plan_routes.router), commands=(sites,), tables=(Site, Area, PlanPiece, OpeningHours))
