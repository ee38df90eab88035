"""Serving pages and API: one port, a few processes, each started again when it dies, until told to stop.

The process that was started listens to signals, keeps the embedded database up and watches over the others, which
answer. They end with it.
"""

import asyncio
import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from functools import partial

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from litestar import Litestar

from testfields import ports, schema, stopping
from testfields.app import create_app
from testfields.db import cluster
from testfields.db.engine import DB
from testfields.settings import Settings

logger = logging.getLogger("testfields.serving")

LOOKS_AGAIN_EVERY_S = 3.0
# For the headers of a request, and between two requests on one connection.
HEADERS_WITHIN_S = 20.0
# Of each process, whether they ask for something or not. Those above wait in the system's queue.
CONNECTIONS = 512
# Answers at hand may be finished in this time when the portal is told to stop.
ANSWERS_WITHIN_S = 5
# Granian gives up when a process dies a second time within 5.5 s. A portal that was up comes back all the same; one
# that never was has a fault that does not go away.
WAS_UP_AFTER_S = 30.0
BEGINS_AGAIN_AFTER_S = 5.0
PARENT_LOOKED_FOR_EVERY_S = 0.5
# <linux/prctl.h>
PR_SET_PDEATHSIG = 1


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises PortInUse, ClusterError where the embedded database cannot be had, and SchemaError for a database that
    cannot be worked with. One that does not answer yet is waited for.
    """
    with (
        stopping.until_told(),
        ports.held(settings.host, settings.port),
        cluster.address(settings.database_url, settings.data, kept=True) as url,
    ):
        wait_for_database(url)
        _serve(replace(settings, database_url=url))


def wait_for_database(url: str) -> None:
    """Return when the database at `url` is there; raises SchemaError where it cannot be worked with."""
    DB.use(url)
    while True:
        try:
            asyncio.run(schema.demand_current())
        except schema.NotThere as error:
            logger.warning("%s Looking again in %.0f seconds.", error, LOOKS_AGAIN_EVERY_S)
            time.sleep(LOOKS_AGAIN_EVERY_S)
        else:
            return


def _serve(settings: Settings) -> None:
    while True:
        begun = time.monotonic()
        server = Granian(
            "testfields",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            # Told apart by its first bytes, HTTP/2 could be waited for without end.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=int(HEADERS_WITHIN_S * 1000)),
            backpressure=CONNECTIONS,
            log_access=False,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=ANSWERS_WITHIN_S,
        )
        try:
            server.serve(target_loader=partial(_in_process, settings), wrap_loader=False)
        except SystemExit:
            if not server.interrupt_signal and time.monotonic() - begun < WAS_UP_AFTER_S:
                raise
        if server.interrupt_signal:
            stopping.hurry(stopping.ENDS_WITHIN_S - ANSWERS_WITHIN_S)
            return
        # Granian listened to the signals until now.
        stopping.listen()
        logger.error("the server's processes die again and again; beginning anew in %.0f seconds", BEGINS_AGAIN_AFTER_S)
        time.sleep(BEGINS_AGAIN_AFTER_S)


def _in_process(settings: Settings) -> Litestar:
    """What each process answers with."""
    if sys.platform == "linux":
        # A process that is at something for long, and lets no thread of its own have a turn, is ended too. The system
        # looks at the thread that started it: granian starts processes in its main thread alone.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    app = create_app(settings)
    # What is there now stays: looking through it for what has gone is in vain, and takes a tenth of a second.
    gc.freeze()
    return app


def _end_with_parent() -> None:
    """End when the process that watches over this one is gone: it would hold the port, and nobody could stop it.

    For systems that do not end it themselves, and for a parent that was gone before they were asked to.
    """
    parent = multiprocessing.parent_process()
    while parent is not None and os.getppid() == parent.pid:
        time.sleep(PARENT_LOOKED_FOR_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ANSWERS_WITHIN_S)
    os._exit(1)
