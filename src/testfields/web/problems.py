"""Errors as answers: RFC 9457 problem details for programs, pages for people.

The table `KINDS` is the only place where a kind of error meets a status code.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import asyncpg
import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from testfields.core.errors import (
    N_,
    ConsentMissing,
    InitialPassword,
    InTheWay,
    InvalidInput,
    Message,
    NoRoom,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    PortalError,
    Stale,
    Taken,
    TooMany,
    Unreadable,
    UnsupportedMedia,
    VersionMissing,
    WrongState,
)
from testfields.db.outages import Crowded, OutOfReach, Undecided
from testfields.web import locale
from testfields.web.heads import with_head
from testfields.web.pages import address_of_page, page, page_above, redirect

T = TypeVar("T")

logger = logging.getLogger("testfields.web")

INITIAL_PASSWORD = "initial-password"  # noqa: S105
CONSENT_MISSING = "consent-missing"
KINDS: dict[type[PortalError], tuple[int, str]] = {
    Unreadable: (400, "unreadable"),
    NotLoggedIn: (401, "not-logged-in"),
    NotAllowed: (403, "not-allowed"),
    InitialPassword: (403, INITIAL_PASSWORD),
    ConsentMissing: (403, CONSENT_MISSING),
    NotFound: (404, "not-found"),
    WrongState: (409, "wrong-state"),
    Taken: (409, "taken"),
    Stale: (412, "stale"),
    UnsupportedMedia: (415, "unsupported-media-type"),
    InvalidInput: (422, "invalid-input"),
    VersionMissing: (428, "version-missing"),
    TooMany: (429, "too-many"),
    NoRoom: (503, "no-room"),
}
BY_STATUS = {
    400: ("unreadable", N_("The request could not be read.")),
    404: ("not-found", N_("There is nothing at this address.")),
    405: ("method-not-allowed", N_("This address does not accept that method.")),
    408: ("too-slow", N_("The request came too slowly. Please send it again.")),
    413: (
        "too-large",
        N_("What was sent is too large. At most 1 MB is accepted, of photos what their form says."),
    ),
    500: ("internal", N_("Something went wrong on our side. Nothing was changed. Please try again later.")),
    503: ("busy", N_("The portal is busy or out of service for the moment. Please try again a little later.")),
}
# What the database cannot do now → its problem, the seconds after which to try again, and its words where those of the
# status would not do.
OUTAGES: dict[type[Exception], tuple[str, int, str]] = {
    asyncpg.SerializationError: ("busy", 1, BY_STATUS[503][1]),
    asyncpg.DeadlockDetectedError: ("busy", 1, BY_STATUS[503][1]),
    OutOfReach: ("busy", 10, BY_STATUS[503][1]),
    Crowded: (
        "crowded",
        5,
        N_("Others are booking or changing something here at this moment. Nothing was stored. Please try again soon."),
    ),
    Undecided: (
        "undecided",
        10,
        N_("The database went away while this was being stored. Please look whether it is there before you repeat it."),
    ),
}
# Pages with their own words; a refusal with words of its own uses the general one.
OWN_PAGES = frozenset({400, 401, 404, 405, 413, 429, 500, 503})
IN_THEIR_OWN_WORDS = frozenset({"/problems/crowded", "/problems/undecided", "/problems/no-room"})
# Where the request's state keeps what was written in a form that nobody was logged in to send.
KEPT = "kept"
# Where it keeps the token for the forms of a page that was opened before the present login.
RENEWED = "renewed"
FORM_TOKEN = "Form-Token"  # noqa: S105
PROBLEM_JSON = "application/problem+json"
# How the framework says that a body ended before its end, or was not sent as HTTP asks.
CUT_SHORT = "client disconnected prematurely"
# How the framework names a parameter that was left out.
MISSING = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)'")


class FieldFault(msgspec.Struct, frozen=True):
    """One thing wrong with one field."""

    path: str
    message: str


class FreeTime(msgspec.Struct, frozen=True):
    """A time at which the volume asked for would fit."""

    start: str
    end: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem details, with the portal's own members."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[FieldFault] = []
    in_the_way: list[InTheWay] = []
    nearest: list[FreeTime] = []


def on_portal_error(request: Request[Any, Any, Any], error: PortalError) -> Response[Any]:
    """A refusal of the portal's own."""
    locale.use(locale.choose(request))
    status, slug = _of_its_kind(KINDS, error)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(request, problem_of(error, status, slug), headers)


def _of_its_kind(table: Mapping[type[Any], T], error: Exception) -> T:
    """What a table says of an error, or of the nearest kind that the error is one of; raises KeyError."""
    for kind in type(error).__mro__:
        if kind in table:
            return table[kind]
    raise KeyError(type(error))


def problem_of(error: PortalError, status: int, slug: str) -> Problem:
    """A refusal in the caller's language."""
    faults = error.faults if isinstance(error, InvalidInput) else ()
    return Problem(
        type=f"/problems/{slug}",
        title=locale.said(error.message),
        status=status,
        errors=[FieldFault(one.path, locale.said(one.message)) for one in faults],
        in_the_way=list(error.in_the_way) if isinstance(error, Taken) else [],
        nearest=[FreeTime(start.isoformat(), end.isoformat()) for start, end in error.nearest]
        if isinstance(error, Taken)
        else [],
    )


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A refusal of the framework's: no such address, wrong method, body too large, parameters it could not read."""
    locale.use(locale.choose(request))
    faults = _parameter_faults(request, error)
    if faults:
        title = locale.said(InvalidInput([]).message)
        return _answer(request, Problem("/problems/invalid-input", title, 422, errors=faults), {})
    status = _status_of(error)
    slug, text = BY_STATUS[status]
    headers = {
        name: with_head(value) if name.lower() == "allow" else value for name, value in (error.headers or {}).items()
    }
    return _answer(request, Problem(f"/problems/{slug}", locale.translate(text), status), headers)


