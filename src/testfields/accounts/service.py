"""Proving who somebody is: by password, session of a browser, or token."""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

import asyncpg
import msgspec

from testfields.accounts import attempts, passwords, queries, way_queries
from testfields.accounts.attempts import email_subject, network_subject, secret_hash
from testfields.accounts.entries import (
    OwnAccount,
    check_name,
    check_password,
    folded_email,
    is_email,
)
from testfields.accounts.rules import (
    ATTEMPTS_PER_ADDRESS,
    ATTEMPTS_PER_EMAIL,
    SESSION_LIFE,
    Actor,
    Membership,
    Scope,
)
from testfields.core.errors import N_, InvalidInput, NotFound, fault
from testfields.core.texts import tidy
from testfields.db.engine import transactional

MEMBERSHIPS = msgspec.json.Decoder(tuple[Membership, ...])
SECRET_BYTES = 32
NOT_PRESENT = N_("This is not your present password.")
WRONG_PASSWORD = N_("The e-mail address or the password is not right.")


@dataclass(frozen=True)
class NewSession:
    """A browser that has just logged in; `secret` is its cookie, `browser` what it keeps when that has ended."""

    secret: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(frozen=True)
class Proof:
    """Somebody who has given their password, by what is stored of it."""

    person_id: int
    password_hash: str = field(repr=False)


async def actor_by_token(token: str, now: datetime) -> Actor | None:
    """Whom an API token speaks for, or None when it is unknown, expired or revoked."""
    row = await queries.BY_TOKEN.row(secret_hash=secret_hash(token), now=now)
    return None if row is None else _actor(row, scopes=frozenset(Scope(scope) for scope in row["scopes"]))


async def actor_by_session(cookie: str, now: datetime) -> Actor | None:
    """Whose browser this is, or None when its session is unknown or over."""
    row = await queries.BY_SESSION.row(secret_hash=secret_hash(cookie), now=now)
    if row is None:
        return None
    return _actor(row, csrf_token=row["csrf_token"], initial_password=row["initial_password"])


async def actor_by_email(email: str) -> Actor | None:
    """Somebody as commands and the demo act for them; None where there is nobody active."""
    row = await queries.ACTOR_BY_EMAIL.row(email=folded_email(email))
    return None if row is None else _actor(row)


async def actor_by_id(person_id: int) -> Actor | None:
    """Somebody by number, who has done something before; None where there is nobody active."""
    row = await queries.ACTOR_BY_ID.row(person_id=person_id)
    return None if row is None else _actor(row)


async def person_by_email(email: str) -> int | None:
    """Who has the address, also somebody of deactivated organisations alone; None where they are locked out."""
    row = await queries.PASSWORD_OF.row(email=email)
    return None if row is None else row["person_id"]


async def actor_by_feed(secret: str) -> Actor | None:
    """Whose calendar a secret address shows, or None when it is unknown, ended or its person is locked out."""
    row = await queries.BY_FEED.row(secret_hash=secret_hash(secret))
    return None if row is None else _actor(row)


def _actor(row: asyncpg.Record, **more: object) -> Actor:
    memberships = MEMBERSHIPS.decode(row["memberships"])
    return Actor(row["person_id"], row["email"], row["name"], row["locale"], memberships, **more)  # type: ignore[arg-type]


def form_token(browser: str, person_id: int) -> str:
    """What the forms of one session carry: chance, and a mark of the person and the browser.

    The mark alone opens nothing. It is the same after the next login, and another for anybody else who logs in there:
    by it a form on which somebody was writing when the login ended is known as theirs, and offered to be sent again.
    """
    mark = hmac.digest(browser.encode(), str(person_id).encode(), "sha256").hex()
    return f"{secrets.token_urlsafe(SECRET_BYTES)}.{mark}"


async def log_in(email: str, password: str, address: str, now: datetime, browser: str = "") -> NewSession:
    """A new session for whoever knows the password; `address` is the network address that asks.

    `browser` is what the browser kept from the login before, if anything.
    Raises as `prove` does, also for whoever is of deactivated organisations alone.
    """
    proof = await prove(email, password, address, now)
    session = await _new_session(proof.person_id, now, browser, proof.password_hash)
    if session is None:
        raise InvalidInput([fault("email", WRONG_PASSWORD)])
    return session


async def prove(email: str, password: str, address: str, now: datetime) -> Proof:
    """Find out that somebody who is not locked out knows the password; whether they may come in is not asked.

    Raises TooMany after too many attempts, InvalidInput where e-mail and password do not belong together: in the
    same words and after the same time whether or not anybody has that e-mail.
    """
    email = folded_email(email)
    await _count_attempt(email, address, now)
    row = await queries.PASSWORD_OF.row(email=email) if is_email(email) else None
    right = await passwords.matches(password, row["password_hash"] if row else None)
    if row is None or not right:
        raise InvalidInput([fault("email", WRONG_PASSWORD)])
    await _forgive(email, address)
    return Proof(row["person_id"], row["password_hash"])


async def open_session(
    person_id: int, now: datetime, browser: str = "", password_hash: str | None = None
) -> NewSession:
    """A new session; raises NotFound for nobody, for nobody active, and where the password is another by now."""
    session = await _new_session(person_id, now, browser, password_hash)
    if session is None:
        raise NotFound(N_("There is no such person."))
    return session


