"""A new password for who has forgotten theirs: asked for with an address, chosen by the link in the mail."""

from datetime import datetime

from testfields.accounts import attempts, passwords, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.attempts import email_subject, network_subject
from testfields.accounts.entries import check_password, email_faults, folded_email
from testfields.accounts.rules import ASKS_PER_ADDRESS, ASKS_PER_EMAIL, MAILED, Purpose
from testfields.core.errors import InvalidInput, NotFound
from testfields.db.engine import transactional


async def ask_for_password(email: str, locale: str, address: str, now: datetime) -> None:
    """Have a link sent to whoever has this e-mail; whether anybody has is looked at by the job that writes the mail.

    So the answer is the same, after the same work. Raises TooMany, and InvalidInput for what is no address.
    """
    email = folded_email(email)
    if faults := email_faults("email", email):
        raise InvalidInput(faults)
    limits = {email_subject(email, MAILED): ASKS_PER_EMAIL, network_subject(address, MAILED): ASKS_PER_ADDRESS}
    await attempts.count(limits, now)
    await _open(email, locale, now)


@transactional
async def _open(email: str, locale: str, now: datetime) -> None:
    await ways_in.open_way(Purpose.RESET, email, locale, "ask_for_password", now)


async def choose_password(
    secret: str, password: str, now: datetime, browser: str = "", end_tokens: bool = False
) -> accounts.NewSession:
    """Use a link: the new password takes the place of the old one, and all of the person's sessions end.

    Raises NotFound for a link that opens nothing, InvalidInput by the field `new`.
    """
    way = await ways_in.find(secret, now)
    if way.purpose is not Purpose.RESET:
        raise NotFound(ways_in.OVER)
    check_password(password, "new")
    return await _replace(way, secret, await passwords.hashed(password), now, browser, end_tokens)


@transactional
async def _replace(
    way: ways_in.WayIn, secret: str, password_hash: str, now: datetime, browser: str, end_tokens: bool
) -> accounts.NewSession:
    await ways_in.use(secret, None, now)
    session = await accounts.replace_password(way.email, password_hash, now, end_tokens, browser)
    if session is None:
        raise NotFound(ways_in.OVER)
    return session
