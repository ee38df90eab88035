"""Two tenants that mirror each other, everybody in them, and something of the first one's for every address."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from httpx import AsyncClient

from testfields import workflow
from testfields.accounts.identity import CSRF_FIELD, CSRF_HEADER, SESSION_COOKIE
from testfields.accounts.rules import COMPANY_ROLES, STAFF_ROLES, Actor, MemberRole, OrganisationKind, Scope
from testfields.accounts.tables import ApiToken, Membership, Organisation, Person
from testfields.core.clock import now
from testfields.core.local_time import JAPANS_ZONE, local_date
from testfields.db.engine import DB
from testfields.documents.tables import Document
from testfields.joining import deputising
from testfields.joining.deputising import NewDeputy
from testfields.permits.tables import Permit
from testfields.reservations import day
from testfields.sites.tables import Area, PlanPiece, Site, SitePhoto, SitePhotoSize
from tests import factories
from tests.notifications.writing import person, post

# Stands in the name of everything of the first tenant's that is not for everybody to see.
MARK = "極秘標識"
# Stands in what never was more than a draft, also when that has been put away.
DRAFT_MARK = "下書標識"
# The name of whoever decided on the first tenant's land.
STAFF_MARK = "職員標識"
# The name of a deputy on the first tenant's land, which its staff see.
DEPUTY_MARK = "代理標識"
# Who of the first tenant may ever be shown each of them, at whichever address; administrators are of both tenants.
SECRETS: Mapping[str, Set[MemberRole]] = {
    MARK: frozenset(MemberRole),
    DRAFT_MARK: COMPANY_ROLES,
    STAFF_MARK: STAFF_ROLES | {MemberRole.ADMIN},
    DEPUTY_MARK: STAFF_ROLES | {MemberRole.ADMIN},
}
TENANT = {
    OrganisationKind.COMPANY: (MemberRole.MEMBER, MemberRole.MANAGER),
    OrganisationKind.OWNER: (
        MemberRole.REVIEWER,
        MemberRole.APPROVER,
        MemberRole.SITE_MANAGER,
        MemberRole.STAFF_MANAGER,
    ),
    OrganisationKind.OPERATOR: (MemberRole.ADMIN,),
}
# What an organisation's people cannot be, and what counts for nothing where the database says it all the same.
STRAY = {
    OrganisationKind.COMPANY: MemberRole.APPROVER,
    OrganisationKind.OWNER: MemberRole.ADMIN,
    OrganisationKind.OPERATOR: MemberRole.MEMBER,
}
# On both sides of the desk, a role in each tenant: what the one may must not be done by leave of the other.
TWO_HATS = ((MemberRole.APPROVER, MemberRole.MEMBER), (MemberRole.MEMBER, MemberRole.APPROVER))
People = Mapping[MemberRole | None, Actor]


@dataclass(frozen=True)
class Caller:
    """Who sends a request: in a browser, or with a token for one scope; nobody has neither.

    `own` is of the tenant whose things are asked for, and not of the other one. `hat` is a role in that other one,
    beside: it opens doors, and reaches nothing behind them.
    """

    headers: Mapping[str, str]
    role: MemberRole | None = None
    own: bool = False
    hat: MemberRole | None = None
    scope: Scope | None = None
    in_browser: bool = False

    @property
    def near(self) -> bool:
        """Whether the first tenant's things are anything to do with them."""
        return self.own or self.role is MemberRole.ADMIN

    def __str__(self) -> str:
        who = f"{'own' if self.own else 'foreign'} {self.role or 'person without a role'}"
        who += f", elsewhere {self.hat}" if self.hat else ""
        return f"{who} in a browser" if self.in_browser else f"{who} with a token for {self.scope}"


NOBODY = Caller({})


@dataclass(frozen=True)
class World:
    """Everybody, and the first tenant's things by the name of their place in an address or a body."""

    callers: tuple[Caller, ...]
    things: Mapping[str, Any]


