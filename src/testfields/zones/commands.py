"""What the administrator types about layers of zones. ``testfields.cli`` mounts the group `zones`.

Publishing them stands above, in the room that knows whom it concerns (reviews/zone_commands.py).
"""

import os

import rich_click as click
from rich.markup import escape
from rich.table import Table

from testfields.accounts.authority import May
from testfields.accounts.guards import only_terminal
from testfields.core.clock import now
from testfields.core.errors import N_
from testfields.sites.commands import Runner, console, terminal_language
from testfields.web import locale
from testfields.zones.importing import Published, Wanted, end, import_layer
from testfields.zones.service import layers


@click.group()
def zones() -> None:
    """Restrictions of law and of the neighbourhood."""
    locale.use(terminal_language(os.environ))


@zones.command("import")
@only_terminal(May.PUBLISH_ZONES)
@click.argument("file", type=FILE)
@click.option("--layer", type=FILE, help="A JSON file that says which layer it is, where the file does not.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that the data is of, where it does not say so."
)
@click.option("--coverage", type=FILE, help="A GeoJSON file of where the layer tells all there is of its kind.")
@click.option("--dry-run", "only_try", is_flag=True, help="Look the file through, and store nothing.")
@click.pass_obj
def import_(
    run: Runner, file: Path, layer: Path | None, as_of: datetime | None, coverage: Path | None, only_try: bool
) -> None:
    """Publish a layer from a GeoJSON, GeoPackage, Shapefile or KML, as it is or in a ZIP archive.

    It holds from now on in place of the one of the same slug; decisions keep what they saw. The files N03 and C28 of
    国土数値情報 and the densely inhabited districts are known by their columns. With a single fault nothing is stored.
    """
    wanted = Wanted(layer, as_of.date() if as_of else None, coverage)
    try:
        published = run(lambda: import_layer(file, wanted, now(), only_try=only_try))
    except PortalError as error:
        tell(error)
        sys.exit(1)
    _tell_published(published, only_try)


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


@zones.command("end")
@only_terminal(May.PUBLISH_ZONES)
@click.argument("slug")
@click.pass_obj
def end_(run: Runner, slug: str) -> None:
    """Let a layer hold no longer, without another in its place; decisions keep what they saw."""

    async def ended() -> None:
        await end(slug, now())

    try:
        run(ended)
    except PortalError as error:
        tell(error)
        sys.exit(1)
    console.print(locale.translate(N_("“%(slug)s” holds no longer."), slug=slug))


@zones.command("list")
@only_terminal(May.PUBLISH_ZONES)
@click.pass_obj
def list_(run: Runner) -> None:
    """The layers that hold now, with their source and the day they are of."""
    table = Table(*(locale.translate(one) for one in COLUMNS))
    for one in run(lambda: layers(now())):
        told = (one.slug, one.kind, locale.named(one, "name"), str(one.zones), one.as_of.isoformat(), one.source)
        table.add_row(*(escape(cell) for cell in told))
    console.print(table)


COLUMNS = (N_("Slug"), N_("Kind"), N_("Name"), N_("Zones"), N_("As of"), N_("Source"))
