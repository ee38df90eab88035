"""The guard of every door: each handler, job and command names its row of the table of authority, and is let in by it.

What names no row does not start: the portal, the worker and the command line look through all that they have.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import rich_click as click
from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from testfields.accounts.access import let_in
from testfields.accounts.authority import Kind, May
from testfields.accounts.identity import kept_form
from testfields.core.errors import NotLoggedIn
from testfields.web.problems import KEPT

P = ParamSpec("P")
T = TypeVar("T")
ROW = "row_of_authority"


class NoRow(Exception):
    """Something can be called, and names no row of the table of authority."""


@dataclass(frozen=True)
class Only:
    """``guards=[Only(May.…)]``: the handler is for whom that row says, and for nobody else."""

    may: May

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        """Raises NotLoggedIn, with what was written kept for the page that says so, or NotAllowed."""
        try:
            let_in(connection.state.get("actor"), self.may)
        except NotLoggedIn:
            if isinstance(connection, Request):
                connection.state[KEPT] = await kept_form(connection)
            raise


@dataclass(frozen=True)
class OnlyPortal:
    """``Task(…, OnlyPortal(May.…))``: the job does what that row lets the portal itself do."""

    may: May

    async def __call__(self, work: Callable[[], Awaitable[None]], _context: object, _worker: object) -> None:
        """Raises NotAllowed."""
        let_in(Kind.PORTAL, self.may)
        await work()


def only_terminal(may: May) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """``@only_terminal(May.…)`` below ``@group.command()``: the command does what that row lets the terminal do."""

    def guard(command: Callable[P, T]) -> Callable[P, T]:
        @wraps(command)
        def guarded(*words: P.args, **options: P.kwargs) -> T:
            let_in(Kind.TERMINAL, may)
            return command(*words, **options)

        setattr(guarded, ROW, may)
        return guarded

    return guard


def rows_of_handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler, May]]:
    """Method and address of every handler, and its row; raises NoRow."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise NoRow(f"{route.path_format} is no plain address")
        for method, (handler, _) in route.route_handler_map.items():
            # The framework's own answer about an address: which methods it takes.
            if method != "OPTIONS":
                yield f"{method} {route.path_format}", handler, row_of_handler(handler)


def row_of_handler(handler: HTTPRouteHandler) -> May:
    """The row that a handler names; raises NoRow."""
    rows = [guard.may for guard in handler.resolve_guards() if isinstance(guard, Only)]
    if len(rows) != 1:
        raise NoRow(f"{handler} names {len(rows)} rows of the table of authority; it must name one.")
    return rows[0]


def rows_of_jobs(tasks: Mapping[str, Any]) -> Iterator[tuple[str, May]]:
    """Name of every job of the worker, and its row; raises NoRow."""
    for name, task in sorted(tasks.items()):
        # The library's own, which nobody enqueues.
        if task.name.startswith("builtin:"):
            continue
        rows = [guard.may for guard in task.task_middleware if isinstance(guard, OnlyPortal)]
        if len(rows) != 1:
            raise NoRow(f"The job {name} names {len(rows)} rows of the table of authority; it must name one.")
        yield name, rows[0]


def rows_of_commands(group: click.RichGroup, words: str = "") -> Iterator[tuple[str, May]]:
    """Words of every command below `group`, and its row; raises NoRow."""
    for name, command in sorted(group.commands.items()):
        typed = f"{words} {name}".strip()
        if isinstance(command, click.RichGroup):
            yield from rows_of_commands(command, typed)
        elif isinstance(row := getattr(command.callback, ROW, None), May):
            yield typed, row
        else:
            raise NoRow(f"The command {typed} names no row of the table of authority.")
