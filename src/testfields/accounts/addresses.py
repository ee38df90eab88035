"""One's e-mail address: asked for with the password, changed by a link to the new one, undone by a link to the old one.

Whether anybody has an address is told to nobody who does not have its mail (0029). Sessions and tokens stay.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from testfields.accounts import attempts, passwords, queries, service, way_queries, ways_in
from testfields.accounts.attempts import email_subject, network_subject
from testfields.accounts.entries import NewEmail, check_password, email_faults, folded_email
from testfields.accounts.rules import ASKS_PER_ADDRESS, ASKS_PER_EMAIL, MAILED, Actor, Purpose
from testfields.accounts.ways_in import OVER, WayIn
from testfields.core.errors import N_, InvalidInput, NotFound, WrongState, fault
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import PERSON, PORTAL, Event, Subject


@dataclass(frozen=True)
class Asked:
    """An address that somebody wants to have, and until when its link can be used."""

    email: str
    expires_at: datetime


async def asked(actor: Actor, now: datetime) -> Asked | None:
    """The change that waits to be confirmed, if there is one."""
    return await way_queries.ASKED.one(Asked, person_id=actor.person_id, now=now)


async def ask(actor: Actor, new: NewEmail, address: str, now: datetime) -> None:
    """Have a link sent to the new address, in place of one before; `address` is the network address that asks.

    Raises InvalidInput by `email` and `password`, TooMany.
    """
    email = folded_email(new.email)
    faults = email_faults("email", email)
    if email == actor.email:
        faults.append(fault("email", N_("This is your address already.")))
    if faults:
        raise InvalidInput(faults)
    await service.prove_again(actor, "password", new.password, address, now)
    await _send(actor, email, address, now)


async def send_again(actor: Actor, address: str, now: datetime) -> None:
    """The same once more, with another link. Raises NotFound where nothing waits, TooMany."""
    waits = await asked(actor, now)
    if waits is None:
        raise NotFound(N_("No change of your e-mail address waits to be confirmed."))
    await _send(actor, waits.email, address, now)


async def cancel(actor: Actor, now: datetime) -> None:
    """Keep the address that one has; nothing where no change waits."""
    await way_queries.END_ASKED.run(person_id=actor.person_id, now=now)


async def holder(email: str) -> tuple[str, str] | None:
    """The name and language of whoever has an address, locked out or not; for the mail to it alone."""
    row = await queries.HOLDER.row(email=email)
    return None if row is None else (row["name"], row["locale"])


async def _send(actor: Actor, email: str, address: str, now: datetime) -> None:
    limits = {email_subject(email, MAILED): ASKS_PER_EMAIL, network_subject(address, MAILED): ASKS_PER_ADDRESS}
    await attempts.count(limits, now)
    await _open(actor, email, now)


@transactional
async def _open(actor: Actor, email: str, now: datetime) -> None:
    # Of two who ask at once the second ends what the first has opened.
    await queries.LOCK_EMAIL.run(person_id=actor.person_id)
    await way_queries.END_ASKED.run(person_id=actor.person_id, now=now)
    await ways_in.open_way(Purpose.NEW_EMAIL, email, actor.locale, "ask_for_email", now, person_id=actor.person_id)


@transactional
async def confirm(actor: Actor, secret: str, now: datetime) -> None:
    """Use the link to the new address, as whoever has logged in.

    Raises NotFound where the link is not this person's, WrongState where somebody else has the address by now.
    """
    way, person_id = await _way(secret, Purpose.NEW_EMAIL, now)
    if person_id != actor.person_id:
        raise NotFound(OVER)
    await _change(way, person_id, secret, now)


async def confirm_with_password(
    secret: str, password: str, address: str, now: datetime, browser: str = ""
) -> service.NewSession:
    """The same as somebody who gives their password, asking from a network address: the mail alone is not enough, as
    it may have gone to a stranger whose address was typed by mistake.

    Raises TooMany, InvalidInput at `email` for the password, and as `confirm` does.
    """
    way, person_id = await _way(secret, Purpose.NEW_EMAIL, now)
    person = await service.actor_by_id(person_id)
    if person is None:
        raise NotFound(OVER)
    proof = await service.prove(person.email, password, address, now)
    return await _change_proved(way, proof, secret, now, browser)


@transactional
async def _change_proved(
    way: WayIn, proof: service.Proof, secret: str, now: datetime, browser: str
) -> service.NewSession:
    await _change(way, proof.person_id, secret, now)
    return await service.open_session(proof.person_id, now, browser, proof.password_hash)


async def _change(way: WayIn, person_id: int, secret: str, now: datetime) -> None:
    """What follows from the last event tells the old address. Belongs into a transaction."""
    old, locale = await _set(person_id, way.email, now)
    await ways_in.use(secret, person_id, now)
    told = Event(Subject.PERSON, person_id, "change_email", PERSON, actor_id=person_id)
    await events.tell([told], now)
    await ways_in.open_way(Purpose.OLD_EMAIL, old, locale, "tell_old_email", now, person_id=person_id)


async def take_back(secret: str, password: str, now: datetime, browser: str = "") -> service.NewSession:
    """Use the link to the old address: the account has it again, and a new password; sessions and tokens end.

    Raises NotFound, InvalidInput by `new` for the password, WrongState where somebody else has the address by now.
    """
    way, person_id = await _way(secret, Purpose.OLD_EMAIL, now)
    check_password(password, "new")
    return await _take_back(way, person_id, secret, await passwords.hashed(password), now, browser)


@transactional
async def _take_back(
    way: WayIn, person_id: int, secret: str, password_hash: str, now: datetime, browser: str
) -> service.NewSession:
    await _set(person_id, way.email, now)
    await ways_in.use(secret, person_id, now)
    await way_queries.END_LATER.run(person_id=person_id, id=way.id, now=now)
    await events.tell([Event(Subject.PERSON, person_id, "take_back_email", PORTAL)], now)
    session = await service.replace_password(way.email, password_hash, now, end_tokens=True, browser=browser)
    if session is None:
        raise NotFound(OVER)
    return session


async def _set(person_id: int, email: str, now: datetime) -> tuple[str, str]:
    """Change an address, and let what waits at the one before follow; that one, and the person's language.

    It comes before the link is used, as whoever changes the password has the person first, then the link.
    Raises WrongState where somebody else has the address by now.
    """
    row = await queries.LOCK_EMAIL.row(person_id=person_id)
    if row is None:
        raise NotFound(OVER)
    try:
        await queries.SET_EMAIL.run(person_id=person_id, email=email)
    except asyncpg.UniqueViolationError as error:
        raise WrongState(N_("This address belongs to another account by now. Nothing was changed.")) from error
    await way_queries.FOLLOW.run(old=row["email"], new=email, now=now)
    return row["email"], row["locale"]


async def _way(secret: str, purpose: Purpose, now: datetime) -> tuple[WayIn, int]:
    way = await ways_in.find(secret, now)
    if way.purpose is not purpose or way.person_id is None:
        raise NotFound(OVER)
    return way, way.person_id
