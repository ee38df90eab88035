"""The land: sites, their areas and hours, bringing them in from files, and drawing them on the desk."""

from testfields.sites import area_pages, desk_routes, ground_pages, holidays, pages, plan_routes
from testfields.sites.commands import sites
from testfields.sites.routes import router
from testfields.sites.tables import Area, ExceptionDay, OpeningHours, PlanPiece, PublicHoliday, Site
from testfields.web.features import Feature

FEATURE = Feature(
    api=(router, plan_routes.router, desk_routes.router),
    pages=(*pages.pages, *area_pages.pages, *ground_pages.pages),
    commands=(sites,),
    tables=(Site, Area, PlanPiece, OpeningHours, ExceptionDay, PublicHoliday),
    sets=holidays.sql(),
)
