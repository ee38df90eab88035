"""What the table of authority says of one caller: at the door, of one thing, of all that may be seen."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from testfields.accounts.authority import JUDGES, Kind, May, Row, To
from testfields.accounts.rules import (
    COMPANY_ROLES,
    ROLES_OF,
    SCOPE_WORDS,
    Actor,
    Colleague,
    MemberRole,
    Membership,
    OrganisationKind,
    Scope,
)
from testfields.core.errors import N_, Message, NotAllowed, NotLoggedIn


@dataclass(frozen=True)
class Reach:
    """How far somebody may: ids of companies and of owners of land, or `everything` there is."""

    companies: list[int]
    owners: list[int]
    everything: bool


NOTHING = Reach([], [], False)


def let_in(caller: Actor | Kind | None, may: May) -> None:
    """The one door, before anything is looked at; raises NotLoggedIn, NotAllowed.

    `caller` is somebody by name, the portal or the terminal, or None for nobody. Where a row has no refusal, those of
    other roles pass, and find nothing.
    """
    row = may.value
    if Kind.ANYBODY in row.who or caller in row.who:
        return
    if caller is None:
        raise NotLoggedIn(N_("Please log in first."))
    if isinstance(caller, Kind):
        raise NotAllowed(N_("This is not for the command line or the worker to do."))
    theirs = [one for one in row.people if one.roles is None or any(_held(caller, one))]
    if not theirs and row.refusal is not None:
        raise NotAllowed(row.refusal)
    asked = theirs or row.people
    if not any(_carries(caller, one.scope) for one in asked):
        raise _lacking(caller, [one.scope for one in asked])


def reach(actor: Actor | None, may: May) -> Reach:
    """Whose things somebody may do this to; queries take from it what they show.

    Raises ValueError for what goes by no role: it is nobody's things, or anybody's.
    """
    if not may.value.by_roles:
        raise ValueError(f"{may.name} goes by no role and so by no organisation")
    if actor is None:
        return NOTHING
    held = list(_granted(actor, may.value))
    return Reach(
        companies=_of_kind(held, OrganisationKind.COMPANY),
        owners=_of_kind(held, OrganisationKind.OWNER),
        everything=bool(_of_kind(held, OrganisationKind.OPERATOR)),
    )


def allowed(actor: Actor | None, may: May, organisation_id: int | None = None) -> bool:
    """Whether somebody may do this, for one organisation's things or for any; templates take their buttons from it.

    Raises ValueError for an organisation's things where the row goes by no role.
    """
    if organisation_id is None and not may.value.by_roles:
        return _is_let_in(actor, may)
    far = reach(actor, may)
    if organisation_id is None:
        return far != NOTHING
    return far.everything or organisation_id in far.companies or organisation_id in far.owners


def _is_let_in(actor: Actor | None, may: May) -> bool:
    try:
        let_in(actor, may)
    except (NotLoggedIn, NotAllowed):
        return False
    return True


def seen_by(may: May) -> Callable[[Actor | None], bool]:
    """Tells of anybody who looks whether they are shown the way to this."""
    return lambda actor: allowed(actor, may)


def roles_in(actor: Actor, *organisations: int) -> frozenset[MemberRole]:
    """What somebody is in these organisations; a role counts where the organisation is of the kind that has it.

    Nobody judges what their own company asks for, nor in the place of somebody of that company: where both are named,
    no role that judges counts.
    """
    roles = frozenset(one.role for one in _counted(actor, organisations))
    return roles - JUDGES if roles & COMPANY_ROLES else roles


def stands_in_for(actor: Actor, company_id: int, owner_id: int) -> Colleague | None:
    """The approver in whose place somebody decides on what a company asks for on an owner's land, where they do so as
    a deputy."""
    return next((one.deputy_for for one in _counted(actor, (company_id, owner_id)) if one.deputy_for), None)


def _counted(actor: Actor, organisations: Collection[int]) -> Iterator[Membership]:
    """The memberships there that count; a deputy's does not where the approver's own company is named."""
    for one in actor.memberships:
        partial = one.deputy_for is not None and not set(one.deputy_for.companies).isdisjoint(organisations)
        if one.organisation_id in organisations and one.role in ROLES_OF[one.kind] and not partial:
            yield one


def roles_by(actor: Actor, may: May, *organisations: int) -> frozenset[MemberRole]:
    """The roles in these organisations by which somebody may do this, for whom some role allows it.

    Raises NotAllowed where the token carries the scope for none of them.
    """
    roles = roles_in(actor, *organisations)
    theirs = [one for one in may.value.people if one.roles is not None and one.roles & roles]
    usable = [one.roles & roles for one in theirs if one.roles is not None and _carries(actor, one.scope)]
    if not usable:
        raise _lacking(actor, [one.scope for one in theirs])
    return frozenset[MemberRole]().union(*usable)


def scopes_for(actor: Actor) -> frozenset[Scope]:
    """The scopes that a token of the actor's may carry: what the person can do, and no more."""
    useful = {one.scope for may in May for one in may.value.people if one.scope and any(_held(actor, one))}
    return frozenset({Scope.READ} | useful)


def _granted(actor: Actor, row: Row) -> Iterator[Membership]:
    for one in row.people:
        if _carries(actor, one.scope):
            yield from _held(actor, one)


def _held(actor: Actor, to: To) -> Iterator[Membership]:
    """The memberships by which the actor has one of the roles; a role counts in the organisations that have it."""
    for one in actor.memberships:
        if to.roles is not None and one.role in to.roles and one.role in ROLES_OF[one.kind]:
            yield one


def _of_kind(held: list[Membership], kind: OrganisationKind) -> list[int]:
    return sorted({one.organisation_id for one in held if one.kind is kind})


def _carries(actor: Actor, scope: Scope | None) -> bool:
    return actor.in_browser if scope is None else scope in actor.scopes


def _lacking(actor: Actor, scopes: list[Scope | None]) -> NotAllowed:
    wanted = scopes[0]
    if wanted is None:
        return NotAllowed(N_("Tokens are made and revoked in a browser only. Please log in there."))
    if len(scopes) > 1 and actor.scopes <= {Scope.READ}:
        return NotAllowed(N_("This API token may only read."))
    return NotAllowed(N_("This API token lacks the scope “%(scope)s”."), scope=Message(SCOPE_WORDS[wanted]))
