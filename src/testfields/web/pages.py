"""Pages: what every template may count on, and messages that survive one redirect."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Template
from markupsafe import Markup, escape

from testfields.core.texts import filled
from testfields.web import locale
from testfields.web.files import static
from testfields.web.masking import masked

ROOT = Path(__file__).parents[1]
FLASH_COOKIE = "flash"
FLASH_SECONDS = 60


Kind = Literal["info", "success", "warning", "error"]


class Flash(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message shown once, with a `link` to one of the portal's pages where more can be done about it.

    It comes back from the client, so each text is one of the portal's own or nothing is shown.
    """

    kind: Kind
    text: str
    values: dict[str, str] = {}
    link: tuple[str, Annotated[str, msgspec.Meta(pattern=r"^/[a-z0-9_]+(/[a-z0-9_]+)*(#[a-z0-9_]+)?$")]] | None = None


def template_engine() -> JinjaTemplateEngine:
    """Jinja with gettext, escaping everywhere, and no silence about a name that is missing."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: locale.catalogue(locale.current()).gettext(text),
        lambda one, many, count: locale.catalogue(locale.current()).ngettext(one, many, count),
        newstyle=True,
    )
    # In the place of the extension's own, which fill places by Python's formatting.
    environment.globals |= {"gettext": _text, "ngettext": _plural}
    environment.globals |= {"static": static}
    return JinjaTemplateEngine.from_environment(environment)


def _text(text: str, /, **values: object) -> Markup:
    return _markup(locale.catalogue(locale.current()).gettext(text), values)


def _plural(one: str, many: str, num: int, /, **values: object) -> Markup:
    return _markup(locale.catalogue(locale.current()).ngettext(one, many, num), {"num": num, **values})


def _markup(text: str, values: Mapping[str, object]) -> Markup:
    words = filled(text, {name: escape(value) for name, value in values.items()})
    return Markup(words)  # noqa: S704 (the text is the portal's own)


def page(
    request: Request[Any, Any, Any],
    name: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Template:
    """A page for whoever asks, in their language."""
    actor = getattr(request.state, "actor", None)
    # A part of a page, asked for by htmx, leaves the message to the next whole one.
    flash = [] if request.headers.get("hx-request") else _read_flash(request)
    shown = {
        "locale": locale.current(),
        "status": status,
        "actor": actor,
        "csrf_token": masked(actor.csrf_token) if actor else "",
        "path": request.url.path,
        "lang_url": lambda code: _with_language(request, code),
        "demo": _demo_roles(request, actor),
        "flash": flash,
        "unverified": bool(actor is not None and actor.unverified and request.url.path.startswith("/my")),
    }
    language = locale.switched(request)
    cookies = [language_cookie(request, language)] if language else []
    if flash:
        cookies.append(Cookie(key=FLASH_COOKIE, value="", max_age=0, path="/"))
    headers = {"Content-Language": locale.current(), "Cache-Control": "no-store", **(headers or {})}
    return Template(
        template_name=name, context={**shown, **context}, status_code=status, headers=headers, cookies=cookies
    )


def _demo_roles(request: Request[Any, Any, Any], actor: Any) -> list[dict[str, Any]] | None:
    """Who a visitor of the demo may look as; None outside the demo."""
    accounts: Sequence[Any] = request.app.state.get("demo_accounts") or ()
    if not accounts:
        return None
    return [
        {
            "key": one.key,
            "label": locale.translate(one.label),
            "current": actor is not None and actor.email == one.email,
        }
        for one in accounts
    ]


def address_of_page(request: Request[Any, Any, Any]) -> str:
    """Where the page that the reader sees can be opened: below it lie the addresses that take its forms alone."""
    # Two slashes in front would lead to another host.
    path = "/" + request.url.path.strip("/")
    if request.method == "GET" or _opens(request, path):
        return f"{path}?{request.url.query}" if request.url.query else path
    return page_above(request)


def page_above(request: Request[Any, Any, Any]) -> str:
    """The page that a form belongs to, by the address that takes the form."""
    path = "/" + request.url.path.strip("/")
    while not _opens(request, path):
        path = path.rpartition("/")[0] or "/"
    return path


def _opens(request: Request[Any, Any, Any], path: str) -> bool:
    try:
        request.app.asgi_router.handle_routing(path=path, method="GET")
    except (NotFoundException, MethodNotAllowedException):
        return False
    return True


def _with_language(request: Request[Any, Any, Any], code: str) -> str:
    path, _, query = address_of_page(request).partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != locale.LANGUAGE]
    return f"{path}?{urlencode([*kept, ('lang', code)])}"


def language_cookie(request: Request[Any, Any, Any], language: str) -> Cookie:
    """A switch of the language holds for the pages that follow, in this browser."""
    return Cookie(
        key=locale.COOKIE,
        value=language,
        max_age=locale.COOKIE_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=bool(request.app.state.settings.secure_cookies),
    )


def redirect(
    path: str, kind: Kind = "info", text: str = "", link: tuple[str, str] | None = None, **values: object
) -> Response[Any]:
    """See another page next, with a message on it where one is given; a `link` is its text and its address."""
    cookies = []
    if text:
        flash = Flash(kind, text, {name: str(value) for name, value in values.items()}, link)
        packed = base64.urlsafe_b64encode(msgspec.json.encode(flash)).decode()
        cookies.append(
            Cookie(key=FLASH_COOKIE, value=packed, max_age=FLASH_SECONDS, path="/", httponly=True, samesite="lax")
        )
    return Redirect(path, status_code=303, cookies=cookies)


def _read_flash(request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """What the last answer left to say; whoever forges the cookie chooses among the portal's texts, for themselves."""
    packed = request.cookies.get(FLASH_COOKIE)
    if not packed:
        return []
    try:
        left = msgspec.json.decode(base64.urlsafe_b64decode(packed), type=Flash)
        text = locale.translate(left.text, None, **left.values) if left.text in locale.texts() else ""
    # KeyError is of places in the text that the values do not fill.
    except (msgspec.MsgspecError, binascii.Error, ValueError, KeyError):
        return []
    link = left.link if left.link and left.link[0] in locale.texts() else None
    told = {"text": locale.translate(link[0]), "href": link[1]} if link else None
    return [{"kind": left.kind, "text": text, "link": told}] if text else []
