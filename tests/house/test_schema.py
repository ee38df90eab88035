"""Tables and migrations say the same, and so do the rooms' SQL files and what is loaded."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import asyncpg
import httpx
import pytest
from piccolo.columns import Text
from piccolo.table import Table, sort_table_classes

from testfields import schema
from testfields.db.engine import DB
from testfields.piccolo_app import APP_CONFIG, sql_files

# What stands in SQL files: neither PostGIS nor the job queue brought it, and Piccolo's tables do not say it.
OURS = """
    SELECT 'FUNCTION' AS kind, oid::regprocedure::text AS name, pg_get_functiondef(oid) AS definition FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'procrastinate%'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT 'TRIGGER', tgname || ' ON ' || tgrelid::regclass, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE 'procrastinate%'
    UNION ALL
    SELECT 'INDEX', indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = indexname::regclass AND deptype = 'e')
"""
BY_HAND = [
    "CREATE OR REPLACE FUNCTION refuse_to_empty() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE FUNCTION of_nobody() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "DROP TRIGGER claim_guard_update ON claim",
    "ALTER TABLE claim DISABLE TRIGGER claim_guard_insert",
    "DROP TRIGGER event_chain ON event; CREATE TRIGGER event_chain AFTER INSERT ON event"
    " FOR EACH ROW EXECUTE FUNCTION chain_event()",
    "DROP INDEX claim_by_source; CREATE INDEX claim_by_source ON claim (source_id)",
    "CREATE INDEX of_nobody ON claim (source_id)",
]


# Columns and constraints of one schema, by table and name.
SHAPE = """
    SELECT relname || '.' || attname AS name, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull,
                                                        pg_get_expr(adbin, adrelid)) AS definition
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = $1::regnamespace AND attnum > 0 AND NOT attisdropped AND relname = ANY($2)
    UNION ALL
    SELECT relname || ' ' || conname, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE relnamespace = $1::regnamespace AND relname = ANY($2) AND contype <> 't'
