"""Lists read what the reader may see, however much others have filed."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from testfields.accounts import queries as accounts
from testfields.accounts.rules import Actor
from testfields.core.periods import Period
from testfields.db.engine import DB
from testfields.db.statements import Statement
from testfields.db.values import period_range
from testfields.projects import queries as projects
from testfields.reservations import own_queries
from testfields.reservations import queries as reservations
from tests import factories

# So many that reading them all cannot be the cheaper plan: at a few thousand it is, on one machine and not on another.
OF_OTHERS = 40_000
# So many that PostgreSQL knows each has little.
OTHERS = 100
FOUND = """
    INSERT INTO organisation (kind, slug, name_ja, name_en, contact_email)
    SELECT 'company', 'other-' || n, '', '', 'other@example.test' FROM generate_series(1, $1::int) n RETURNING id
"""
FILE = """
    INSERT INTO reservation (project_id, company_id, site_id, area_id, state, created_by)
    SELECT $1, company, $3, $4, 'withdrawn', $5 FROM unnest($2::bigint[]) company, generate_series(1, $6::int)
"""
PLAN = """
    INSERT INTO project (company_id, title_ja, title_en, purpose, theme, use, equipment, safety_plan, created_by)
    SELECT $1, '', '', '', 'mobility', 'vehicle', '', '', $2 FROM generate_series(1, $3::int)
"""
MEET = "INSERT INTO person (email, name, password_hash) SELECT n || '@many', '', '-' FROM generate_series(1, $1::int) n"
WEEK = period_range(Period(factories.tomorrow(), factories.tomorrow() + timedelta(days=7)))
PAGE = {
    "before": 2**63 - 1, "limit": 50, "state": None, "site": None, "project_id": None, "over": ["withdrawn"],
    "words": "", "states": ["submitted"], "within": WEEK,
}  # fmt: skip


async def file(field: factories.Field, company: Actor, companies: Sequence[int], count: int) -> None:
    """`count` applications of each of `companies`, by hand: without their events and the triggers that miss them."""
    project = await factories.project(company)
    async with DB.transaction(), DB.connection() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(FILE, project, companies, field.site_id, field.area_id, company.person_id, count)
        await connection.execute("SET LOCAL session_replication_role = origin")


async def much_of_others() -> None:
    """What others have: applications, projects and people."""
    other = await factories.company()
    async with DB.connection() as connection:
        companies = [row["id"] for row in await connection.fetch(FOUND, OTHERS)]
    await file(await factories.field(), other, companies, OF_OTHERS // OTHERS)
    async with DB.connection() as connection:
        await connection.execute(PLAN, other.companies[0], other.person_id, OF_OTHERS)
        await connection.execute(MEET, OF_OTHERS)
        await connection.execute("ANALYZE")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


async def rows_read(statement: Statement, **parameters: Any) -> int:
    """How many rows PostgreSQL took up anywhere on the way to the answer."""
    async with DB.connection() as connection:
        explained = await connection.fetchval(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", *statement.arguments({**PAGE, **parameters})
        )
    return sum(
        (one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"]
        for one in nodes(json.loads(explained)[0]["Plan"])
        if "Relation Name" in one
    )


async def test_a_list_does_not_grow_with_what_others_have(db: None) -> None:
    field, company = await factories.field(), await factories.company()
    await file(field, company, company.companies, 5)
    await much_of_others()
    own = {"companies": company.companies, "owners": [], "organisations": company.companies}
    land = {"companies": [], "owners": [field.owner_id]}

    read = [
        await rows_read(statement, **parameters)
        for statement, parameters in (
            (reservations.LIST, own),
            (reservations.LIST, land),
            (own_queries.UNDER_WAY, own),
            (own_queries.PAST, own),
            (own_queries.COUNT_PAST, own),
            (own_queries.STAYS, own),
            (projects.LIST, own),
            (projects.LIST, land),
            (accounts.MEMBERS, own),
        )
    ]

    assert max(read) < OF_OTHERS / 10, read


async def test_what_points_at_an_area_is_found_by_an_index_when_it_is_removed(db: None) -> None:
    async with DB.connection() as connection:
        pointing = await connection.fetch("""
            SELECT conrelid::regclass::text AS from_table, conkey[1] AS column,
                   EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1]) AS indexed
            FROM pg_constraint WHERE contype = 'f' AND confrelid = 'area'::regclass
        """)
    assert len(pointing) > 1
    assert [row["from_table"] for row in pointing if not row["indexed"]] == []
