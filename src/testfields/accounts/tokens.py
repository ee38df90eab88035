"""A person's API tokens: made, listed, and revoked by whoever they speak for."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from testfields.accounts import queries, service
from testfields.accounts.attempts import secret_hash
from testfields.accounts.entries import NewToken, check_token
from testfields.accounts.rules import MOST_TOKENS, Actor
from testfields.core.errors import N_, InvalidInput, NotFound, fault
from testfields.core.texts import tidy
from testfields.db.engine import transactional


@dataclass(frozen=True)
class IssuedToken:
    """An API token that was just made; nobody can read its secret again."""

    id: int
    secret: str = field(repr=False)


@dataclass(frozen=True)
class TokenRow:
    """A token in force, as its owner sees it in the list."""

    id: int
    name: str
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime


async def create(actor: Actor, new: NewToken, now: datetime) -> IssuedToken:
    """A token of the actor's own; raises InvalidInput."""
    check_token(actor, new, now)
    # It begins so that people and leak scanners know one when they see one.
    secret = f"tf_{secrets.token_urlsafe(service.SECRET_BYTES)}"
    token_id = await queries.ADD_TOKEN.value(
        person_id=actor.person_id,
        name=tidy(new.name),
        secret_hash=secret_hash(secret),
        scopes=sorted({scope.value for scope in new.scopes}),
        now=now,
        expires_at=new.expires_at,
        most=MOST_TOKENS,
    )
    if token_id is None:
        raise InvalidInput(
            [fault("name", N_("You have %(most)s tokens. Please revoke one that you no longer use."), most=MOST_TOKENS)]
        )
    return IssuedToken(token_id, secret)


@transactional
async def renew(actor: Actor, new: NewToken, now: datetime) -> IssuedToken:
    """A token in place of those of the same name."""
    await queries.REVOKE_TOKENS.run(person_id=actor.person_id, name=tidy(new.name), now=now)
    return await create(actor, new, now)


async def in_force(actor: Actor, now: datetime) -> list[TokenRow]:
    """The actor's tokens in force, newest first."""
    return await queries.TOKENS.all(TokenRow, person_id=actor.person_id, now=now)


async def revoke(actor: Actor, token_id: int, now: datetime) -> None:
    """End one of one's own tokens at once; raises NotFound for any other."""
    if not await queries.REVOKE_TOKEN.run(id=token_id, person_id=actor.person_id, now=now):
        raise NotFound(N_("There is no such token."))
