"""Lost updates are refused: ETag on what is read, If-Match on what is changed (RFC 9110, 13.1.1)."""

import re
from typing import Annotated

from litestar.params import HeaderParameter

from testfields.core.errors import CHANGED_SINCE, N_, Stale, VersionMissing

IF_MATCH = "If-Match"
# One strong tag: a weak one never matches here (RFC 9110, 13.1.1).
_TAG = re.compile(r'"([1-9][0-9]{0,17})"')
# Asked for in words of the portal's own, so the framework is not to ask.
IfMatch = Annotated[str | None, HeaderParameter(name=IF_MATCH)]


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def expected_version(header: str | None) -> int | None:
    """The version that the caller saw, as If-Match says it; None for ``*``, any that is there.

    Raises VersionMissing without If-Match, Stale for a tag that no version ever had.
    """
    if header is None:
        raise VersionMissing(N_("Please say with If-Match which version you saw; it is the ETag of what you read."))
    if header.strip() == "*":
        return None
    tag = _TAG.fullmatch(header.strip())
    if tag is None:
        raise Stale(CHANGED_SINCE)
    return int(tag[1])