def _status_of(error: HTTPException) -> int:
    if error.detail == CUT_SHORT:
        return 400
    return error.status_code if error.status_code in BY_STATUS else 400 if error.status_code < 500 else 500


def _parameter_faults(request: Request[Any, Any, Any], error: HTTPException) -> list[FieldFault]:
    missing = MISSING.match(error.detail)
    if missing:
        return [FieldFault(missing["name"], locale.said(Message(N_("This field is required."))))]
    extra = error.extra if isinstance(error.extra, list) else []
    return [_parameter_fault(request, str(one.get("key", ""))) for one in extra if isinstance(one, dict)]


def _parameter_fault(request: Request[Any, Any, Any], name: str) -> FieldFault:
    if name == "data":
        text = N_("Please send a JSON body; {} where there is nothing to say.")
        return FieldFault("", locale.said(Message(text)))
    return FieldFault(_name_outside(request, name), locale.said(Message(N_("This value cannot be read."))))


def _name_outside(request: Request[Any, Any, Any], name: str) -> str:
    """A parameter's name in the address; the handler may call it otherwise, as `from` is a word of Python's."""
    parameter = request.route_handler.parsed_fn_signature.parameters.get(name)
    return getattr(parameter.kwarg_definition, "name", None) or name if parameter else name


def place_of(request: Request[Any, Any, Any]) -> str:
    """The address as a log may hold it: without the secret of a link."""
    secret = request.path_params.get("secret")
    return request.url.path.replace(secret, "…") if secret else request.url.path


def on_unfit_value(request: Request[Any, Any, Any], _error: asyncpg.DataError) -> Response[Any]:
    """A value that no column can hold, such as a number beyond 64 bits or a NUL character."""
    logger.warning("a value did not fit: %s %s", request.method, place_of(request))
    locale.use(locale.choose(request))
    title = locale.translate(N_("A value is out of range or holds characters that cannot be stored."))
    return _answer(request, Problem("/problems/invalid-input", title, 422), {})


def on_outage(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The database cannot do it now; later it may."""
    logger.error("%s at %s %s: %r", type(error).__name__, request.method, place_of(request), error.__cause__ or error)
    locale.use(locale.choose(request))
    slug, seconds, text = _of_its_kind(OUTAGES, error)
    return _answer(request, Problem(f"/problems/{slug}", locale.translate(text), 503), {"Retry-After": str(seconds)})


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Anything else is a defect: logged with its trace, told without it."""
    logger.error("defect at %s %s", request.method, place_of(request), exc_info=error)
    locale.use(locale.choose(request))
    slug, text = BY_STATUS[500]
    return _answer(request, Problem(f"/problems/{slug}", locale.translate(text), 500), {})


def _answer(request: Request[Any, Any, Any], problem: Problem, headers: dict[str, str]) -> Response[Any]:
    if _wants_page(request):
        return _page(request, problem, headers)
    headers = {"Content-Language": locale.current(), **headers}
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    path = request.url.path
    return not path.startswith("/api/") and MediaType.HTML in request.headers.get("accept", "text/html")


def _page(request: Request[Any, Any, Any], problem: Problem, headers: dict[str, str]) -> Response[Any]:
    if request.headers.get("hx-request"):
        return _notice(request, problem, headers)
    if problem.type == f"/problems/{INITIAL_PASSWORD}":
        return redirect("/my/password", "info", InitialPassword().message.id)
    if problem.type == f"/problems/{CONSENT_MISSING}":
        return redirect(f"/consent?{urlencode({'next': address_of_page(request)})}")
    # A page that a form led to has the form's address in the browser: opened anew, it is the page with the form.
    if problem.status == 405 and request.method == "GET":
        return redirect(page_above(request))
    login = f"/login?{urlencode({'next': address_of_page(request)})}"
    if problem.status == 401 and request.method == "GET":
        return redirect(login, "info", N_("Please log in first."))
    own = problem.status in OWN_PAGES and not problem.errors and problem.type not in IN_THEIR_OWN_WORDS
    name = str(problem.status) if own else "error"
    if RENEWED in request.state and request.state.get(KEPT):
        name = "again"
    words = {"title": problem.title, "detail": _detail(problem)} if name in {"error", "again"} else {}
    more = {"login": login, "kept": request.state.get(KEPT, [])} if name in {"401", "again"} else {}
    return page(
        request,
        f"errors/{name}.html",
        status=problem.status,
        headers=headers,
        **words,
        **more,
    )


def _notice(request: Request[Any, Any, Any], problem: Problem, headers: dict[str, str]) -> Response[Any]:
    """For a page that asked for a part of itself: the notice goes into its own place, and every field stays."""
    headers = {"HX-Retarget": "#problem", "HX-Reswap": "innerHTML", **headers}
    if RENEWED in request.state:
        headers[FORM_TOKEN] = request.state[RENEWED]
    return page(
        request,
        "errors/notice.html",
        status=problem.status,
        headers=headers,
        title=problem.title,
        detail=_detail(problem),
    )


def _detail(problem: Problem) -> str:
    return " ".join(fault.message for fault in problem.errors) or problem.detail


HANDLERS: dict[int | type[Exception], Any] = {
    PortalError: on_portal_error,
    HTTPException: on_http_error,
    asyncpg.DataError: on_unfit_value,
    **dict.fromkeys(OUTAGES, on_outage),
    Exception: on_bug,
}