async def build(client: AsyncClient) -> World:
    """Fill the database at hand."""
    own, foreign = await _people(), await _people()
    callers = [NOBODY]
    for people in (own, foreign):
        for role, actor in people.items():
            callers += await _callers(client, actor, role, people is own)
    for role, hat in TWO_HATS:
        callers += await _callers(client, await _with_two_hats(own[role], foreign[hat]), role, True, hat)
    client.cookies.clear()
    return World(tuple(callers), await _things(client, own, foreign))


async def _people() -> People:
    """One person with each role of a tenant, and one with none: only such as their organisations do not have."""
    people: dict[MemberRole | None, Actor] = {}
    strays = []
    for kind, roles in TENANT.items():
        organisation = await factories.organisation(kind)
        people |= {role: await factories.person(organisation, kind, role) for role in roles}
        strays.append((organisation, STRAY[kind]))
    people[None] = await factories.person(organisation, OrganisationKind.OPERATOR)
    for organisation, role in strays:
        await _take_on(people[None], organisation, role)
    return people


async def _take_on(actor: Actor, organisation: int, role: MemberRole) -> None:
    await Membership(person_id=actor.person_id, organisation_id=organisation, role=role.value).save()


async def _with_two_hats(one: Actor, other: Actor) -> Actor:
    """Somebody who is what both are."""
    (first,), (second,) = one.memberships, other.memberships
    actor = await factories.person(first.organisation_id, first.kind, first.role)
    await _take_on(actor, second.organisation_id, second.role)
    return replace(actor, memberships=(first, second))


async def _callers(
    client: AsyncClient, actor: Actor, role: MemberRole | None, own: bool, hat: MemberRole | None = None
) -> list[Caller]:
    csrf = (await factories.log_in(client, actor))[CSRF_FIELD]
    browser = {"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}", CSRF_HEADER: csrf}
    tokens = [
        Caller({"Authorization": f"Bearer {await factories.token(actor, [scope])}"}, role, own, hat, scope)
        for scope in Scope
    ]
    return [Caller(browser, role, own, hat, in_browser=True), *tokens]


