"""The picture of a review's map, for its page on paper."""

from datetime import date

import shapely
from litestar import Response, get
from litestar.params import FromQuery

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.pictures import Shape
from testfields.reviews import service
from testfields.reviews.routes import day_shown
from testfields.reviews.views import shape_class, title_of
from testfields.sites.pictures import ground, picture_of_asked
from testfields.web import locale
from testfields.web.parameters import PathId


@get("/desk/{reservation_id:int}/map.svg", include_in_schema=False, guards=[Only(May.SEE_DESK)])
async def review_picture(actor: Caller, reservation_id: PathId, day: FromQuery[date | None] = None) -> Response[str]:
    """The application and all else that stands at its site, or is asked for, on a day; without one, on its first."""
    case = await service.case(actor, reservation_id, now())
    scene = await service.scene(actor, reservation_id, day_shown(case, day))
    shapes = {one: shapely.from_geojson(one.shape) for one in reversed(scene)}
    on_it = [Shape(shape_class(one), shape, title_of(one, locale.current())) for one, shape in shapes.items()]
    mine = [shape for one, shape in shapes.items() if one.mine]
    return picture_of_asked(await ground(case.row["site_slug"]), on_it, mine)
