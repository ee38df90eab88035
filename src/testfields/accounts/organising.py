"""One organisation: what is said of it, whether its people may work here, and whom an owner lets apply for its land."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from testfields.accounts import organisation_queries as queries
from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.entries import ChangedOrganisation, check_change
from testfields.accounts.rules import Actor, MemberRole, OrganisationKind
from testfields.core.errors import N_, InvalidInput, NotFound, WrongState, fault, refuse_stale
from testfields.core.texts import tidy
from testfields.db.engine import transactional
from testfields.events import service as events
from testfields.events.rules import Event, Subject

NO_SUCH = N_("There is no such organisation.")
TOO_FAR = N_(
    "The test field “%(site)s” lies too far from this system: distances there would be wrong by more than 0.1 %%."
)
TIDIED = ("name_ja", "name_en", "kana", "address")


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation as administrators see it; `active` is whether its people may work here for it."""

    id: int
    kind: str
    slug: str
    name_ja: str
    name_en: str
    kana: str
    corporate_number: str | None
    address: str
    contact_email: str
    metric_crs: int
    asks_verified: bool
    active: bool
    version: int
    created_at: datetime


@dataclass(frozen=True)
class Asking:
    """An owner of land, and whether only verified companies may apply for its land."""

    id: int
    name_ja: str
    name_en: str
    asks_verified: bool


async def organisations(before: int, limit: int, words: str | None = None) -> list[OrganisationRow]:
    """Organisations older than `before`, newest first; of `words` all are to be found in the name."""
    return await queries.ORGANISATIONS.all(OrganisationRow, before=before, limit=limit, words=words)


async def organisation(organisation_id: int) -> OrganisationRow:
    """One organisation; raises NotFound."""
    found = await queries.ORGANISATION.one(OrganisationRow, organisation_id=organisation_id)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


@transactional
async def change(
    actor: Actor, organisation_id: int, version: int | None, new: ChangedOrganisation, now: datetime
) -> OrganisationRow:
    """Say anew what was seen at `version`, None for any. Raises NotFound, Stale, InvalidInput."""
    await queries.LOCK_ORGANISATIONS.rows(ids=[organisation_id])
    was = await organisation(organisation_id)
    refuse_stale(version, was.version)
    said = msgspec.structs.asdict(new)
    said |= {name: tidy(said[name]) for name in TIDIED}
    check_change(ChangedOrganisation(**said))
    try:
        await queries.CHANGE_ORGANISATION.run(organisation_id=organisation_id, **said)
    except asyncpg.UniqueViolationError as error:
        raise InvalidInput([fault("corporate_number", N_("Another organisation has this already."))]) from error
    except asyncpg.CheckViolationError as error:
        # Told by `sites`, whose land it is (measuring.sql).
        if error.constraint_name != "organisation_metric_crs":
            raise
        raise InvalidInput([fault("metric_crs", TOO_FAR, site=error.detail)]) from error
    changed = {name: getattr(was, name) for name, value in said.items() if value != getattr(was, name)}
    if changed:
        await _tell(actor, organisation_id, "change", MemberRole.ADMIN, now, {"was": changed})
    return await organisation(organisation_id)


@transactional
async def set_active(actor: Actor, organisation_id: int, active: bool, now: datetime) -> None:
    """Let an organisation's people work here for it, or not any more; nothing of theirs goes.

    Told only where it changes anything. Raises NotFound, WrongState for the operator of the portal.
    """
    row = await queries.SET_ORGANISATION_ACTIVE.row(organisation_id=organisation_id, active=active)
    if row is None:
        raise NotFound(NO_SUCH)
    if row["kind"] == OrganisationKind.OPERATOR:
        raise WrongState(N_("The operator of the portal cannot be deactivated."))
    if row["was"] != active:
        await _tell(actor, organisation_id, "activate" if active else "deactivate", MemberRole.ADMIN, now)


async def asking(actor: Actor) -> list[Asking]:
    """The owners for whom the actor may say whether companies have to be verified; not all those of the portal."""
    return await queries.ASKING.all(Asking, owners=reach(actor, May.ASK_VERIFIED).owners)


@transactional
async def ask_verified(actor: Actor, organisation_id: int, asks: bool, now: datetime) -> None:
    """From now on companies have to be verified before they apply for the owner's land, or not.

    Raises NotFound for what is no owner that the actor manages.
    """
    far = reach(actor, May.ASK_VERIFIED)
    was = await queries.ASK_VERIFIED.value(
        organisation_id=organisation_id, asks=asks, owners=far.owners, everything=far.everything
    )
    if was is None:
        raise NotFound(NO_SUCH)
    if was != asks:
        role = MemberRole.ADMIN if far.everything else MemberRole.STAFF_MANAGER
        await _tell(actor, organisation_id, "change", role, now, {"was": {"asks_verified": was}})


async def _tell(
    actor: Actor,
    organisation_id: int,
    action: str,
    role: MemberRole,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    told = Event(
        Subject.ORGANISATION,
        organisation_id,
        action,
        role,
        tenant_id=organisation_id,
        actor_id=actor.person_id,
        details=details or {},
    )
    await events.tell([told], now)