async def _things(client: AsyncClient, people: People, others: People) -> dict[str, Any]:
    member, approver, stranger = people[MemberRole.MEMBER], people[MemberRole.APPROVER], others[MemberRole.MEMBER]
    owner = approver.memberships[0].organisation_id
    colleague = await factories.person(member.companies[0], OrganisationKind.COMPANY, MemberRole.MEMBER)
    await Person.update({Person.name: MARK}).where(Person.id == colleague.person_id)
    await Person.update({Person.name: STAFF_MARK}).where(Person.id == approver.person_id)
    site, shut = await factories.site(owner), await factories.site(owner)
    hidden = await factories.site(owner, published=False, name_ja=MARK)
    area = await factories.area(site)
    project, shown = await factories.project(member, title_ja=MARK), await factories.project(member)
    drafted, theirs = await factories.project(member, title_ja=DRAFT_MARK), await factories.project(stranger)
    slug = (await Area.select(Area.slug).where(Area.id == area).first())["slug"]
    land = (await Organisation.select(Organisation.slug).where(Organisation.id == owner).first())["slug"]
    things = {"site": await _slug(site), "slug": await _slug(hidden), "area_id": area, "project_id": project}
    things |= {"area": slug, "owner": land}
    outline = (await Site.select(Site.geometry).where(Site.id == hidden).first())["geometry"].geoms[0]
    await PlanPiece(site_id=hidden, kind="land", name_ja="", name_en="", geometry=outline).save()

    photo = SitePhoto(site_id=hidden, original="-", description_ja=MARK, description_en=MARK)
    await photo.save()
    file_of_it = Document(key="a" * 64, media_type="image/webp", size=1)
    await file_of_it.save()
    await SitePhotoSize(photo_id=photo.id, document_id=file_of_it.id, width=480, height=320).save()

    async def send(actor: Actor, path: str, body: Mapping[str, Any]) -> int:
        headers = {"Authorization": f"Bearer {await factories.token(actor)}", "If-Match": "*"}
        answer = await client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return int(answer.json()["id"])

    async def file(hour: float, under: int = project, by: Actor = member, **more: bool) -> int:
        body = {"project_id": under, "area_id": area, "volumes": volumes(hour), **more}
        return await send(by, "/reservations", body)

    confirmed = await file(12, shown)
    await send(approver, f"/reservations/{confirmed}/approve", {})
    for carry_on in (workflow.confirm, lambda event: workflow.issue_permit(event, [])):
        await carry_on(await _last_event(confirmed))
    closing = {"site": await _slug(shut), "kind": "works", "reason_ja": MARK, "reason_en": MARK, "period": period(9)}
    await _a_worker_that_keeps_up()
    for put_away in (await file(21), await file(21, drafted, draft=True)):
        await send(member, f"/reservations/{put_away}/withdraw", {})
    await file(6, theirs, stranger)
    mail = await post(person(member), MARK, MARK, tenant_id=owner)
    token = (await ApiToken.select(ApiToken.id).where(ApiToken.person_id == member.person_id).first())["id"]
    await ApiToken.update({ApiToken.name: MARK}).where(ApiToken.id == token)
    invitation = {"email": "invited@example.test", "organisation_id": member.companies[0], "roles": ["member"]}
    everything = {
        **things,
        "photo_id": photo.id,
        "organisation": member.companies[0],
        "organisation_id": owner,
        "person_id": colleague.person_id,
        "reservation_id": await file(9),
        "draft_id": await file(15, drafted, draft=True),
        "drafted_id": drafted,
        "their_draft_id": await file(15, theirs, stranger, draft=True),
        "confirmed_id": confirmed,
        "stay_id": (await day.stays_of(confirmed))[0].id,
        "waiting_id": await file(6, wait=True),
        "closure_id": await send(approver, "/closures", closing),
        "mail_id": mail,
        "code": (await Permit.select(Permit.code).first())["code"],
        "token_id": token,
        "company_id": await factories.organisation(OrganisationKind.COMPANY, unverified_since=now()),
        "invitation_id": await send(people[MemberRole.MANAGER], "/invitations", invitation),
    }
    everything["deputy_id"] = await _deputy(owner)
    # Nothing waits for long.
    async with DB.connection() as connection:
        await connection.execute("DELETE FROM procrastinate_jobs; UPDATE delivery SET next_attempt_at = NULL")
    return everything


async def _deputy(owner: int) -> int:
    """Somebody who stands in for an approver, neither of whom asks for anything."""
    kind, today = OrganisationKind.OWNER, local_date(now(), JAPANS_ZONE)
    approver = await factories.person(owner, kind, MemberRole.APPROVER)
    deputy = await factories.person(owner, kind, MemberRole.SITE_MANAGER)
    await Person.update({Person.name: DEPUTY_MARK}).where(Person.id == deputy.person_id)
    return await deputising.name(approver, NewDeputy(owner, deputy.person_id, today, today), now())


async def _a_worker_that_keeps_up() -> None:
    """So that whoever asks after it is told that all is well."""
    async with DB.connection() as connection:
        await connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 day')")


def period(hour: float) -> dict[str, str]:
    """An hour of tomorrow, as the API takes it."""
    asked = factories.period(hour)
    return {"start": asked.start.isoformat(), "end": asked.end.isoformat()}


def volumes(hour: float) -> list[dict[str, Any]]:
    """The same as volumes."""
    return [{"period": period(hour)}]


async def _slug(site_id: int) -> str:
    return str((await Site.select(Site.slug).where(Site.id == site_id).first())["slug"])


async def _last_event(reservation_id: int) -> int:
    async with DB.connection() as connection:
        return int(
            await connection.fetchval("SELECT max(id) FROM reservation_event WHERE reservation_id = $1", reservation_id)
        )
