"""The embedded database: a private PostgreSQL + PostGIS cluster run from the system's binaries.

Used where no ``DATABASE_URL`` is set. It listens on a unix socket only. Every process that uses it
holds a shared lock on one file; the last to leave stops the server, and a killed process lets go
of its lock by itself. Those that stay start the server again when it is gone, whichever sees it first.
"""

import fcntl
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

from testfields.db.postmaster import LOOKS_EVERY_S, answers, launch, lives, stop
from testfields.db.programs import DATABASE, USER, Cluster, ClusterError, find_binaries, hand_over, run

__all__ = ["DATABASE", "USER", "Cluster", "ClusterError", "stop"]

logger = logging.getLogger("testfields.database")

# How often those that stay look whether the server is still there.
KEEPS_LOOKING_EVERY_S = 0.5

# Tuned for short transactions on one machine; durability is left as PostgreSQL ships it.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    # A question to all sites gathers ranges for thousands of them.
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "log_lock_waits": "on",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
}


@contextmanager
def running(root: Path) -> Iterator[Cluster]:
    """Hold the cluster under `root` up for as long as the block runs, creating it where there is none.

    Raises ClusterError where PostgreSQL or PostGIS is missing, the server does not start, or nothing can be kept there.
    """
    cluster = Cluster(root, find_binaries())
    with _keeping(root):
        _make_folders(cluster)
        lock = (root / "cluster.lock").open("w")
    with lock:
        with _keeping(root), _alone(cluster):
            _create_if_missing(cluster)
            fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            start(cluster)
            yield cluster
        finally:
            _stop_if_last(cluster, lock)


@contextmanager
def address(url: str | None, root: Path, kept: bool = False) -> Iterator[str]:
    """`url` where one is set, else that of the embedded cluster under `root`, up for as long as the block runs.

    `kept` for who stays: they start its server again when it is gone.
    """
    if url is not None:
        yield url
        return
    with running(root) as embedded, kept_up(embedded) if kept else nullcontext():
        yield embedded.url()


def start(cluster: Cluster) -> None:
    """Bring the server up if it is down, also after it was killed; return when it answers and has its database.

    One that is just starting, ending or recovering is waited for as long as it is there. Raises ClusterError where it
    does not come up.
    """
    launched = False
    while not answers(cluster):
        if lives(cluster):
            time.sleep(LOOKS_EVERY_S)
        elif launched:
            raise ClusterError(f"The embedded database does not stay up (see {cluster.log}).")
        else:
            launched = True
            with _alone(cluster):
                # Somebody else may have been quicker.
                if not lives(cluster):
                    launch(cluster)
    with _alone(cluster):
        # Whoever created the cluster may have been killed before this.
        ensure_database(cluster, DATABASE)


@contextmanager
def kept_up(cluster: Cluster) -> Iterator[None]:
    """Start the server again whenever it is gone, for as long as the block runs."""
    leaving = threading.Event()
    keeper = threading.Thread(target=_keep_up, args=(cluster, leaving), name="database", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        leaving.set()


def _keep_up(cluster: Cluster, leaving: threading.Event) -> None:
    while not leaving.wait(KEEPS_LOOKING_EVERY_S):
        if lives(cluster):
            continue
        with _alone(cluster):
            # Somebody else who keeps it may have been quicker, or this process the last to leave.
            if leaving.is_set() or lives(cluster):
                continue
            logger.warning("the embedded database is gone and is started again")
            try:
                launch(cluster)
            except ClusterError as error:
                logger.error("%s", error)


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    """Nobody else creates, starts or stops the cluster meanwhile."""
    with (cluster.root / "cluster.guard").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # A process that was forked meanwhile has the file open too, and would keep the lock.
            fcntl.flock(guard, fcntl.LOCK_UN)


def _stop_if_last(cluster: Cluster, lock: TextIO) -> None:
    with _alone(cluster):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop(cluster)


@contextmanager
def _keeping(root: Path) -> Iterator[None]:
    """Raise ClusterError where the system lets nothing be kept in the data folder."""
    try:
        yield
    except OSError as error:
        raise ClusterError(f"The data folder {root} cannot be used: {error}. Check TESTFIELDS_DATA.") from error


def _make_folders(cluster: Cluster) -> None:
    cluster.root.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and cluster.root.stat().st_uid == 0:
        # The server's account must be able to walk through, not to list.
        cluster.root.chmod(cluster.root.stat().st_mode | 0o011)
    if cluster.socket_folder != cluster.data:
        cluster.socket_folder.mkdir(mode=0o700, exist_ok=True)
        hand_over(cluster.socket_folder)


def _create_if_missing(cluster: Cluster) -> None:
    """Make the cluster elsewhere and move it into its place when it is whole: who is killed meanwhile leaves none."""
    if (cluster.data / "PG_VERSION").exists():
        return
    unfinished = f".making-{cluster.data.name}-"
    for left in cluster.root.glob(f"{unfinished}*"):
        shutil.rmtree(left, ignore_errors=True)
    # An initdb that outlives its killed parent keeps to a folder of its own.
    made = Path(tempfile.mkdtemp(prefix=unfinished, dir=cluster.root))
    hand_over(made)
    command = [f"--pgdata={made}", f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    run(cluster, "initdb", command)
    settings = "".join(f"{name} = '{value}'\n" for name, value in OPTIONS.items())
    with (made / "postgresql.conf").open("a") as file:
        file.write(f"\n# Testfields\n{settings}")
    made.rename(cluster.data)


def ensure_database(cluster: Cluster, name: str) -> None:
    """Create the database `name` where there is none."""
    existing = _psql(cluster, "postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
    if not existing.strip():
        _psql(cluster, "postgres", f"CREATE DATABASE {name}")


def drop_database(cluster: Cluster, name: str) -> None:
    """Remove the database `name` with all that is in it."""
    _psql(cluster, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _psql(cluster: Cluster, database: str, sql: str) -> str:
    return run(cluster, "psql", ["--no-psqlrc", "--tuples-only", "--command", sql, cluster.url(database)])
