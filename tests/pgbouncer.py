"""PgBouncer in transaction mode, on a free port of this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from testfields.db import cluster
from tests.server import free_port

STARTS_WITHIN_S = 240
SETTINGS = """
[databases]
* = host={sockets} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 12
max_client_conn = 500
"""


@contextmanager
def pgbouncer(url: str) -> Iterator[str]:
    """PgBouncer before the database at `url`; the address to reach it by."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "PgBouncer is not installed"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="tfbouncer") as folder:
        users, settings = Path(folder, "users.txt"), Path(folder, "pgbouncer.ini")
        users.write_text(f'"{cluster.USER}" ""\n')
        sockets = unquote(urlsplit(url).query.removeprefix("host="))
        settings.write_text(SETTINGS.format(sockets=sockets, user=cluster.USER, port=port, users=users))
        # It refuses to run as root.
        Path(folder).chmod(0o755)
        command = [program, *(["-u", "postgres"] if os.geteuid() == 0 else []), "-q", str(settings)]
        running = subprocess.Popen(command)
        try:
            _wait_for(port)
            yield f"postgresql://{cluster.USER}@127.0.0.1:{port}{urlsplit(url).path}"
        finally:
            running.terminate()
            running.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("PgBouncer does not answer")
