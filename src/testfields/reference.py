"""The API's own page: how to call it, every operation, the life of a reservation, and what each refusal means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.reservations.rules import TRANSITIONS, Action, State
from testfields.reservations.words import WHO
from testfields.web import locale
from testfields.web.features import Feature, Link
from testfields.web.pages import page, redirect
from testfields.web.problems import BY_STATUS, KINDS, OUTAGES


@dataclass(frozen=True)
class Operation:
    """One operation as the page lists it."""

    method: str
    path: str
    text: str
    parameters: tuple[str, ...]
    body: str
    public: bool


@dataclass(frozen=True)
class Row:
    """One row of the state table."""

    state: State | None
    action: Action
    to: State
    roles: tuple[str, ...]


class ReferencePage(OpenAPIRenderPlugin):
    """The reference, made from the same description that programs read at /schema/openapi.json."""

    def __init__(self) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page for whoever asks."""
        rows = [
            Row(state, action, one.to, tuple(locale.translate(WHO[role]) for role in sorted(one.roles)))
            for (state, action), one in TRANSITIONS.items()
        ]
        groups, bodies = _grouped(openapi_schema), _bodies(openapi_schema)
        shown = page(request, "reference.html", groups=groups, schemas=bodies, rows=rows, problems=_problems())
        engine = request.app.template_engine
        if engine is None:
            raise LookupError("the portal has no templates")
        text: str = engine.get_template(str(shown.template_name)).render(**shown.context)
        return text.encode()


@get("/problems/{slug:str}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def problem(slug: FromPath[str]) -> Response[Any]:
    """Where the `type` of a problem leads: to its words on the reference page."""
    return redirect(f"/schema#problem-{slug}" if slug in dict(_problems()) else "/schema#problems")


def _problems() -> list[tuple[str, str]]:
    """Slug and status of each kind of refusal."""
    kinds = {
        **{slug: status for status, slug in KINDS.values()},
        **{slug: status for status, (slug, _) in BY_STATUS.items()},
        **{slug: 503 for slug, _, _ in OUTAGES.values()},
    }
    return [(slug, str(status)) for slug, status in sorted(kinds.items(), key=lambda one: (one[1], one[0]))]


def _grouped(description: Mapping[str, Any]) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method, one in methods.items():
            tag = (one.get("tags") or ["portal"])[0]
            groups.setdefault(tag, []).append(_operation(method, path, one))
    return dict(sorted(groups.items()))


def _operation(method: str, path: str, one: Mapping[str, Any]) -> Operation:
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    reference = content.get("schema", {}).get("$ref", "")
    return Operation(
        method.upper(),
        path,
        locale.translate(one["description"]),
        tuple(
            parameter["name"] + ("" if parameter.get("required") else "?")
            for parameter in one.get("parameters", ())
            if parameter["in"] == "query"
        ),
        reference.rsplit("/", 1)[-1],
        "security" in one,
    )


def _bodies(description: Mapping[str, Any]) -> dict[str, list[tuple[str, str, bool]]]:
    """The bodies that are sent: name of each field, its type in a word, whether it is required."""
    schemas = description["components"]["schemas"]
    wanted = {one.body for group in _grouped(description).values() for one in group if one.body}
    return {
        name: [
            (field, _type_of(schema), field in schemas[name].get("required", ()))
            for field, schema in schemas[name].get("properties", {}).items()
        ]
        for name in sorted(wanted)
    }


def _type_of(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"[{_type_of(schema['items'])}]"
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        return " | ".join(_type_of(one) for one in alternatives)
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    return str(schema.get("format") or schema.get("type") or schema.get("const", ""))


FEATURE = Feature(pages=(problem,), menu=(Link(70, "/schema", "code", "API"),))