async def close_session(cookie: str) -> None:
    """End a browser's session; nothing for one that is unknown."""
    await queries.CLOSE_SESSION.run(secret_hash=secret_hash(cookie))


async def change_password(
    actor: Actor, current: str, new: str, address: str, now: datetime, end_tokens: bool = False
) -> NewSession:
    """Replace one's own password and end all of one's sessions; answers with a new one for this browser.

    `end_tokens` ends all of one's API tokens with them.

    Raises TooMany, or InvalidInput by the fields `current` and `new`.
    """
    check_password(new, "new")
    stored = await prove_again(actor, "current", current, address, now)
    return await _replace_password(actor.person_id, stored, await passwords.hashed(new), now, end_tokens)


async def prove_again(actor: Actor, path: str, current: str, address: str, now: datetime) -> str:
    """Find out that somebody who is logged in knows their password; what is stored of it.

    Raises TooMany, or InvalidInput by the field `path`.
    """
    await _count_attempt(actor.email, address, now)
    row = await queries.PASSWORD_OF.row(email=actor.email)
    stored: str | None = row["password_hash"] if row else None
    if stored is None or not await passwords.matches(current, stored):
        raise InvalidInput([fault(path, NOT_PRESENT)])
    await _forgive(actor.email, address)
    return stored


@transactional
async def _replace_password(
    person_id: int, known_hash: str, password_hash: str, now: datetime, end_tokens: bool
) -> NewSession:
    """Raises InvalidInput where somebody else has set another password in between."""
    changed = await queries.SET_PASSWORD.value(
        person_id=person_id, known_hash=known_hash, password_hash=password_hash, initial=False
    )
    if changed is None:
        raise InvalidInput([fault("current", NOT_PRESENT)])
    await end_what_hangs_on_it(person_id, now, end_tokens)
    return await open_session(person_id, now)


async def _new_session(
    person_id: int, now: datetime, browser: str, password_hash: str | None = None
) -> NewSession | None:
    """None where the person is not active, or has another password by now."""
    browser = browser or secrets.token_urlsafe(SECRET_BYTES)
    session = NewSession(secrets.token_urlsafe(SECRET_BYTES), browser)
    opened = await queries.OPEN_SESSION.run(
        secret_hash=secret_hash(session.secret),
        person_id=person_id,
        csrf_token=form_token(browser, person_id),
        now=now,
        expires_at=now + SESSION_LIFE,
        password_hash=password_hash,
    )
    return session if opened else None


async def _count_attempt(email: str, address: str, now: datetime) -> None:
    """Raise TooMany where the account or the network has had its attempts."""
    await attempts.count(
        {email_subject(email): ATTEMPTS_PER_EMAIL, network_subject(address): ATTEMPTS_PER_ADDRESS}, now
    )


async def _forgive(email: str, address: str) -> None:
    """The account starts anew; the network gets back this attempt alone, lest one's own account pays for others."""
    await queries.FORGET_ATTEMPTS.run(subject=email_subject(email))
    await queries.FORGET_ONE_ATTEMPT.run(subject=network_subject(address))


@transactional
async def replace_password(
    email: str, password_hash: str, now: datetime, end_tokens: bool = False, browser: str = ""
) -> NewSession | None:
    """A new password for somebody who has proved who they are without the old one; a session in place of all others.

    None where nobody active has that e-mail; raises NotFound for somebody of deactivated organisations alone.
    """
    row = await queries.PASSWORD_OF.row(email=email)
    if row is None:
        return None
    person_id = row["person_id"]
    await queries.SET_PASSWORD.value(person_id=person_id, known_hash=None, password_hash=password_hash, initial=False)
    await end_what_hangs_on_it(person_id, now, end_tokens)
    await queries.FORGET_ATTEMPTS.run(subject=email_subject(email))
    return await open_session(person_id, now, browser)


async def end_what_hangs_on_it(person_id: int, now: datetime, end_tokens: bool = False) -> None:
    """End what was begun by a password that is replaced: sessions, a change of address on its way, if wanted tokens."""
    await queries.CLOSE_SESSIONS.run(person_id=person_id)
    await way_queries.END_ASKED.run(person_id=person_id, now=now)
    if end_tokens:
        await queries.REVOKE_TOKENS.run(person_id=person_id, name=None, now=now)
        await queries.END_FEED.run(person_id=person_id)


async def change_account(actor: Actor, chosen: OwnAccount) -> Actor:
    """One's name, and the language of one's mails and of the pages after logging in; the actor with them.

    Raises InvalidInput for what is no name.
    """
    name = actor.name if chosen.name is None else tidy(chosen.name)
    check_name(name)
    await queries.CHANGE_ACCOUNT.run(person_id=actor.person_id, locale=chosen.locale, name=name)
    return replace(actor, locale=chosen.locale, name=name)


async def forget_expired(now: datetime) -> int:
    """Delete sessions that are over and attempts that count no longer; how many rows went."""
    return await queries.FORGET_SESSIONS.run(now=now) + await queries.FORGET_PAST_ATTEMPTS.run(now=now)
