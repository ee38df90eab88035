"""The map as pages see it: the shells' scripts."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.types import ControllerRouterHandler

from testfields.core.errors import N_, NotFound
from testfields.maps.shell import BASEMAP, Kind, Shell, credit, shell
from testfields.web import locale

FOR_GOOD = "public, max-age=31536000, immutable"


def add_map_words(engine: JinjaTemplateEngine, gsi_tiles: bool) -> None:
    """Give templates what the macros of components/map.html ask for."""

    def map_shell(kind: str) -> Shell:
        return shell(Kind(kind), locale.current(), gsi_tiles)

    engine.engine.globals |= {"map_shell": map_shell, "map_basemap": BASEMAP, "map_credit": credit()}


@get("/maps/{file:str}", include_in_schema=False)
async def shell_script(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[str]:
    """A shell's script; its address names its content, so that browsers may keep it for good."""
    known = {f"{kind}.{code}.js": (kind, code) for kind in Kind for code in locale.LOCALES}
    if file not in known:
        raise NotFound(N_("There is nothing at this address."))
    script = shell(*known[file], request.app.state.settings.gsi_tiles).script
    return Response(script, media_type="text/javascript", headers={"Cache-Control": FOR_GOOD})


pages: Sequence[ControllerRouterHandler] = (shell_script,)
