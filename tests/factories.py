"""Short ways to things that tests start from; each gives back what it made."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asyncpg import Range
from httpx import AsyncClient
from shapely.geometry import MultiPolygon, box

from testfields.accounts.attempts import secret_hash
from testfields.accounts.identity import CSRF_FIELD, SESSION_COOKIE
from testfields.accounts.rules import Actor, MemberRole, Membership, OrganisationKind
from testfields.accounts.tables import ApiToken, LoginSession, Organisation, Person
from testfields.accounts.tables import Membership as MembershipRow
from testfields.core.periods import Period
from testfields.projects.tables import Project
from testfields.sites.tables import Area, OpeningHours, Site

COUNTER = itertools.count(1)


def tomorrow(hour: float = 9, days: int = 1) -> datetime:
    """`hour` o'clock in Japan, `days` from today."""
    local_midnight = (datetime.now(UTC) + timedelta(hours=9)).replace(hour=0, minute=0, second=0, microsecond=0)
    return local_midnight - timedelta(hours=9) + timedelta(days=days, hours=hour)


def period(hour: float, hours: float = 1, days: int = 1) -> Period:
    """A period from `hour` o'clock in Japan, `days` from today."""
    start = tomorrow(hour, days)
    return Period(start, start + timedelta(hours=hours))


def square(west: float = 135.0, south: float = 34.0, size: float = 0.01) -> MultiPolygon:
    """A square of `size` degrees."""
    return MultiPolygon([box(west, south, west + size, south + size)])


async def organisation(kind: OrganisationKind, **changes: object) -> int:
    """An organisation's id."""
    number = next(COUNTER)
    values = {
        "kind": kind.value,
        "slug": f"organisation-{number}",
        "name_ja": f"組織{number}",
        "name_en": f"Organisation {number}",
        "contact_email": f"contact{number}@example.test",
        **changes,
    }
    row = Organisation(**values)
    await row.save()
    return int(row.id)


async def person(organisation_id: int, kind: OrganisationKind, *roles: MemberRole, locale: str = "ja") -> Actor:
    """Somebody with `roles` in an organisation, as an actor."""
    number = next(COUNTER)
    row = Person(email=f"person{number}@example.test", name=f"利用者{number}", password_hash="-", locale=locale)
    await row.save()
    for role in roles:
        await MembershipRow(person_id=row.id, organisation_id=organisation_id, role=role.value).save()
    memberships = tuple(Membership(organisation_id, kind, role, "組織", "Organisation") for role in roles)
    return Actor(int(row.id), row.email, row.name, locale, memberships)


async def company() -> Actor:
    """A member of a new company."""
    organisation_id = await organisation(OrganisationKind.COMPANY)
    return await person(organisation_id, OrganisationKind.COMPANY, MemberRole.MEMBER, MemberRole.MANAGER)


async def token(actor: Actor, scopes: Sequence[str] = ("read", "book", "review", "manage")) -> str:
    """An API token of `actor`'s."""
    secret = f"token-of-{actor.person_id}-{next(COUNTER)}"
    await ApiToken(
        person_id=actor.person_id,
        name="test",
        secret_hash=secret_hash(secret),
        scopes=list(scopes),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    ).save()
    return secret


async def log_in(client: AsyncClient, actor: Actor) -> dict[str, str]:
    """Give `client` a browser session of `actor`'s; the field that its forms must carry."""
    secret, csrf = f"session-of-{actor.person_id}-{next(COUNTER)}", f"csrf-of-{actor.person_id}"
    await LoginSession(
        person_id=actor.person_id,
        secret_hash=secret_hash(secret),
        csrf_token=csrf,
        expires_at=datetime.now(UTC) + timedelta(days=1),
    ).save()
    client.cookies.set(SESSION_COOKIE, secret)
    return {CSRF_FIELD: csrf}


async def project(actor: Actor, **changes: object) -> int:
    """A project's id, of the actor's company."""
    values = {
        "company_id": actor.companies[0],
        "title_ja": "配送ドローンの実証",
        "title_en": "Delivery drone trial",
        "purpose": "離島への配送",
        "theme": "logistics",
        "use": "drone",
        "equipment": "マルチコプター 1機",
        "safety_plan": "監視員を置きます。",
        "created_by": actor.person_id,
        **changes,
    }
    row = Project(**values)
    await row.save()
    return int(row.id)


@dataclass(frozen=True)
class Field:
    """A published site with one area and its owner's staff."""

    owner_id: int
    site_id: int
    area_id: int
    approver: Actor
    reviewer: Actor
    site_manager: Actor


async def site(owner_id: int, footprint: MultiPolygon | None = None, **changes: object) -> int:
    """A published site's id, open day and night."""
    number = next(COUNTER)
    values = {
        "slug": f"site-{number}",
        "owner_id": owner_id,
        "published": True,
        "name_ja": f"実証フィールド{number}",
        "name_en": f"Test field {number}",
        "description_ja": "",
        "description_en": "",
        "address_ja": "大阪府",
        "address_en": "Osaka",
        "contact": "contact@example.test",
        "geometry": footprint or square(130 + number % 200 * 0.02, 31 + number // 200 * 0.02),
        "property_class": "administrative",
        "uses": ["drone", "vehicle", "robot", "telecom"],
        **changes,
    }
    row = Site(**values)
    await row.save()
    for weekday in range(1, 8):
        await OpeningHours(site_id=row.id, weekday=weekday, opens_minute=0, closes_minute=1440).save()
    return int(row.id)


async def area(site_id: int, footprint: MultiPolygon | None = None, **changes: object) -> int:
    """An area's id; without a footprint, the whole site, used by one at a time."""
    number = next(COUNTER)
    if footprint is None:
        found = await Site.select(Site.geometry).where(Site.id == site_id).first()
        assert found is not None
        footprint = found["geometry"]
    values = {
        "site_id": site_id,
        "slug": f"area-{number}",
        "name_ja": f"区画{number}",
        "name_en": f"Area {number}",
        "geometry": footprint,
        "altitude": Range(0, 150),
        "mode": "exclusive",
        "uses": ["drone", "vehicle", "robot", "telecom"],
        **changes,
    }
    row = Area(**values)
    await row.save()
    return int(row.id)


async def field(**changes: object) -> Field:
    """A site ready to be booked, with staff; `changes` go to the site."""
    owner_id = await organisation(OrganisationKind.OWNER)
    site_id = await site(owner_id, **changes)
    staff = {
        role: await person(owner_id, OrganisationKind.OWNER, role)
        for role in (MemberRole.APPROVER, MemberRole.REVIEWER, MemberRole.SITE_MANAGER)
    }
    return Field(
        owner_id,
        site_id,
        await area(site_id),
        staff[MemberRole.APPROVER],
        staff[MemberRole.REVIEWER],
        staff[MemberRole.SITE_MANAGER],
    )
