"""One real PostGIS cluster a run; each test in a transaction that is rolled back, or in a database of its own."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar

from testfields import schema
from testfields.app import create_app
from testfields.core.clock import now
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.demo import seed
from testfields.settings import load
from tests import described, network

CLONES = itertools.count(1)

network.close()


def of_rules(path: Path) -> bool:
    """Whether the tests of a file need no input or output."""
    return path.name == "test_rules.py" or path.parent.name == "core"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``-m rules`` the other files are not even read."""
    passed_over = collection_path.suffix == ".py" and not of_rules(collection_path)
    return True if config.option.markexpr == "rules" and passed_over else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of rules."""
    for item in items:
        if of_rules(item.path):
            item.add_marker(pytest.mark.rules)


@pytest.fixture(scope="session")
def postgres() -> Iterator[cluster.Cluster]:
    """The run's own cluster."""
    with tempfile.TemporaryDirectory(prefix="tf") as folder, cluster.running(Path(folder)) as running:
        yield running


async def _statement(running: cluster.Cluster, sql: str) -> None:
    connection = await asyncpg.connect(running.url("postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def template(postgres: cluster.Cluster) -> str:
    """The name of a migrated database that others are cloned from."""
    DB.use(postgres.url())
    await schema.upgrade()
    await _statement(postgres, f"CREATE DATABASE template_migrated TEMPLATE {cluster.DATABASE}")
    return "template_migrated"


@pytest.fixture(scope="session")
async def _pool(postgres: cluster.Cluster, template: str) -> AsyncIterator[None]:
    DB.use(postgres.url())
    async with DB.open(10):
        yield


@pytest.fixture
def out_of_step() -> Iterator[list[Exception]]:
    """What the end of a transaction that is rolled back has found; raised when that is over."""
    found: list[Exception] = []
    yield found
    if found:
        raise found[0]


@pytest.fixture
async def db(_pool: None, out_of_step: list[Exception]) -> AsyncIterator[None]:
    """The shared database, inside a transaction that is rolled back when the test ends.

    What a COMMIT would have found out of step fails the test; where a statement has failed, none could come.
    """
    transaction = DB.transaction()
    await transaction.__aenter__()
    try:
        yield
        async with DB.connection() as connection:
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except asyncpg.InFailedSQLTransactionError:
        pass
    except asyncpg.IntegrityConstraintViolationError as error:
        out_of_step.append(error)
    finally:
        await transaction.rollback()
        await transaction.__aexit__(None, None, None)


@asynccontextmanager
async def pool_on(url: str, size: int) -> AsyncIterator[None]:
    """The portal's pool on another database for the block."""
    shared_pool, shared_config = DB.pool, DB.config
    DB.pool = None
    DB.use(url)
    try:
        async with DB.open(size):
            yield
    finally:
        DB.pool, DB.config = shared_pool, shared_config


@asynccontextmanager
async def copied(postgres: cluster.Cluster, template: str) -> AsyncIterator[str]:
    """A copy of the database `template` for the block; its address."""
    name = f"clone_{next(CLONES)}"
    await _statement(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres.url(name)
    await _statement(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def cloned(postgres: cluster.Cluster, template: str) -> AsyncIterator[str]:
    """A copy of the database `template`, the portal's own for the block; its address."""
    async with copied(postgres, template) as url, pool_on(url, 32):
        yield url


@pytest.fixture
async def own_db(postgres: cluster.Cluster, template: str, _pool: None) -> AsyncIterator[str]:
    """A migrated database of the test's own, with commits and races; its address."""
    async with cloned(postgres, template) as url:
        yield url


@pytest.fixture(scope="session")
async def played(postgres: cluster.Cluster, template: str, _pool: None) -> str:
    """The name of a database with the demo's fortnight that others are cloned from."""
    await _statement(postgres, f"CREATE DATABASE template_played TEMPLATE {template}")
    async with pool_on(postgres.url("template_played"), 4):
        await seed.play(now())
    return "template_played"


@pytest.fixture
async def played_db(postgres: cluster.Cluster, played: str) -> AsyncIterator[str]:
    """A database of the test's own with the demo's fortnight; its address."""
    async with cloned(postgres, played) as url:
        yield url


@pytest.fixture
async def own_cluster(_pool: None) -> AsyncIterator[cluster.Cluster]:
    """A PostgreSQL of the test's own, migrated, so that stopping it harms nobody else."""
    with tempfile.TemporaryDirectory(prefix="tfown") as folder, cluster.running(Path(folder)) as running:
        async with pool_on(running.url(), 8):
            await schema.upgrade()
            assert DB.pool is not None
            # Those that were made before PostGIS was there know no geometry.
            await DB.pool.expire_connections()
            yield running


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """The portal itself; its pool is the one that the test's fixture has opened."""
    data = tmp_path_factory.mktemp("data")
    return create_app(load({"TESTFIELDS_BASE_URL": "http://portal.test", "TESTFIELDS_DATA": str(data)}))


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the portal in the test's own loop, and so inside its transaction."""
    hooks = {"response": [described.checked_by(app)]}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test", event_hooks=hooks) as client:
        yield client
