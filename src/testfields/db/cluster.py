"""The embedded database: a private PostgreSQL + PostGIS cluster run from the system's binaries.

Used where no ``DATABASE_URL`` is set. It listens on a unix socket only. Every process that uses it
holds a shared lock on one file; the last to leave stops the server, and a killed process lets go
of its lock by itself.
"""

import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

LEAST_VERSION = 15
# sockaddr_un.sun_path holds 108 bytes with its closing zero (unix(7)).
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
SETTLES_WITHIN_S = 60
USER = DATABASE = "testfields"
UNPRIVILEGED = ("postgres", "nobody")

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


class ClusterError(Exception):
    """The embedded database cannot be had; the text says what to do."""


@dataclass(frozen=True)
class Cluster:
    """Where one embedded cluster lives: `root` is the portal's data folder."""

    root: Path
    binaries: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.root / f"postgresql-{_version(self.binaries)}"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: in the data folder, unless that path is too long for a socket."""
        inside = self.data
        if len(str(inside / SOCKET_NAME).encode()) <= LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(inside).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"testfields-{digest}"

    def url(self, database: str = DATABASE) -> str:
        """The address of `database` as asyncpg and libpq read it."""
        return f"postgresql://{USER}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"


@contextmanager
def running(root: Path) -> Iterator[Cluster]:
    """Hold the cluster under `root` up for as long as the block runs, creating it where there is none.

    Raises ClusterError where PostgreSQL or PostGIS is missing or the server does not start.
    """
    cluster = Cluster(root, find_binaries())
    _make_folders(cluster)
    with (root / "cluster.lock").open("w") as lock:
        with _alone(lock):
            _create_if_missing(cluster)
            start(cluster)
            fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            _stop_if_last(cluster, lock)


@contextmanager
def address(url: str | None, root: Path) -> Iterator[str]:
    """`url` where one is set, else that of the embedded cluster under `root`, up for as long as the block runs."""
    if url is not None:
        yield url
        return
    with running(root) as embedded:
        yield embedded.url()


def find_binaries() -> Path:
    """The folder of the newest PostgreSQL server installed here, with PostGIS beside it.

    Raises ClusterError that names the Debian packages to install.
    """
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    if found:
        folders.append(Path(found).resolve().parent)
    usable = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if not usable:
        raise ClusterError(
            "No PostgreSQL server is installed. On Debian or Ubuntu: apt-get install postgresql postgresql-15-postgis-3"
            " (or the number of your PostgreSQL). Or set DATABASE_URL to a database with PostGIS."
        )
    newest = max(usable, key=_version)
    if _version(newest) < LEAST_VERSION:
        raise ClusterError(f"PostgreSQL {_version(newest)} is too old; {LEAST_VERSION} or newer is needed.")
    return newest


def _version(binaries: Path) -> int:
    """Major version, read from ``postgres --version`` ("postgres (PostgreSQL) 15.18 (Debian …)")."""
    output = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(output.split(")", 1)[1].split()[0].split(".")[0])


@contextmanager
def _alone(lock: TextIO) -> Iterator[None]:
    """Nobody else creates, starts or stops the cluster meanwhile."""
    with (Path(lock.name).with_suffix(".guard")).open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def _stop_if_last(cluster: Cluster, lock: TextIO) -> None:
    with _alone(lock):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop(cluster)


def _make_folders(cluster: Cluster) -> None:
    cluster.root.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and cluster.root.stat().st_uid == 0:
        # The server's account must be able to walk through, not to list.
        cluster.root.chmod(cluster.root.stat().st_mode | 0o011)
    if cluster.socket_folder != cluster.data:
        cluster.socket_folder.mkdir(mode=0o700, exist_ok=True)
        _hand_over(cluster.socket_folder)


def _hand_over(folder: Path) -> None:
    """Give `folder` to the account that the server runs as."""
    if os.geteuid() == 0:
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)


def _create_if_missing(cluster: Cluster) -> None:
    """Make the cluster elsewhere and move it into its place when it is whole: who is killed meanwhile leaves none."""
    if (cluster.data / "PG_VERSION").exists():
        return
    unfinished = f".making-{cluster.data.name}-"
    for left in cluster.root.glob(f"{unfinished}*"):
        shutil.rmtree(left, ignore_errors=True)
    # An initdb that outlives its killed parent keeps to a folder of its own.
    made = Path(tempfile.mkdtemp(prefix=unfinished, dir=cluster.root))
    _hand_over(made)
    command = [f"--pgdata={made}", f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    _run(cluster, "initdb", command)
    settings = "".join(f"{name} = '{value}'\n" for name, value in OPTIONS.items())
    with (made / "postgresql.conf").open("a") as file:
        file.write(f"\n# Testfields\n{settings}")
    made.rename(cluster.data)


def start(cluster: Cluster) -> None:
    """Start the server if it is down, also after it was killed; raises ClusterError where it does not come up."""
    if not _is_up(cluster):
        # pg_ctl hands these to a shell.
        options = f"-k {shlex.quote(str(cluster.socket_folder))}"
        _pg_ctl(cluster, "start", "--wait", f"--log={cluster.log}", f"--options={options}")
    # Whoever started the server may have been killed before this.
    ensure_database(cluster, DATABASE)


def stop(cluster: Cluster) -> None:
    """Stop the server if it is up, ending whatever is connected."""
    if _is_up(cluster):
        _pg_ctl(cluster, "stop", "--mode=fast", "--wait")


def _is_up(cluster: Cluster) -> bool:
    """Whether the server answers. One that is just starting, ending or recovering is waited for.

    So is one that was killed: until its parent has taken note, its process still counts as running.
    """
    deadline = time.monotonic() + SETTLES_WITHIN_S
    while _succeeds(cluster, "pg_ctl", ["status", f"--pgdata={cluster.data}"]):
        if _succeeds(cluster, "pg_isready", ["--quiet", f"--dbname={cluster.url('postgres')}"]):
            return True
        if time.monotonic() > deadline:
            raise ClusterError(f"The embedded database does not answer (see {cluster.log}).")
        time.sleep(0.1)
    return False


def ensure_database(cluster: Cluster, name: str) -> None:
    """Create the database `name` where there is none."""
    existing = _psql(cluster, "postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
    if not existing.strip():
        _psql(cluster, "postgres", f"CREATE DATABASE {name}")


def drop_database(cluster: Cluster, name: str) -> None:
    """Remove the database `name` with all that is in it."""
    _psql(cluster, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _psql(cluster: Cluster, database: str, sql: str) -> str:
    return _run(cluster, "psql", ["--no-psqlrc", "--tuples-only", "--command", sql, cluster.url(database)])


def _pg_ctl(cluster: Cluster, verb: str, *words: str) -> None:
    _run(cluster, "pg_ctl", [verb, f"--pgdata={cluster.data}", "--silent", *words])


def _succeeds(cluster: Cluster, program: str, words: Sequence[str]) -> bool:
    try:
        _run(cluster, program, words)
    except ClusterError:
        return False
    return True


def _run(cluster: Cluster, program: str, words: Sequence[str]) -> str:
    """Run one of PostgreSQL's programs as an account it accepts; raises ClusterError with its words."""
    command = [*_as_unprivileged(cluster), str(cluster.binaries / program), *words]
    # Output goes to a file: the server keeps pg_ctl's descriptors, so a pipe would never close.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False, env=_environment()
        )
        output.seek(0)
        said = output.read()
    if done.returncode:
        raise ClusterError(f"{program} failed: {said.strip() or f'exit {done.returncode}'} (see {cluster.log})")
    return said


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _account() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("PostgreSQL refuses to run as root, and neither a user postgres nor nobody exists here.")


def _as_unprivileged(cluster: Cluster) -> list[str]:
    """Words that go before a command of root's: another account, and leave to walk root's folders.

    A data folder may lie below a folder that only root may enter. The right to search folders is kept for
    that case alone; it gives the server no right to write anywhere.
    """
    if os.geteuid() != 0:
        return []
    account = _account()
    words = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    if all(folder.stat().st_mode & 0o001 for folder in cluster.data.absolute().parents):
        return words
    return [*words, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
