"""Issuing permits, revoking them, and answering whoever checks one."""

import secrets
from datetime import datetime

import asyncpg
from shapely.geometry.base import BaseGeometry

from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, NotFound
from testfields.db.engine import transactional
from testfields.permits import queries
from testfields.permits.rules import (
    CODE_BYTES,
    ENTITLED,
    Permit,
    Permitted,
    become_of,
    make_code,
    phase_of,
    read_code,
    standing_of,
)
from testfields.reservations import reading
from testfields.reservations.rules import State
from testfields.reservations.words import areas_told, stays_told, volumes_told


@transactional
async def issue(reservation_id: int, now: datetime) -> None:
    """Issue the permit of a reservation's latest confirmation, once; nothing where it is confirmed no more."""
    code = make_code(secrets.token_bytes(CODE_BYTES))
    await queries.ISSUE.run(reservation_id=reservation_id, entitled=sorted(ENTITLED), code=code, now=now)


@transactional
async def revoke(reservation_id: int, reason: str, now: datetime) -> None:
    """Revoke every permit of a reservation that no longer holds; the one of a confirmation in force stays."""
    await queries.REVOKE.run(reservation_id=reservation_id, entitled=sorted(ENTITLED), reason=reason, now=now)


async def check(typed: str, now: datetime) -> Permit:
    """The permit with the code somebody typed or scanned; raises NotFound for a code that was never issued."""
    code = read_code(typed)
    row = await queries.CHECK.row(code=code) if code else None
    if row is None:
        raise NotFound(N_("No permit has this code."))
    return _permit(row, now)


async def place_of(typed: str) -> tuple[str, list[BaseGeometry]]:
    """The slug of the field that a permit is for, and the shapes that it permits; raises NotFound as `check` does."""
    code = read_code(typed)
    row = await queries.PLACE.row(code=code) if code else None
    if row is None:
        raise NotFound(N_("No permit has this code."))
    return row["slug"], row["shapes"]


async def of_reservation(actor: Actor, reservation_id: int, now: datetime) -> Permit:
    """The newest permit of a reservation that the actor may see; raises NotFound."""
    row = await reading.find(actor, reservation_id, May.SEE_PERMIT)
    code: str | None = await queries.CODE_OF.value(reservation_id=reservation_id)
    if code is None and row["state"] in ENTITLED:
        raise NotFound(N_("The permit is being issued. Please load this page again in a moment."))
    if code is None:
        raise NotFound(N_("No permit has been issued for this application."))
    return await check(code, now)


def _permit(row: asyncpg.Record, now: datetime) -> Permit:
    values = dict(row.items())
    state = State(values.pop("state"))
    stays, volumes = stays_told(values.pop("stays")), volumes_told(values.pop("volumes"))
    permitted = tuple(Permitted(**vars(one), state=become_of(one.period, stays)) for one in volumes)
    return Permit(
        **values | areas_told(volumes),
        standing=standing_of(state, row["revoked_at"]),
        phase=phase_of(state, permitted, now),
        permitted=permitted,
    )
