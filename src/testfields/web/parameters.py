"""Parameters that many addresses share."""

from typing import Annotated, Any

from litestar import Request
from litestar.params import PathParameter, QueryParameter

from testfields.core.errors import N_, InvalidInput, fault
from testfields.web.locale import LANGUAGE

LARGEST_ID = 2**63 - 1
# Of the parameters that an address does not know.
MOST_TOLD = 20

PathId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]
QueryId = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]
# Keyset paging, newest first: only what is older than this id.
Before = Annotated[int, QueryParameter(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]

# What is searched for in names.
Words = Annotated[str | None, QueryParameter(max_length=100)]


def whole_number(text: object) -> int | None:
    """A form's text as a number from 0 that a column can hold; None for anything else."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 19 else None


async def refuse_unknown(request: Request[Any, Any, Any]) -> None:
    """Raise InvalidInput for each parameter of an API's address that nothing reads, as a mistyped filter finds all.

    Pages pass them over: what mail programs and trackers add to a link was typed by nobody.
    """
    parameters = request.route_handler.parsed_fn_signature.parameters.items()
    known = {
        parameter.kwarg_definition.name or name
        for name, parameter in parameters
        if isinstance(parameter.kwarg_definition, QueryParameter)
    }
    unknown = sorted(set(request.query_params) - known - {LANGUAGE})[:MOST_TOLD]
    if unknown:
        message = N_("This address has no such parameter. It knows: %(known)s")
        raise InvalidInput([fault(name, message, known=", ".join(sorted(known)) or "–") for name in unknown])
