"""How often something may be tried or asked for, counted by what it is about and by the network that asks.

What is counted is kept as a hash alone: neither addresses nor what people mistype.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address, ip_network

from testfields.accounts import queries
from testfields.accounts.rules import ATTEMPT_WINDOW
from testfields.core.errors import TooMany


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret: it has 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def email_subject(email: str, of: str = "email") -> bytes:
    """What is counted of one account; `of` tells apart what is tried with it."""
    return secret_hash(f"{of} {email}")


def network_subject(address: str, of: str = "network") -> bytes:
    """An IPv6 customer is given a network of 64 bits (RFC 6177), so that is what is counted."""
    try:
        host = ip_address(address)
    except ValueError:
        return secret_hash(f"{of} {address}")
    return secret_hash(f"{of} {ip_network((host, 64), strict=False) if host.version == 6 else host}")


async def count(limits: Mapping[bytes, int], now: datetime) -> None:
    """Count one attempt for each subject; raises TooMany where one of them has had as many as its limit says."""
    rows = await queries.COUNT_ATTEMPT.rows(subjects=list(limits), now=now, ends_at=now + ATTEMPT_WINDOW)
    waits = [row["ends_at"] - now for row in rows if row["attempts"] > limits[row["subject"]]]
    if waits:
        raise TooMany(int(max(waits).total_seconds()) + 1)
