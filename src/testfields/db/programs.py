"""PostgreSQL's own programs: which of them an embedded cluster uses, and running them as an account they accept."""

import functools
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LEAST_VERSION = 15
# sockaddr_un.sun_path holds 108 bytes with its closing zero (unix(7)).
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
USER = DATABASE = "testfields"
UNPRIVILEGED = ("postgres", "nobody")


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
        return self.root / f"postgresql-{version(self.binaries)}"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "server.log"

    @property
    def name(self) -> str:
        """What each process of its server carries in its title, to be told from those of others."""
        return f"testfields-{hashlib.sha256(str(self.data).encode()).hexdigest()[:16]}"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: in the data folder, unless that path is too long for a socket."""
        inside = self.data
        if len(str(inside / SOCKET_NAME).encode()) <= LONGEST_SOCKET_PATH:
            return inside
        return Path(tempfile.gettempdir()) / self.name

    @property
    def socket(self) -> Path:
        """The socket itself."""
        return self.socket_folder / SOCKET_NAME

    def url(self, database: str = DATABASE) -> str:
        """The address of `database` as asyncpg and libpq read it."""
        return f"postgresql://{USER}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"


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
    newest = max(usable, key=version)
    if version(newest) < LEAST_VERSION:
        raise ClusterError(f"PostgreSQL {version(newest)} is too old; {LEAST_VERSION} or newer is needed.")
    return newest


@functools.cache
def version(binaries: Path) -> int:
    """Major version, read from ``postgres --version`` ("postgres (PostgreSQL) 15.18 (Debian …)")."""
    output = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(output.split(")", 1)[1].split()[0].split(".")[0])


def run(cluster: Cluster, program: str, words: Sequence[str]) -> str:
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


def succeeds(cluster: Cluster, program: str, words: Sequence[str]) -> bool:
    """Run one of PostgreSQL's programs that answers by its exit status."""
    try:
        run(cluster, program, words)
    except ClusterError:
        return False
    return True


def hand_over(folder: Path) -> None:
    """Give `folder` to the account that the server runs as."""
    if os.geteuid() == 0:
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)


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
