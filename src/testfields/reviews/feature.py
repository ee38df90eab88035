"""The desk at which staff decide."""

from testfields.accounts.access import seen_by
from testfields.accounts.authority import May
from testfields.core.errors import N_
from testfields.reviews import pages, queue_pages, today_pages, work_pages, zone_pages, zone_routes
from testfields.reviews.commands import reviews
from testfields.reviews.map_pages import review_picture
from testfields.reviews.routes import router
from testfields.reviews.tables import ReviewMark, ReviewNote, ReviewRead
from testfields.reviews.zone_commands import import_
from testfields.web.features import Feature, Link
from testfields.zones.commands import zones

FEATURE = Feature(
    api=(router, zone_routes.router),
    pages=(*queue_pages.pages, *today_pages.pages, *work_pages.pages, *zone_pages.pages, *pages.pages, review_picture),
    menu=(Link(50, "/desk", "inbox", N_("Review desk"), seen_by(May.SEE_DESK)),),
    commands=(reviews,),
    subcommands=((zones, import_),),
    tables=(ReviewMark, ReviewNote, ReviewRead),
)
