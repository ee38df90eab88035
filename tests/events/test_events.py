"""One stream of events: whatever happens to whatever is told, numbered, sealed and for good."""

import pytest

from testfields.accounts import directory
from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.closures import service as closures
from testfields.closures.grounds import one_place
from testfields.closures.rules import ClosureKind
from testfields.closures.service import Closing
from testfields.core.clock import now
from testfields.db.engine import DB
from testfields.db.statements import Statement
from testfields.events.rules import Broken, Event, Subject
from testfields.events.service import broken_chains, tell
from testfields.events.tables import Event as Row
from testfields.sites.tables import Site
from tests import factories
from tests.working import jobs

TOLD = Statement("""
    SELECT subject, action, actor_role, site_id, tenant_id, actor_id, from_state, to_state FROM event ORDER BY id
""")


async def told() -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in await TOLD.rows()]


async def test_closing_and_lifting_are_told_and_what_is_free_is_offered(db: None) -> None:
    field = await factories.field()
    (site,) = await Site.select(Site.slug).where(Site.id == field.site_id)
    closing = Closing(one_place(site["slug"]), ClosureKind.WORKS, "工事", "Works", factories.period(9))
    closed = await closures.close(field.site_manager, closing, now())
    await closures.lift(field.approver, closed.id, closed.version, now())
    of = (field.site_id, field.owner_id)
    assert await told() == [
        ("closure", "close", "site_manager", *of, field.site_manager.person_id, None, None),
        ("closure", "lift", "approver", *of, field.approver.person_id, None, None),
    ]
    assert [task for task, _ in await jobs()] == ["what_follows"] * 2


async def test_locking_out_and_letting_in_are_told_once_each(db: None) -> None:
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    boss = await factories.person(operator, OrganisationKind.OPERATOR, MemberRole.ADMIN)
    company = await factories.company()
    for _ in range(2):
        await directory.deactivate(boss, company.person_id, now())
    await directory.activate(boss, company.person_id, now())
    of = ("admin", None, company.companies[0], boss.person_id, None, None)
    assert await told() == [("person", "lock_out", *of), ("person", "let_in", *of)]


async def test_each_subject_has_a_chain_of_its_own_and_all_are_verified(own_db: str) -> None:
    same = [Event(Subject.SITE, 7, "import", "operator") for _ in range(3)]
    await tell([*same, Event(Subject.CLOSURE, 7, "close", "approver")], now())
    rows = await Row.select(Row.subject, Row.sequence).order_by(Row.id)
    assert [(row["subject"], row["sequence"]) for row in rows] == [
        ("site", 1),
        ("site", 2),
        ("site", 3),
        ("closure", 1),
    ]
    assert await broken_chains() == []

    async with DB.connection() as connection:
        for attempt in ("UPDATE event SET reason = 'x'", "DELETE FROM event", "TRUNCATE event CASCADE"):
            with pytest.raises(Exception, match="only ever added to"):
                await connection.execute(attempt)
        await connection.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
        await connection.execute("UPDATE event SET site_id = 1 WHERE subject = 'closure'")
        await connection.execute("DELETE FROM event WHERE subject = 'site' AND sequence = 2")
    assert await broken_chains() == [Broken("closure", 7, 1), Broken("site", 7, 3)]


async def test_whoever_acted_has_to_be_somebody(db: None) -> None:
    with pytest.raises(Exception, match="event_actor"):
        await tell([Event(Subject.SITE, 7, "import", "admin", actor_id=2**60)], now())
