"""What the administrator types to look decisions through. ``testfields.cli`` mounts the group `reviews`."""

import os
import sys

import rich_click as click

from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import N_, PortalError
from testfields.reservations.actions import ACTIONS
from testfields.reservations.words import WHO
from testfields.reviews.replaying import Replayed, replay
from testfields.sites.commands import Runner, console, print_table, tell, terminal_language
from testfields.web import locale
from testfields.web.parameters import LARGEST_ID
from testfields.web.words import instant
from testfields.zones.rules import Compared
from testfields.zones.views import shown


@click.group()
def reviews() -> None:
    """Decisions on applications."""
    locale.use(terminal_language(os.environ))


@reviews.command("replay")
@only_terminal(May.REPLAY)
@click.argument("number", type=click.IntRange(1, LARGEST_ID))
@click.pass_obj
def replay_(run: Runner, number: int) -> None:
    """For each decision on an application, what law and place said when it was taken, and what they say now.

    The zones are those of that moment; the project, the ground and the rules are as they are.
    """
    try:
        decisions = run(lambda: replay(None, number, now()))
    except PortalError as error:
        tell(error)
        sys.exit(1)
    if not decisions:
        console.print(locale.translate(N_("Nothing has been decided yet.")))
    for one in decisions:
        _tell_decision(one)


def _tell_decision(one: Replayed) -> None:
    told = (ACTIONS[one.action].told, WHO[one.role])
    action, role = (locale.translate(text) for text in told)
    console.print(f"[bold]{action} · {instant(one.at, one.timezone)} · {role}[/]")
    words = shown([each.finding for each in one.found], one.timezone)
    print_table(
        COLUMNS,
        [
            (_mark(each), told.severity, told.what, "\n".join(told.when), told.source)
            for each, told in zip(one.found, words, strict=True)
        ],
    )


def _mark(one: Compared) -> str:
    return locale.translate(AS_THEN if one.then and one.now else COME if one.now else GONE)


AS_THEN, COME, GONE = N_("as it was"), N_("+ new since"), N_("- no more")
COLUMNS = (N_("Since then"), N_("How grave"), N_("What is found"), N_("When"), N_("Source"))
