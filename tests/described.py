"""Holding every answer of the API against its description, whichever test asked for it."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from litestar import Litestar

OTHER_METHOD = 405


def checked_by(app: Litestar) -> Callable[[httpx.Response], Awaitable[None]]:
    """A response hook that fails for an answer which the description of its operation does not name."""
    description = app.openapi_schema.to_schema()
    operations = [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))), one)
        for path, one in sorted(description["paths"].items(), key=lambda pair: pair[0].count("{"))
    ]

    def described(request: httpx.Request) -> Any:
        found = (one.get(request.method.lower()) for path, one in operations if path.fullmatch(request.url.path))
        return next((one for one in found if one), None)

    async def check(response: httpx.Response) -> None:
        operation = described(response.request)
        if operation is None or response.status_code == OTHER_METHOD:
            return
        where = f"{response.request.method} {response.request.url.path}"
        assert str(response.status_code) in operation["responses"], f"{where} answers {response.status_code}"
        kind = response.headers.get("content-type", "").partition(";")[0]
        assert (kind == "application/problem+json") is (response.status_code >= 400), f"{where} sends {kind}"

    return check
