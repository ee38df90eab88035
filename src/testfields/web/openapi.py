"""The API's description: what litestar knows of each operation, and the refusals that all of them share."""

from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    PathItem,
    Reference,
    Schema,
)

from testfields.web.problems import PROBLEM_JSON

PROBLEM = Reference(ref="#/components/schemas/Problem")
TEXT = Schema(type=OpenAPIType.STRING)
INSTANT = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)
METRES = Schema(one_of=[Schema(type=OpenAPIType.NUMBER), Schema(type=OpenAPIType.NULL)])


def _list_of(properties: dict[str, Schema]) -> Schema:
    return Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(type=OpenAPIType.OBJECT, properties=dict(properties), required=list(properties)),
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
            }
        ),
        "nearest": _list_of({"start": INSTANT, "end": INSTANT}),
    },
)
MEANINGS = {
    "400": "The request or its body cannot be read.",
    "401": "Nobody is logged in, or the token is not valid.",
    "403": "The caller is known and may not do this.",
    "404": "It is not there, or not for this caller to know of.",
    "409": "It is in another state, or something stands where the volume was asked for.",
    "412": "The caller saw an older version.",
    "413": "The request is too large.",
    "415": "The body is not JSON.",
    "422": "A rule is broken, or a value cannot be accepted; each fault is told by its path.",
    "428": "If-Match is missing.",
    "429": "Too often in too short a time; see Retry-After.",
    "503": "Busy, or out of service for the moment; see Retry-After. Under an Idempotency-Key it is safe to ask again.",
}
READING = ("400", "401", "403", "404", "422", "429", "503")
WRITING = tuple(MEANINGS)


def describe_refusals(description: OpenAPI) -> None:
    """Add to every operation the problems it may answer with."""
    if description.components is None:
        description.components = Components()
    description.components.schemas["Problem"] = PROBLEM_SCHEMA
    for path in (description.paths or {}).values():
        for method, operation in _operations(path):
            operation.responses = {
                **{status: one for status, one in (operation.responses or {}).items() if int(status) < 400},
                **{status: _problem(status) for status in (READING if method == "get" else WRITING)},
            }


def _operations(path: PathItem) -> list[tuple[str, Operation]]:
    methods = ("get", "post", "put", "delete", "patch")
    return [(method, operation) for method in methods if (operation := getattr(path, method)) is not None]


def _problem(status: str) -> OpenAPIResponse:
    return OpenAPIResponse(description=MEANINGS[status], content={PROBLEM_JSON: OpenAPIMediaType(schema=PROBLEM)})
