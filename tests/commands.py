"""Commands as processes that begin with the portal already loaded: reading it takes longer than all they do here."""

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

from testfields.cli import main
from tests.server import free_port

# One line of what is said is one line, however narrow the terminal is that runs the tests.
WIDE = {"COLUMNS": "200"}
os.environ.update(WIDE)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


def typed(url: str, *words: str) -> tuple[int, str]:
    """Exit status of a command on the database at `url`, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        # Commands that listen do so beside each other.
        environment = {**os.environ, "DATABASE_URL": url, "TESTFIELDS_PORT": str(free_port())}
        process = PROCESSES.Process(target=_run, args=(words, environment, said))
        process.start()
        process.join()
        assert process.exitcode is not None
        return process.exitcode, said.read_text()


def _run(words: tuple[str, ...], environment: dict[str, str], said: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    out = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    typing, to_type = os.pipe()
    os.write(to_type, b"a long password\n")
    os.close(to_type)
    for to, stream in ((typing, 0), (out, 1), (out, 2)):
        os.dup2(to, stream)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = ["testfields", *words]
    main()
