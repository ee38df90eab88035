"""A company registers itself: what it says of itself is kept with a link, and becomes a company when the link is used.

Whether somebody has the address, nobody is told who does not have its mail. A corporate number is one company's: a
second registration under it is refused, with the way to be invited instead.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from testfields.accounts import attempts, ways_in
from testfields.accounts.attempts import email_subject, network_subject
from testfields.accounts.entries import (
    NewRole,
    email_faults,
    folded_email,
    name_faults,
    number_faults,
)
from testfields.accounts.rules import ASKS_PER_ADDRESS, ASKS_PER_EMAIL, COMPANY_ROLES, Actor, Purpose
from testfields.accounts.ways_in import OVER, WayIn
from testfields.core.corporate_number import folded_number
from testfields.core.errors import N_, Fault, InvalidInput, NotFound, fault
from testfields.core.texts import line_faults, text_faults, tidy
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import PERSON, Event, Subject
from testfields.joining import queries

LONGEST_LINE = 200
LONGEST_WISH = 2000
MOST_LISTED = 200
NUMBER_TAKEN = N_(
    "A company with this corporate number is registered. Please ask a manager of it to invite you by mail. If you do"
    " not know who that is, or if it is your company and not theirs, write to the owner of the land."
)


class NewCompany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a company says of itself. Sole traders and bodies from abroad have no `corporate_number` (法人番号)."""

    email: str
    name_ja: str
    name_en: str
    address: str
    wish: str
    kana: str = ""
    corporate_number: str = ""


@dataclass(frozen=True)
class Said:
    """The same as it is kept, without the address that it came from."""

    name_ja: str
    name_en: str
    kana: str
    corporate_number: str | None
    address: str
    wish: str


@dataclass(frozen=True)
class Unverified(Said):
    """A company that waits to be verified, and why it could not be, the last time that somebody looked."""

    id: int
    contact_email: str
    unverified_since: datetime
    not_verified_because: str


async def register(new: NewCompany, locale: str, address: str, now: datetime) -> int:
    """Have a link sent that makes the company, its number; `address` is the network address that asks.

    Raises InvalidInput with every fault found, TooMany.
    """
    email, said = folded_email(new.email), _said(new)
    faults = [*email_faults("email", email), *_faults(said)]
    if (
        not faults
        and said.corporate_number
        and await queries.NUMBER_IS_TAKEN.value(corporate_number=said.corporate_number)
    ):
        faults.append(fault("corporate_number", NUMBER_TAKEN))
    if faults:
        raise InvalidInput(faults)
    limits = {email_subject(email, "register"): ASKS_PER_EMAIL, network_subject(address, "register"): ASKS_PER_ADDRESS}
    await attempts.count(limits, now)
    return await _open(email, said, locale, now)


@transactional
async def _open(email: str, said: Said, locale: str, now: datetime) -> int:
    way_id = await ways_in.open_way(Purpose.REGISTER, email, locale, "register", now)
    await queries.REGISTER.run(
        way_in_id=way_id,
        name_ja=said.name_ja,
        name_en=said.name_en,
        kana=said.kana,
        corporate_number=said.corporate_number,
        address=said.address,
        wish=said.wish,
    )
    return way_id


def _said(new: NewCompany) -> Said:
    return Said(
        name_ja=tidy(new.name_ja),
        name_en=tidy(new.name_en),
        kana=tidy(new.kana),
        corporate_number=folded_number(new.corporate_number) or None,
        address=tidy(new.address),
        wish=new.wish.strip(),
    )


def _faults(said: Said) -> list[Fault]:
    return [
        *name_faults("name_ja", said.name_ja),
        *name_faults("name_en", said.name_en),
        *line_faults("kana", said.kana, LONGEST_LINE),
        *number_faults(said.corporate_number),
        *name_faults("address", said.address),
        *([] if said.wish else [fault("wish", N_("This field is required."))]),
        *text_faults("wish", said.wish, LONGEST_WISH),
    ]


async def said_by(way: WayIn) -> Said:
    """What is registered by a link; raises NotFound."""
    row = await queries.REGISTERED.row(way_in_id=way.id)
    if row is None:
        raise NotFound(OVER)
    return Said(**dict(row.items()))


async def roles_of(way: WayIn, now: datetime) -> list[NewRole]:
    """Make the company of a registration, which waits to be verified; what whoever registered it is there.

    Raises InvalidInput where another company has taken the number meanwhile.
    """
    company_id = await queries.FOUND.value(way_in_id=way.id, email=way.email, now=now)
    if company_id is None:
        raise InvalidInput([fault("corporate_number", NUMBER_TAKEN)])
    return [NewRole(company_id, role) for role in sorted(COMPANY_ROLES)]


# --- Staff look at it


async def unverified() -> list[Unverified]:
    """Companies that wait to be verified, the oldest first."""
    return await queries.UNVERIFIED.all(Unverified, limit=MOST_LISTED)


@transactional
async def verify(actor: Actor, company_id: int, now: datetime) -> None:
    """From now on the company may apply everywhere. Raises NotFound where it does not wait for that."""
    if await queries.VERIFY.value(id=company_id) is None:
        raise NotFound(NOT_WAITING)
    await _tell(actor, company_id, "verify", "", now)


@transactional
async def do_not_verify(actor: Actor, company_id: int, reason: str, now: datetime) -> None:
    """Tell the company why it could not be verified; it goes on waiting. Raises NotFound, InvalidInput."""
    reason = reason.strip()
    faults = [] if reason else [fault("reason", N_("Please give a reason; the company reads it."))]
    if faults := faults or text_faults("reason", reason, LONGEST_WISH):
        raise InvalidInput(faults)
    if await queries.NOT_VERIFIED.value(id=company_id, reason=reason) is None:
        raise NotFound(NOT_WAITING)
    await _tell(actor, company_id, "do_not_verify", reason, now)


async def _tell(actor: Actor, company_id: int, action: str, reason: str, now: datetime) -> None:
    told = Event(
        Subject.ORGANISATION,
        company_id,
        action,
        PERSON,
        tenant_id=company_id,
        actor_id=actor.person_id,
        reason=reason,
    )
    await events.tell([told], now)


NOT_WAITING = N_("This company does not wait to be verified. Somebody may have done it a moment ago.")
