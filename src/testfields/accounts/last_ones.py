"""Roles without which an organisation stands still: whether whoever has one is the last who does.

What is read here is read behind the lock of the organisations: of two who go at once, the second knows of the first.
"""

from collections.abc import Iterable

from testfields.accounts import organisation_queries, queries
from testfields.accounts.rules import NEEDED_ROLES, MemberRole
from testfields.core.errors import N_, WrongState

# Each with the organisation in which it is held.
Held = set[tuple[int, MemberRole]]


class LastOne(WrongState):
    """Nobody would be left who can approve, and nobody has said that this is meant."""

    def __init__(self) -> None:
        super().__init__(LAST_APPROVER)


async def held(organisations: Iterable[int]) -> Held:
    """Which roles that these organisations need somebody has there who can log in.

    Nobody changes that until the transaction ends, to which this belongs.
    """
    wanted = sorted(role for roles in NEEDED_ROLES.values() for role in roles)
    ids = sorted(organisations)
    await organisation_queries.LOCK_ORGANISATIONS.rows(ids=ids)
    rows = await queries.ROLES_HELD.rows(organisations=ids, roles=wanted)
    return {(row["organisation_id"], MemberRole(row["role"])) for row in rows}


LAST_APPROVER = N_(
    "Nobody else of this owner of land can approve or reject. Until somebody is made an approver, no application there"
    " can be decided. If that is meant, please confirm it."
)
LAST_ADMIN = N_("This is the last administrator of the portal. Please make somebody else an administrator first.")
