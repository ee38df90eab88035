"""Tables and migrations say the same."""

import pytest

from testfields import schema
from testfields.piccolo_app import APP_CONFIG


async def test_migrations_build_what_the_tables_say() -> None:
    assert await schema.differences() == []


async def test_a_table_without_a_migration_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APP_CONFIG, "table_classes", APP_CONFIG.table_classes[1:])
    assert await schema.differences() != []


async def test_every_migration_has_run_on_the_tests_database(db: None) -> None:
    found = await schema.status()
    assert found.done
    assert found.pending == ()
