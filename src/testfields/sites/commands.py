"""What the administrator types to bring sites in and to give them out.

``testfields.cli`` mounts the group `sites`.
"""

import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import rich_click as click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.table import Column, Table

from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import N_, Fault, InvalidInput, PortalError
from testfields.sites.exchange.exporting import export_file
from testfields.sites.exchange.importing import import_file
from testfields.sites.exchange.misfits import Misfit
from testfields.sites.exchange.outlines import Lifted
from testfields.sites.exchange.storing import ImportReport, Step
from testfields.sites.rules import FeatureFault
from testfields.web import locale
from testfields.web.words import when

T = TypeVar("T")


class Runner(Protocol):
    """Runs work on the portal's database; the command line puts it into click's context."""

    def __call__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run `work` to its end."""
        ...


console = Console()
STEPS = {Step.READ: N_("Reading"), Step.CHECK: N_("Checking"), Step.STORE: N_("Storing")}


@click.group()
def sites() -> None:
    """The catalogue of sites."""
    locale.use(terminal_language(os.environ))


def terminal_language(environ: Mapping[str, str]) -> str:
    """The portal's language nearest to the terminal's (POSIX: LC_ALL before LC_MESSAGES before LANG); else English."""
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ja" if next((one for one in names if one), "").startswith("ja") else "en"


@sites.command("import")
@only_terminal(May.BRING_IN_SITES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--owner", help="Slug of the owner of sites that do not name one.")
@click.option("--dry-run", "only_try", is_flag=True, help="Tell what would change, and store nothing.")
@click.pass_obj
def import_(run: Runner, file: Path, owner: str | None, only_try: bool) -> None:
    """Store the sites of a GeoJSON, GeoPackage, Shapefile, KML or CSV, as it is or in a ZIP archive.

    Every fault of the file is listed; with a single one nothing is stored and the exit status is 1. So it is with
    --dry-run, which stores nothing in any case.
    """
    try:
        report = run(lambda: import_with_bar(file, owner, only_try))
    except PortalError as error:
        tell(error)
        sys.exit(1)
    for note in report.notes:
        console.print(escape(locale.said(note)), soft_wrap=True)
    if only_try:
        for text, slugs in ((N_("New: %(slugs)s"), report.created), (N_("Changed: %(slugs)s"), report.changed)):
            if slugs:
                console.print(locale.translate(text, slugs=", ".join(slugs)), soft_wrap=True)
    tell_misfits(report.misfits)
    tell_lifted(report.lifted)
    if report.undecided:
        console.print(locale.translate(UNDECIDED, slugs=", ".join(report.undecided)), soft_wrap=True)
    said = WOULD_DO if only_try else DONE
    counts = {"created": report.created, "changed": report.changed, "unchanged": report.unchanged}
    console.print(locale.translate(said, **{name: len(slugs) for name, slugs in counts.items()}))


UNDECIDED = N_(
    "The notice is shorter than the days that staff take to decide, so that what is applied for may begin, and lapse,"
    " undecided: %(slugs)s"
)
DONE = N_("%(created)s sites new, %(changed)s changed, %(unchanged)s as they were.")
WOULD_DO = N_(
    "Nothing was changed. An import would make %(created)s sites new, change %(changed)s, and leave %(unchanged)s as"
    " they are."
)


async def import_with_bar(file: Path, owner: str | None, only_try: bool) -> ImportReport:
    """Import a file, or try to, with a progress bar while it lasts."""
    with Progress(console=console, transient=True) as bar:
        tasks: dict[Step, TaskID] = {}

        def show(step: Step, done: int, total: int | None) -> None:
            if step not in tasks:
                # Without a total the bar moves to and fro.
                tasks[step] = bar.add_task(locale.translate(STEPS[step]), total=total)
            bar.update(tasks[step], completed=done, total=total)

        return await import_file(file, owner, now(), show, only_try=only_try)


@sites.command("export")
@only_terminal(May.BRING_IN_SITES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--slug", "slugs", multiple=True, help="Only this site; may be given several times.")
@click.pass_obj
def export(run: Runner, file: Path, slugs: tuple[str, ...]) -> None:
    """Write sites to a new file that “sites import” reads back; its name's ending says the format."""
    try:
        count = run(lambda: export_file(file, slugs))
    except PortalError as error:
        tell(error)
        sys.exit(1)
    console.print(locale.translate(N_("%(count)s sites written to %(file)s."), count=count, file=escape(str(file))))


def tell(error: PortalError) -> None:
    """What was refused, and for an unfit file every fault of every feature."""
    console.print(f"[bold red]{escape(locale.said(error.message))}[/]")
    if not isinstance(error, InvalidInput):
        return
    print_table(COLUMNS, (_fault_cells(one) for one in error.faults))
    console.print(locale.translate(N_("Nothing was changed.")))


def _fault_cells(one: Fault) -> Sequence[str]:
    place = (str(one.feature), one.slug, one.field) if isinstance(one, FeatureFault) else ("", "", one.path)
    return (*place, locale.said(one.message))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Cells as they are, below columns by their gettext ids.

    Japanese has no blanks to break at; folded, no word of a cell is cut off.
    """
    table = Table(*(Column(locale.translate(one), overflow="fold") for one in columns))
    for cells in rows:
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)


def tell_misfits(misfits: Sequence[Misfit]) -> None:
    """Which applications no longer fit the sites that are changed, and why; for the operator's eyes."""
    if not misfits:
        return
    console.print(
        locale.plural(
            "%(num)s application no longer fits. It keeps its place and permit, and its review tells why:",
            "%(num)s applications no longer fit. They keep their places and permits, and their reviews tell why:",
            len(misfits),
        )
    )
    print_table(MISFIT_COLUMNS, (_misfit_cells(one) for one in misfits))


def _misfit_cells(one: Misfit) -> Sequence[str]:
    kind = locale.translate(N_("permit")) if one.permitted else locale.translate(N_("application"))
    place = f"{one.site} · {locale.named(one, 'area')}"
    faults = "\n".join(locale.said(fault) for fault in one.faults)
    return (str(one.number), kind, locale.named(one, "company"), place, when(one.period, one.timezone), faults)


def tell_lifted(closures: Sequence[Lifted]) -> None:
    """Which closures end by the change, so that somebody who still needs one can enter it anew."""
    if not closures:
        return
    console.print(
        locale.plural(
            "%(num)s closure has no ground left and is lifted. What is still to be closed has to be entered anew:",
            "%(num)s closures have no ground left and are lifted. What is still to be closed has to be entered anew:",
            len(closures),
        )
    )
    print_table(LIFTED_COLUMNS, (_lifted_cells(one) for one in closures))


def _lifted_cells(one: Lifted) -> Sequence[str]:
    place = f"{one.site} · {locale.named(one, 'area')}" if one.area_ja else one.site
    return (str(one.number), place, when(one.period, one.timezone), locale.named(one, "reason"))


LIFTED_COLUMNS = (N_("No."), N_("Place"), N_("When"), N_("Why"))
MISFIT_COLUMNS = (N_("No."), N_("What it is"), N_("Company"), N_("Place"), N_("When"), N_("What no longer fits"))
COLUMNS = (N_("Feature"), N_("Slug"), N_("Field"), N_("What is wrong"))