"""


async def shape(connection: asyncpg.Connection, schema: str) -> dict[str, str]:
    """What the tables of one schema are made of."""
    names = [table._meta.tablename for table in APP_CONFIG.table_classes]
    rows = await connection.fetch(SHAPE, schema, names)
    # A key that would look up from a lower floor stands in an SQL file.
    of_files = set(re.findall(r"ADD CONSTRAINT (\w+)", "".join(sql_files().values())))
    return {
        row["name"]: row["definition"].replace("public.", "").replace("afresh.", "")
        for row in rows
        if row["name"].split()[-1] not in of_files
    }


async def as_the_tables_say(connection: asyncpg.Connection) -> dict[str, str]:
    """The same of tables that Piccolo makes anew."""
    await connection.execute("CREATE SCHEMA afresh; SET LOCAL search_path TO afresh, public")
    for table in sort_table_classes(APP_CONFIG.table_classes):
        for statement in table.create_table().ddl:
            await connection.execute(statement)
    return await shape(connection, "afresh")


def of_piccolo() -> set[str]:
    """The indexes that the tables themselves ask for."""
    return {
        table._get_index_name([column._meta.db_column_name])
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
        if column._meta.index
    }


async def ours(connection: asyncpg.Connection) -> dict[tuple[str, str], str]:
    """Functions, triggers and indexes as this database has them, by kind and name."""
    rows = await connection.fetch(OURS)
    return {(row["kind"], row["name"]): row["definition"] for row in rows if row["name"] not in of_piccolo()}


async def as_the_files_say(connection: asyncpg.Connection) -> dict[tuple[str, str], str]:
    """The same once nothing is there but what the files bring."""
    for kind, name in await ours(connection):
        await connection.execute(f"DROP {kind} IF EXISTS {name} CASCADE")
    await schema.load_sql(connection)
    return await ours(connection)


async def test_migrations_build_what_the_tables_say() -> None:
    assert await schema.differences() == []


async def test_every_column_and_constraint_is_as_the_tables_say(db: None) -> None:
    async with DB.connection() as connection:
        assert await shape(connection, "public") == await as_the_tables_say(connection)


async def test_a_constraint_that_changed_under_its_name_would_be_seen(db: None) -> None:
    async with DB.connection() as connection:
        await connection.execute(
            "ALTER TABLE reservation DROP CONSTRAINT reservation_state_1,"
            " ADD CONSTRAINT reservation_state_1 CHECK (state <> 'unheard_of')"
        )
        assert await shape(connection, "public") != await as_the_tables_say(connection)


async def test_a_table_without_a_migration_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kite(Table, tablename="kite"):
        colour = Text()

    monkeypatch.setattr(APP_CONFIG, "table_classes", [*APP_CONFIG.table_classes, Kite])
    assert any("Kite" in line for line in await schema.differences())


async def test_a_table_that_is_gone_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APP_CONFIG, "table_classes", APP_CONFIG.table_classes[1:])
    assert await schema.differences() != []


async def test_every_migration_has_run_on_the_tests_database(db: None) -> None:
    found = await schema.status()
    assert found.done
    assert found.current


async def test_the_database_has_what_the_sql_files_say_and_nothing_beside(db: None) -> None:
    async with DB.connection() as connection:
        found = await ours(connection)
        assert {kind for kind, _ in found} == {"FUNCTION", "TRIGGER", "INDEX"}
        assert found == await as_the_files_say(connection)


@pytest.mark.parametrize("statement", BY_HAND)
async def test_what_was_changed_by_hand_would_be_seen(db: None, statement: str) -> None:
    async with DB.connection() as connection:
        before = await ours(connection)
        await connection.execute(statement)
        assert await ours(connection) != before


async def test_the_next_upgrade_mends_what_was_changed_by_hand(own_db: str) -> None:
    async with DB.connection() as connection:
        before = await ours(connection)
        for statement in (BY_HAND[0], BY_HAND[2], BY_HAND[3]):
            await connection.execute(statement)
    await schema.upgrade()
    async with DB.connection() as connection:
        assert await ours(connection) == before


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE sql_file SET sha256 = '' WHERE name = 'availability/claims.sql'", "availability/claims.sql"),
        ("DELETE FROM sql_file WHERE name = 'sites/opening.sql'", "sites/opening.sql"),
        ("INSERT INTO sql_file (name, sha256) VALUES ('sites/gone.sql', '')", "sites/gone.sql"),
    ],
)
async def test_sql_of_another_version_is_noticed(db: None, client: httpx.AsyncClient, change: str, named: str) -> None:
    async with DB.connection() as connection:
        await connection.execute(change)

    with pytest.raises(schema.SchemaError, match=rf"^{named}: .* Run: testfields db upgrade$"):
        await schema.demand_current()
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["pending"]) == (503, [named])


async def from_elsewhere(connection: asyncpg.Connection) -> None:
    """Let the database have run a migration that this version does not know."""
    await connection.execute(
        "INSERT INTO migration (name, app_name) VALUES ('2020-01-01T00:00:00:000000', 'testfields')"
    )


async def test_a_database_of_another_version_is_left_alone(own_db: str) -> None:
    async with DB.connection() as connection:
        await from_elsewhere(connection)
    for look in (schema.demand_current, schema.upgrade):
        with pytest.raises(schema.SchemaError, match=r"2020-01-01T00:00:00:000000.* or begin anew"):
            await look()


async def test_a_demo_of_another_version_is_told_in_one_line_how_to_begin_anew(own_db: str, tmp_path: Path) -> None:
    async with DB.connection() as connection:
        await from_elsewhere(connection)
    command = [sys.executable, "-m", "testfields", "demo", "--database", own_db]
    environment = {**os.environ, "DATABASE_URL": "", "TESTFIELDS_DATA": str(tmp_path), "COLUMNS": "400"}
    demo = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=STDOUT)
    told = (await demo.communicate())[0].decode().strip().splitlines()

    assert demo.returncode == 1
    assert "begin anew: the demo with --fresh" in told[-1]
    assert len(told) == 3, told  # it says how far it is with the demo, and this


def test_sql_is_loaded_after_what_it_builds_on_and_the_sets_of_a_room_before_its_files() -> None:
    names = list(sql_files())
    rooms = list(dict.fromkeys(name.split("/")[0] for name in names))
    assert rooms == [
        "db",
        "events",
        "documents",
        "projects",
        "accounts",
        "sites",
        "consent",
        "joining",
        "notifications",
        "availability",
        "zones",
        "reservations",
        "closures",
    ]
    assert names.index("availability/sets") < names.index("availability/claims.sql")
    assert names.index("reservations/sets") < names.index("reservations/in_step.sql")
