"""The portal put together: rooms, doors, and what holds for every request."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from testfields.accounts.authority import Kind, May
from testfields.accounts.guards import Only, rows_of_handlers
from testfields.accounts.identity import Identity, provide_actor, provide_visitor
from testfields.consent.asking import Asking
from testfields.core.errors import N_, NotFound
from testfields.db.engine import DB
from testfields.demo.cast import ACCOUNTS
from testfields.demo.routes import look_as
from testfields.features import FEATURES
from testfields.health import alive, ready, working
from testfields.reference import ReferencePage
from testfields.settings import Settings, load
from testfields.web import problems, security, slow_bodies
from testfields.web.compression import encoding_for, packing
from testfields.web.cookies import reading_plain_cookies
from testfields.web.files import file, known_files, sent
from testfields.web.heads import answering_heads
from testfields.web.idempotency import Idempotency
from testfields.web.openapi import TOKEN, describe
from testfields.web.pages import template_engine
from testfields.web.parameters import refuse_unknown
from testfields.web.proxies import behind_proxies
from testfields.web.reading_out import PlainBodies, reading_to_the_end
from testfields.web.shared import SharedAnswers
from testfields.web.uploads import NoFileLeftOpen

LARGEST_BODY = 1_000_000
# Bytes a second: 0.3 Mbit/s; the largest body but photos comes within the time that anybody has.
SLOWEST_LINE = 35_000
BODY_WITHIN_S = 30.0


@get("/static/{path:path}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def static_file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """A file that pages load, in the encoding that the browser takes; packing it for the first time takes a moment."""
    name = path.removeprefix("/")
    if name not in known_files():
        raise NotFound(N_("There is nothing at this address."))
    encoding = encoding_for(request.headers.get("accept-encoding", ""))
    body = await asyncio.to_thread(sent, name, encoding)
    whole = file(name)
    headers = {"Vary": "Accept-Encoding"}
    if encoding and body is not whole.body:
        headers["Content-Encoding"] = encoding
    return Response(body, media_type=whole.media_type, headers=headers)


@get("/{path:path}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def nowhere(path: FromPath[str]) -> None:  # noqa: ARG001
    """Every other address, so that the page saying so knows who asks and in which language."""
    raise NotFound(N_("There is nothing at this address."))


def create_app(settings: Settings | None = None) -> Litestar:
    """The ASGI application; the server makes one in each of its processes."""
    settings = settings or load()
    app = Litestar(
        route_handlers=[
            Router(
                "/api/v1",
                route_handlers=[one for feature in FEATURES for one in feature.api],
                middleware=[Idempotency()],
                before_request=refuse_unknown,
            ),
            *(page for feature in FEATURES for page in feature.pages),
            *((look_as,) if settings.demo else ()),
            alive,
            ready,
            working,
            static_file,
            nowhere,
        ],
        dependencies={
            "actor": Provide(provide_actor),
            "visitor": Provide(provide_visitor),
        },
        middleware=[NoFileLeftOpen(), PlainBodies(), Identity(), Asking(), SharedAnswers()],
        exception_handlers=problems.HANDLERS,
        before_send=[security.before_send(settings.gsi_tiles, settings.secure_cookies)],
        lifespan=[_pool(settings)],
        template_config=TemplateConfig(instance=_templates(settings)),
        openapi_config=_openapi(),
        request_max_body_size=LARGEST_BODY,
        state=State({"settings": settings, "demo_accounts": ACCOUNTS if settings.demo else ()}),
        logging_config=None,
    )
    describe(app, {handler for _, handler, may in rows_of_handlers(app) if Kind.ANYBODY in may.value.who})
    answering = reading_to_the_end(answering_heads(packing(app.asgi_handler)))
    in_time = slow_bodies.within(answering, BODY_WITHIN_S, SLOWEST_LINE)
    app.asgi_handler = behind_proxies(reading_plain_cookies(in_time), settings.trusted_proxies)
    return app


def _templates(settings: Settings) -> JinjaTemplateEngine:
    engine = template_engine()
    names = engine.engine.globals
    for feature in FEATURES:
        names |= feature.in_templates(settings)
    names["menu"] = sorted((link for feature in FEATURES for link in feature.menu), key=lambda link: link.place)
    return engine


def _pool(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        """The pool lives as long as the app; a pool that somebody opened before, as tests do, is left alone."""
        if DB.pool is not None:
            yield
            return
        if settings.database_url is not None:
            DB.use(settings.database_url)
        async with DB.open(settings.pool_size):
            yield

    return lifespan


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Test-field Portal",
        version="1",
        description="Book public land to try autonomous vehicles, drones and robots.",
        openapi_router=Router("/schema", guards=[Only(May.LOOK_AROUND)], route_handlers=[], include_in_schema=False),
        # The page for people is the portal's own; the framework's load scripts from elsewhere.
        render_plugins=[ReferencePage()],
        components=Components(
            security_schemes={TOKEN: SecurityScheme(type="http", scheme="bearer")},
        ),
        security=[{TOKEN: []}],
        use_handler_docstrings=True,
    )
