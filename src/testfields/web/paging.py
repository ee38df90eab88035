"""Keyset paging: the next page's address stands in the Link header (RFC 8288)."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request


def next_link(request: Request[Any, Any, Any], name: str, cursor: object | None) -> dict[str, str]:
    """The header that leads on from `cursor`; none on the last page."""
    if cursor is None:
        return {}
    query = [(key, value) for key, value in request.query_params.multi_items() if key != name]
    address = f"{request.url.path}?{urlencode([*query, (name, str(cursor))])}"
    return {"Link": f'<{address}>; rel="next"'}
