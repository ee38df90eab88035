"""What browsers are told to keep to, on every answer."""

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


def before_send(gsi_tiles: bool, secure: bool) -> Any:
    """A hook that adds them; it sees every answer, also one to an unknown address."""
    fixed = headers(gsi_tiles, secure)

    async def add(message: Message, _scope: Scope) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(one for one in fixed if one[0] not in present)]

    return add
