"""The server of an embedded cluster: bringing it up, stopping it, and clearing up after one that was killed.

PostgreSQL notes its first process, the postmaster, in ``postmaster.pid``. Where that was killed, the file stays behind,
its number may be somebody else's by now or that of a dead process whose parent takes no note, and processes that were
busy go on and keep a new server from starting. What really runs is told by the titles of processes.
"""

import os
import shlex
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

from testfields.db.programs import Cluster, ClusterError, run, succeeds

PROCESSES = Path("/proc")
LOOKS_EVERY_S = 0.05
# pg_ctl watches a new server this long, and tells why it does not come up.
WATCHED_FOR_S = 2
# One that is told to stop writes out what is in memory; where that takes longer, it recovers at its next start.
STOPS_WITHIN_S = 3


def stop(cluster: Cluster) -> None:
    """Stop the server if it is there, ending whatever is connected."""
    if not lives(cluster):
        return
    try:
        _pg_ctl(cluster, "stop", "--mode=fast", "--wait", f"--timeout={STOPS_WITHIN_S}")
    except ClusterError:
        if lives(cluster):
            _pg_ctl(cluster, "stop", "--mode=immediate", "--wait")


def answers(cluster: Cluster) -> bool:
    """Whether the server takes connections."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(cluster.socket))
        except OSError:
            return False
    return succeeds(cluster, "pg_isready", ["--quiet", f"--dbname={cluster.url('postgres')}"])


def lives(cluster: Cluster) -> bool:
    """Whether the postmaster is there, whatever it is at."""
    try:
        noted = int((cluster.data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return False
    if not _titles_can_be_read():
        return succeeds(cluster, "pg_ctl", ["status", f"--pgdata={cluster.data}"])
    return _is_of(cluster, noted)


def launch(cluster: Cluster) -> None:
    """Start a server that is not there; only while nobody else may. Raises ClusterError where it ends again at once."""
    _clear_up(cluster)
    # pg_ctl hands these to a shell.
    options = f"-k {shlex.quote(str(cluster.socket_folder))} -c cluster_name={cluster.name}"
    words = ["--wait", f"--timeout={WATCHED_FOR_S}", f"--log={cluster.log}", f"--options={options}"]
    try:
        _pg_ctl(cluster, "start", *words)
    except ClusterError:
        # Recovering may take longer than pg_ctl watches.
        if not lives(cluster):
            raise


def _clear_up(cluster: Cluster) -> None:
    """End what a killed server has left running, and forget its number."""
    if not _titles_can_be_read():
        return
    while left := [number for number in _numbers() if _is_of(cluster, number) or _is_ending(number)]:
        for number in left:
            if _is_of(cluster, number):
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        time.sleep(LOOKS_EVERY_S)
    for note in (cluster.data / "postmaster.pid", cluster.socket.with_name(f"{cluster.socket.name}.lock")):
        note.unlink(missing_ok=True)


def _titles_can_be_read() -> bool:
    """Only Linux shows them as files, to everybody; elsewhere PostgreSQL's own look has to do."""
    return (PROCESSES / "self/cmdline").exists()


def _numbers() -> list[int]:
    return [int(entry.name) for entry in PROCESSES.iterdir() if entry.name.isdecimal()]


def _is_of(cluster: Cluster, number: int) -> bool:
    """Whether a process belongs to the cluster's server.

    Whole words are compared: paths and names of others may hold those of this one. The first process shows how it was
    called, those it has started a title that begins with the cluster's name.
    """
    title = _read(number, "cmdline")
    if title.startswith(b"postgres:"):
        return title.startswith(f"postgres: {cluster.name}: ".encode())
    if not title.split(b"\0", 1)[0].endswith(b"/postgres"):
        return False
    called = (f"-c\0cluster_name={cluster.name}".encode(), b"-D\0" + os.fsencode(cluster.data))
    return any(b"\0%s\0" % words in title for words in called)


def _is_ending(number: int) -> bool:
    """Whether a process of some PostgreSQL is about to be gone: it has lost its title, and may not have let go of all.

    A dead one (Z) whose parent takes no note has.
    """
    _, _, rest = _read(number, "stat").partition(b" (postgres) ")
    return rest != b"" and rest[:1] not in b"ZX" and _read(number, "cmdline") == b""


def _read(number: int, file: str) -> bytes:
    """What the system tells of a process; nothing of one that is gone."""
    try:
        return (PROCESSES / str(number) / file).read_bytes()
    except OSError:
        return b""


def _pg_ctl(cluster: Cluster, verb: str, *words: str) -> None:
    run(cluster, "pg_ctl", [verb, f"--pgdata={cluster.data}", "--silent", *words])
