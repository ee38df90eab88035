"""What browsers are told to keep to, on every answer, and how long they may keep a file."""

from typing import Any

from litestar.types import Message, Scope

# Everything from the portal itself; tiles only where the administrator has switched them on.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:{tiles}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
GSI_TILES = "https://cyberjapandata.gsi.go.jp"


def headers(gsi_tiles: bool, secure: bool) -> list[tuple[bytes, bytes]]:
    """The headers that every answer carries."""
    policy = POLICY.format(tiles=f" {GSI_TILES}" if gsi_tiles else "")
    fixed = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), payment=(), geolocation=(self)",
    }
    if secure:
        fixed["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in fixed.items()]


def _keeping(scope: Scope) -> list[tuple[bytes, bytes]]:
    """How long a browser may keep a file: for good where its address bears a mark of its content, else for an hour."""
    if not scope["path"].startswith("/static/"):
        return []
    marked = scope["query_string"].startswith(b"v=")
    life = b"public, max-age=31536000, immutable" if marked else b"public, max-age=3600"
    return [(b"cache-control", life)]


def before_send(gsi_tiles: bool, secure: bool) -> Any:
    """A hook that adds them; it sees every answer, also one to an unknown address."""
    fixed = headers(gsi_tiles, secure)

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            wanted = [*fixed, *_keeping(scope)] if message["status"] == 200 else fixed
            message["headers"] = [*message["headers"], *(one for one in wanted if one[0] not in present)]

    return add
