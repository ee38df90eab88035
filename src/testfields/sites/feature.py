"""The land: sites, their areas and hours, bringing them in from files, and drawing them on the desk."""

from testfields.documents.feature import FEATURE as DOCUMENTS
from testfields.sites import (
    area_pages,
    desk_routes,
    ground_pages,
    holidays,
    pages,
    photo_pages,
    photo_routes,
    plan_routes,
)
from testfields.sites.commands import sites
from testfields.sites.routes import router
from testfields.sites.tables import (
    Area,
    ExceptionDay,
    OpeningHours,
    PlanPiece,
    PublicHoliday,
    Site,
    SitePhoto,
    SitePhotoSize,
)
from testfields.web.features import Feature

FEATURE = Feature(
    after=(DOCUMENTS,),
    api=(router, plan_routes.router, desk_routes.router, photo_routes.router),
    pages=(*pages.pages, *area_pages.pages, *ground_pages.pages, *photo_pages.pages),
    commands=(sites,),
    tables=(Site, Area, PlanPiece, SitePhoto, SitePhotoSize, OpeningHours, ExceptionDay, PublicHoliday),
    sets=holidays.sql(),
)
