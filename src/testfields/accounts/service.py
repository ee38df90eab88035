"""Proving who somebody is."""

import hashlib
from datetime import datetime

import msgspec

from testfields.accounts import queries
from testfields.accounts.rules import Actor, Membership, Scope

MEMBERSHIPS = msgspec.json.Decoder(tuple[Membership, ...])


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret: it has 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


async def actor_by_token(token: str, now: datetime) -> Actor | None:
    """Whom an API token speaks for, or None when it is unknown, expired or revoked."""
    row = await queries.BY_TOKEN.row(secret_hash=secret_hash(token), now=now)
    if row is None:
        return None
    scopes = frozenset(Scope(scope) for scope in row["scopes"])
    memberships = MEMBERSHIPS.decode(row["memberships"])
    return Actor(row["person_id"], row["email"], row["name"], row["locale"], memberships, scopes)


async def actor_by_session(cookie: str, now: datetime) -> Actor | None:
    """Whose browser this is, or None when its session is unknown or over."""
    row = await queries.BY_SESSION.row(secret_hash=secret_hash(cookie), now=now)
    if row is None:
        return None
    memberships = MEMBERSHIPS.decode(row["memberships"])
    return Actor(row["person_id"], row["email"], row["name"], row["locale"], memberships, csrf_token=row["csrf_token"])
