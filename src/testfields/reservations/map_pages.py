"""The picture of what an application asks for, for its page on paper."""

import msgspec
from litestar import Response, get
from shapely.geometry import shape

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.pictures import Shape
from testfields.reservations.reading import own
from testfields.reservations.views import shapes_of, volumes_of
from testfields.sites.pictures import ground, picture_of_asked
from testfields.web.parameters import PathId


@get("/my/reservations/{reservation_id:int}/map.svg", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def asked_picture(actor: Caller, reservation_id: PathId) -> Response[str]:
    """Each shape that is asked for, once, on the ground of its field."""
    row = await own(actor, reservation_id)
    volumes = volumes_of(row)
    shapes = [shape(msgspec.to_builtins(volumes[place].footprint)) for place in sorted(set(shapes_of(row)))]
    return picture_of_asked(await ground(row["site_slug"]), [Shape("asked", one) for one in shapes])
