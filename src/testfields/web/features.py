"""What a room gives to the portal. Each says it in one place: `FEATURE` in the file `feature.py` of its folder."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import rich_click as click
from litestar.types import ControllerRouterHandler
from piccolo.table import Table


class Settings(Protocol):
    """What a room may ask of the portal's settings."""

    @property
    def base_url(self) -> str: ...
    @property
    def data(self) -> Path: ...
    @property
    def smtp_url(self) -> str | None: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def gsi_tiles(self) -> bool: ...
    @property
    def basemap(self) -> Path | None: ...


def everybody(_actor: object) -> bool:
    """Whoever looks at a page, logged in or not."""
    return True


@dataclass(frozen=True)
class Link:
    """A link of the main menu, `text` a gettext id; the smaller `place` stands first. `sees` is told who looks."""

    place: int
    href: str
    icon: str
    text: str
    sees: Callable[[Any], bool] = everybody

    def leads_to(self, path: str) -> bool:
        """Whether a page at `path` is this one or lies below it."""
        return path == self.href or (self.href != "/" and path.startswith(self.href))


@dataclass(frozen=True)
class Task:
    """Work for the worker; `run` is given the settings, then by name what was enqueued. It may run twice.

    `guard` is asked first whether the portal may do it (`accounts.guards.OnlyPortal`).
    """

    name: str
    run: Callable[..., Awaitable[None]]
    guard: Callable[..., Awaitable[None]]


def nothing(_settings: Settings) -> Mapping[str, object]:
    """No names for templates."""
    return {}


@dataclass(frozen=True, eq=False)
class Feature:
    """One room: its API below /api/v1, its pages, and so on. `hourly` clears away what is over, told the time;
    `daily` what is left over of files.
    """

    # Rooms whose SQL files its own build on; these are loaded first.
    after: tuple["Feature", ...] = ()

    api: tuple[ControllerRouterHandler, ...] = ()
    pages: tuple[ControllerRouterHandler, ...] = ()
    menu: tuple[Link, ...] = ()
    # Names that every template may use.
    in_templates: Callable[[Settings], Mapping[str, object]] = nothing
    commands: tuple[click.Command, ...] = ()
    # Commands in a group of a room below.
    subcommands: tuple[tuple[click.Group, click.Command], ...] = ()
    tasks: tuple[Task, ...] = ()
    hourly: tuple[Callable[[datetime], Awaitable[object]], ...] = ()
    daily: tuple[Callable[[Settings], Awaitable[object]], ...] = ()
    tables: tuple[type[Table], ...] = ()
    # SQL made of the rows of a table in the code (`db.sets`), loaded before the room's SQL files.
    sets: str = ""
