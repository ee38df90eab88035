"""Whose request it is behind reverse proxies: the nearest address that is not one of the trusted proxies.

Each proxy adds the address that it was asked from at the right end of ``Forwarded`` (RFC 7239) or ``X-Forwarded-For``;
whatever stands left of the last trusted one's word, anybody may have written.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# A parameter of a Forwarded element, with a token or a quoted string; or what ends the parameter or the element. Blanks
# are taken once and never given back: without a parameter between them two runs could share them in as many ways.
_PAIR = re.compile(
    r"""[ \t]*+(?:(?P<name>[\w!#$%&'*+.^`|~-]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s",;]*)))?"""
    r"[ \t]*+(?P<end>[,;]|$)"
)
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](?::\w+)?|(?P<four>[^:]*)(?::\w+)?")


def address_in(text: str) -> Address | None:
    """An address, with a port or in brackets or neither; an IPv4 address also where it is written as IPv6."""
    match = _WITH_PORT.fullmatch(text.strip())
    try:
        found = ip_address((match["six"] or match["four"] or "") if match else text.strip())
    except ValueError:
        return None
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found


def asker(peer: str, forwarded: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address that asks, given the one that is connected and the two headers as they came.

    Where both headers are there and name different ones, neither is believed: a proxy that writes the one passes the
    other on as its visitor wrote it.
    """
    known = address_in(peer)
    if not _among(known, trusted):
        return str(known or peer)
    told = {
        _nearest(peer, reversed(list(places)), trusted)
        for header, places in ((forwarded, _forwarded(forwarded)), (forwarded_for, iter(forwarded_for.split(","))))
        if header
    }
    return told.pop() if len(told) == 1 else str(known or peer)


def _among(address: Address | None, trusted: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in trusted)


def _nearest(peer: str, places: Iterable[str], trusted: Sequence[Network]) -> str:
    """The first that is not trusted, seen from here; the last known one where the next is not told."""
    known = address_in(peer)
    if known is None:
        return peer
    for place in places:
        if not _among(known, trusted):
            break
        further = address_in(place)
        if further is None:
            break
        known = further
    return str(known)


def _forwarded(header: str) -> Iterator[str]:
    """The ``for`` of each element of a Forwarded header; empty where an element has none, or cannot be read."""
    place, at = "", 0
    while at < len(header):
        match = _PAIR.match(header, at)
        if match is None:
            yield ""
            return
        if (match["name"] or "").lower() == "for":
            place = match["token"] or match["quoted"] or ""
        if match["end"] != ";":
            yield place
            place = ""
        at = max(match.end(), at + 1)


def behind_proxies(app: ASGIApp, trusted: Sequence[Network]) -> ASGIApp:
    """`app`, for which a request comes from whoever asked the trusted proxies; everybody else's word is not heard."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["client"]:
            host, port = scope["client"]
            forwarded, forwarded_for = (_joined(scope, name) for name in (b"forwarded", b"x-forwarded-for"))
            scope["client"] = (asker(host, forwarded, forwarded_for, trusted), port)
        await app(scope, receive, send)

    return answer


def _joined(scope: Scope, name: bytes) -> str:
    """A header's lines as one (RFC 9110, 5.3)."""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)
