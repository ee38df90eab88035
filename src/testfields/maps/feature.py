"""What the public may see, on a map and in lists."""

from testfields.core.errors import N_
from testfields.maps import map_pages, tile_pages
from testfields.maps.pages import in_templates, pages
from testfields.maps.routes import router
from testfields.web.features import Feature, Link

FEATURE = Feature(
    api=(router,),
    pages=(*pages, *map_pages.pages, *tile_pages.pages),
    menu=(Link(10, "/", "map", N_("Map")), Link(30, "/trials", "flag", N_("Trials"))),
    in_templates=in_templates,
)
