"""The API's description: what litestar knows of each operation, its headers, and the refusals it may answer with.

What an operation refuses follows from what it takes; what follows from its work alone, it says itself:
``opt={REFUSES: (409,)}``.
"""

from collections.abc import Container
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    Components,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
)
from litestar.routes import HTTPRoute

from testfields.web.idempotency import LONGEST_KEY, NEVER_KEPT
from testfields.web.problems import PROBLEM_JSON
from testfields.web.shared import SHARED
from testfields.web.versions import IF_MATCH

REFUSES = "refuses"
# Media types of a body that is no JSON: ``opt={TAKES: ("image/jpeg",)}``.
TAKES = "takes"
# The one way for programs to say who they are.
TOKEN = "token"  # noqa: S105

PROBLEM = Reference(ref="#/components/schemas/Problem")
TEXT = Schema(type=OpenAPIType.STRING)
INSTANT = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)
METRES = Schema(one_of=[Schema(type=OpenAPIType.NUMBER), Schema(type=OpenAPIType.NULL)])


def _list_of(members: dict[str, Schema]) -> Schema:
    return Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(type=OpenAPIType.OBJECT, properties=dict(members), required=list(members)),
    )


# As `web.problems.Problem` is sent; members without a value are left out.
PROBLEM_SCHEMA = Schema(
    title="Problem",
    type=OpenAPIType.OBJECT,
    required=["type", "title", "status"],
    properties={
        "type": TEXT,
        "title": TEXT,
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": TEXT,
        "errors": _list_of({"path": TEXT, "message": TEXT}),
        "in_the_way": _list_of(
            {
                "kind": TEXT,
                "start": INSTANT,
                "end": INSTANT,
                "lower": METRES,
                "upper": METRES,
                "footprint": Schema(type=OpenAPIType.OBJECT),
                # Told of one's own application, and to the land's staff where they ask for a closure; else null.
                "reservation_id": Schema(one_of=[Schema(type=OpenAPIType.INTEGER), Schema(type=OpenAPIType.NULL)]),
            },
        ),
        "nearest": _list_of({"start": INSTANT, "end": INSTANT}),
    },
)
MEANINGS = {
    400: "The body cannot be read.",
    401: "Nobody is logged in, or the token is not valid.",
    403: "The caller is known and may not do this.",
    404: "It is not there, or not for this caller to know of.",
    408: "The request came too slowly.",
    409: "It is in another state, or something stands where the volume was asked for.",
    412: "The caller saw an older version.",
    413: "The request is too large.",
    415: "The body is of another kind than is asked for, or not sent as it is.",
    422: "A rule is broken, or a value cannot be accepted; each fault is told by its path.",
    428: "If-Match is missing.",
    503: "Busy, or out of service for the moment; nothing was changed, unless it says otherwise. See Retry-After.",
}
VERSION_SEEN = Parameter(
    name=IF_MATCH,
    param_in="header",
    required=True,
    description="The ETag that was seen last, or * for any version that is there.",
    schema=Schema(type=OpenAPIType.STRING, pattern=r'^(\*|"[1-9][0-9]{0,17}")$'),
)
ONCE = Parameter(
    name="Idempotency-Key",
    param_in="header",
    required=False,
    description="Under one key the same request is carried out once, and answered again with the same answer.",
    schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=LONGEST_KEY),
)


def describe(app: Litestar, public: Container[HTTPRouteHandler]) -> None:
    """Add to every operation its headers and the problems it may answer with; `public` are for anybody."""
    description = app.openapi_schema
    components = description.components = description.components or Components()
    for schema in components.schemas.values():
        _say_numbers_once(schema)
    components.schemas["Problem"] = PROBLEM_SCHEMA
    components.responses = {str(status): _problem(meaning) for status, meaning in MEANINGS.items()}
    for route in app.routes:
        path = (description.paths or {}).get(route.path_format)
        if path is None or not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            operation = getattr(path, method.lower())
            if operation is not None:
                once = method == "POST" and not handler.opt.get(NEVER_KEPT)
                _describe(operation, handler, once=once, public=handler in public)


def _say_numbers_once(schema: Any) -> None:
    """An integer is a number (JSON Schema, 6.1.1): of what may be either, saying both would let in neither."""
    if not isinstance(schema, Schema):
        return
    if schema.one_of and any(isinstance(one, Schema) and one.type == OpenAPIType.NUMBER for one in schema.one_of):
        schema.one_of = [
            one for one in schema.one_of if not (isinstance(one, Schema) and one.type == OpenAPIType.INTEGER)
        ]
    for part in (*(schema.properties or {}).values(), schema.additional_properties, schema.items):
        _say_numbers_once(part)


def _describe(operation: Operation, handler: HTTPRouteHandler, *, once: bool, public: bool) -> None:
    named = [one for one in operation.parameters or [] if isinstance(one, Parameter)]
    operation.parameters = [
        *(VERSION_SEEN if one.name == IF_MATCH else one for one in named),
        *((ONCE,) if once else ()),
    ]
    asks_who = "visitor" in handler.parsed_fn_signature.parameters
    operation.security = None if not public else [{}, {TOKEN: []}] if asks_who else []
    if TAKES in handler.opt:
        binary = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        operation.request_body = RequestBody(content=dict.fromkeys(handler.opt[TAKES], binary), required=True)
    answers = {status: one for status, one in (operation.responses or {}).items() if int(status) < 400}
    if SHARED.items() <= handler.opt.items():
        answers["304"] = OpenAPIResponse(description="The caller has it already, as If-None-Match says.")
    refusals = _refusals(operation) | set(handler.opt.get(REFUSES, ()))
    operation.responses = {
        **answers,
        **{str(status): Reference(ref=f"#/components/responses/{status}") for status in sorted(refusals)},
    }


def _refusals(operation: Operation) -> set[int]:
    """What follows from what an operation takes."""
    parameters = [one for one in operation.parameters or [] if isinstance(one, Parameter)]
    takes = {one.param_in for one in parameters} | {one.name for one in parameters}
    # A token that is not valid is told so, even where nobody need log in; so is a parameter that there is not.
    refusals = {401, 422, 503}
    if operation.security is None:
        refusals.add(403)
    if operation.request_body is not None:
        refusals |= {400, 408, 413, 415}
    if "path" in takes:
        refusals.add(404)
    if IF_MATCH in takes:
        refusals |= {412, 428}
    if ONCE.name in takes:
        # To know a request again, its body is read, also where none is asked for.
        refusals |= {408, 413}
    return refusals


def _problem(meaning: str) -> OpenAPIResponse:
    return OpenAPIResponse(description=meaning, content={PROBLEM_JSON: OpenAPIMediaType(schema=PROBLEM)})
