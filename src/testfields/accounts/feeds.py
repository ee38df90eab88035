"""A person's calendar for programs that cannot log in: at a secret address, one for each person."""

import secrets
from datetime import datetime

from testfields.accounts import attempts, queries, service
from testfields.accounts.attempts import email_subject, network_subject, secret_hash
from testfields.accounts.rules import ATTEMPTS_PER_ADDRESS, READS_PER_FEED, Actor
from testfields.core.errors import N_, NotFound

NO_SUCH = N_("There is no such calendar. Its address may have been renewed or ended.")


async def renew(actor: Actor, now: datetime) -> str:
    """A new secret in place of the one before, which opens nothing from now on."""
    secret = secrets.token_urlsafe(service.SECRET_BYTES)
    await queries.RENEW_FEED.run(person_id=actor.person_id, secret_hash=secret_hash(secret), now=now)
    return secret


async def since(actor: Actor) -> datetime | None:
    """When the address in force was made, if there is one."""
    made: datetime | None = await queries.FEED_SINCE.value(person_id=actor.person_id)
    return made


async def end(actor: Actor) -> None:
    """End the address at once; nothing where there is none."""
    await queries.END_FEED.run(person_id=actor.person_id)


async def reader(secret: str, address: str, now: datetime) -> Actor:
    """Whose calendar it is. Raises NotFound, in the same words whatever became of it, and TooMany.

    Guesses are counted by the network that asks, reading by the feed alone: who guesses keeps nobody from reading.
    """
    actor = await service.actor_by_feed(secret)
    if actor is None:
        await attempts.count({network_subject(address, "feed"): ATTEMPTS_PER_ADDRESS}, now)
        raise NotFound(NO_SUCH)
    await attempts.count({email_subject(str(actor.person_id), "feed"): READS_PER_FEED}, now)
    return actor
