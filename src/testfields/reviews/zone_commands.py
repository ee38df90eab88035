"""Publishing layers of zones at the terminal, in the group `zones`: also tells whom that concerns."""

import sys
from datetime import datetime
from pathlib import Path

import rich_click as click
from rich.markup import escape

from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import N_, PortalError
from testfields.reviews.affected import Affected, import_zones
from testfields.sites.commands import Runner, console, print_table, tell
from testfields.web import locale
from testfields.web.words import when
from testfields.zones.importing import Published, Wanted

FILE = click.Path(path_type=Path)


@click.command("import")
@only_terminal(May.PUBLISH_ZONES)
@click.argument("file", type=FILE)
@click.option("--layer", type=FILE, help="A JSON file that says which layer it is, where the file does not.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that the data is of, where it does not say so."
)
@click.option("--coverage", type=FILE, help="A GeoJSON file of where the layer tells all there is of its kind.")
@click.option("--dry-run", "only_try", is_flag=True, help="Tell whom it would concern, and store nothing.")
@click.pass_obj
def import_(
    run: Runner, file: Path, layer: Path | None, as_of: datetime | None, coverage: Path | None, only_try: bool
) -> None:
    """Publish a layer from a GeoJSON, GeoPackage, Shapefile or KML, as it is or in a ZIP archive.

    It holds from now on in place of the one of the same slug; decisions keep what they saw. The files N03 and C28 of
    国土数値情報 and the densely inhabited districts are known by their columns. With a single fault nothing is stored.
    Applications under way that are forbidden or need a permission by it are listed.
    """
    wanted = Wanted(layer, as_of.date() if as_of else None, coverage)
    try:
        published, affected = run(lambda: import_zones(file, wanted, now(), only_try=only_try))
    except PortalError as error:
        tell(error)
        sys.exit(1)
    _tell_published(published, only_try)
    _tell_affected(affected)


def _tell_published(published: Published, only_try: bool) -> None:
    if published.passed_over:
        names = escape(", ".join(published.passed_over))
        console.print(locale.translate(N_("Without a shape, and passed over: %(names)s"), names=names), soft_wrap=True)
    if published.facts.coverage is None:
        console.print(locale.translate(NO_COVERAGE), soft_wrap=True)
    said = WOULD_PUBLISH if only_try else REPLACED if published.replaced else NEW
    console.print(locale.translate(said, slug=published.facts.slug, zones=published.zones))


NO_COVERAGE = N_(
    "The layer does not say where it tells all there is. Outside of its zones pages go on saying that nothing is known;"
    " --coverage names a file with that outline."
)
WOULD_PUBLISH = N_("Nothing was changed. An import would publish “%(slug)s” with %(zones)s zones.")
REPLACED = N_("“%(slug)s” with %(zones)s zones holds from now on, in place of what was published before.")
NEW = N_("“%(slug)s” with %(zones)s zones holds from now on.")


def _tell_affected(affected: list[Affected]) -> None:
    """Which applications it makes graver, for the operator's eyes."""
    if not affected:
        return
    console.print(
        locale.plural(
            "%(num)s application is forbidden or needs a permission by it. It keeps its place; its review tells why:",
            "%(num)s applications are forbidden or need a permission by it. They keep their places; reviews tell why:",
            len(affected),
        )
    )
    print_table(COLUMNS, (_cells(one) for one in affected))


def _cells(one: Affected) -> tuple[str, ...]:
    kind = locale.translate(N_("permit")) if one.permitted else locale.translate(N_("application"))
    place = f"{one.site} · {locale.named(one, 'area')}"
    found = "\n".join(locale.said(each.what) for each in one.findings)
    return (str(one.number), kind, locale.named(one, "company"), place, when(one.period, one.timezone), found)


COLUMNS = (N_("No."), N_("What it is"), N_("Company"), N_("Place"), N_("When"), N_("What is found"))
