"""Using a link that lets somebody into an organisation: an invitation, or the registration of a company.

Whoever uses it has the mail. Somebody unknown chooses a name and a password; somebody known has logged in, or
gives their password with it. So somebody of deactivated organisations alone, who cannot log in, comes in elsewhere.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from testfields.accounts import directory, passwords, ways_in
from testfields.accounts import service as accounts
from testfields.accounts.entries import NewRole, check_password, name_faults
from testfields.accounts.rules import Actor, Purpose
from testfields.accounts.ways_in import OVER, WayIn
from testfields.consent import service as consent
from testfields.consent.rules import Agreed
from testfields.core.errors import InvalidInput, NotFound
from testfields.core.texts import tidy
from testfields.db.engine import transactional
from testfields.joining import inviting, registering

# The roles that a link gives; raises NotFound where it gives none any more.
ROLES: Mapping[Purpose, Callable[[WayIn, datetime], Awaitable[Sequence[NewRole]]]] = {
    Purpose.INVITE: inviting.roles_of,
    Purpose.REGISTER: registering.roles_of,
}


async def as_new(
    secret: str, name: str, password: str, agreed: Agreed, now: datetime, browser: str = ""
) -> accounts.NewSession:
    """Enter as somebody whom the portal does not know yet.

    Raises NotFound for a link that opens nothing, or whose address somebody has; InvalidInput by `name`, `new` and
    `consent`, or where another company has taken the number meanwhile.
    """
    way, name = await _way(secret, now), tidy(name)
    if faults := name_faults("name", name):
        raise InvalidInput(faults)
    check_password(password, "new")
    return await _join(way, secret, name, await passwords.hashed(password), agreed, now, browser)


@transactional
async def _join(
    way: WayIn, secret: str, name: str, password_hash: str, agreed: Agreed, now: datetime, browser: str
) -> accounts.NewSession:
    versions = await consent.accepted(None, agreed, now)
    roles = await ROLES[way.purpose](way, now)
    person_id = await directory.join(way.email, name, way.locale, password_hash, roles)
    if person_id is None:
        raise NotFound(OVER)
    await ways_in.use(secret, person_id, now)
    await consent.keep(person_id, versions, agreed.locale, now)
    return await accounts.open_session(person_id, now, browser)


@transactional
async def as_known(actor: Actor, secret: str, agreed: Agreed, now: datetime) -> None:
    """Enter as somebody who has logged in.

    Raises NotFound where the link is not to this person's address, InvalidInput at `consent`.
    """
    way = await _way(secret, now)
    if way.email != actor.email:
        raise NotFound(OVER)
    await _take(actor.person_id, way, secret, agreed, now)


async def with_password(
    secret: str, password: str, address: str, agreed: Agreed, now: datetime, browser: str = ""
) -> accounts.NewSession:
    """Enter as somebody known who gives their password, asking from a network address.

    Raises NotFound for a link that opens nothing, TooMany, InvalidInput at `email` for the password and at `consent`.
    """
    way = await _way(secret, now)
    proof = await accounts.prove(way.email, password, address, now)
    return await _take_proved(proof, way, secret, agreed, now, browser)


@transactional
async def _take_proved(
    proof: accounts.Proof, way: WayIn, secret: str, agreed: Agreed, now: datetime, browser: str
) -> accounts.NewSession:
    await _take(proof.person_id, way, secret, agreed, now)
    return await accounts.open_session(proof.person_id, now, browser, proof.password_hash)


async def _take(person_id: int, way: WayIn, secret: str, agreed: Agreed, now: datetime) -> None:
    """Give what a link gives to somebody known. Belongs into a transaction."""
    roles = await ROLES[way.purpose](way, now)
    versions = await consent.accepted(person_id, agreed, now)
    await consent.keep(person_id, versions, agreed.locale, now)
    await ways_in.use(secret, person_id, now)
    await directory.give_roles(person_id, roles)


async def _way(secret: str, now: datetime) -> WayIn:
    way = await ways_in.find(secret, now)
    if way.purpose not in ROLES:
        raise NotFound(OVER)
    return way
