"""``python -m benchmarks``: every measurement in one run, as a table and as ``benchmarks/results.json``."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import agenda, all_sites, at_size, booking, closing, drawing, free_time, geometry, weight
from testfields.db import cluster

RESULTS = Path(__file__).parent / "results.json"
FREE_TIME = "free_time"


def main() -> None:
    """Measure on a cluster of the run's own, which is gone afterwards."""
    load_of_the_minute_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="tfbench") as root, cluster.running(Path(root)) as running:
        rates = booking.measure(running)
        month = free_time.measure(running, FREE_TIME)
        in_process, over_http = all_sites.measure(running, FREE_TIME)
        grown = at_size.measure(running)
        calendars = agenda.measure(running)
        closed = closing.measure(running)
        judged, beside = geometry.measure(running)
        drawn = drawing.measure(running)
    views = weight.measure()
    results = {
        "load_of_the_minute_before": load_of_the_minute_before,
        "cores": os.cpu_count(),
        "booking_per_s": asdict(rates) | {"ratio": rates.ratio, "ratio_to_claims": rates.ratio_to_claims},
        "month_per_s": asdict(month) | {"ratio": month.ratio},
        "at_size_ms": [asdict(one) | {"ratio": one.ratio} for one in grown],
        "calendar_of_100_areas_ms": [asdict(one) | {"ratio": one.ratio} for one in calendars],
        "worst_geometry_ms": asdict(judged),
        "booking_beside_neighbour_ms": [asdict(one) | {"ratio": one.ratio} for one in beside],
        "closing_s": asdict(closed),
        "check_while_drawing_ms": asdict(drawn) | {"ratio": drawn.ratio},
        "first_views": [asdict(one) for one in views],
        "all_sites_in_process": [asdict(one) for one in in_process],
        "all_sites_one_day_over_http": [asdict(one) for one in over_http],
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    console = Console()
    console.print(_rates(rates, month))
    console.print(_grown(grown))
    console.print(_calendars(calendars))
    console.print(_outlines(judged, beside))
    console.print(_closed(closed))
    console.print(_drawn(drawn))
    console.print(_answers(in_process, over_http))
    console.print(_views(views))


def _rates(rates: booking.Rates, month: free_time.Month) -> Table:
    table = Table("What", "Portal", "Bare", "Ratio", "Aim", title=f"{os.cpu_count()} cores")
    table.add_row(
        "booking POST over HTTP, 32 clients, against pgbench",
        f"{rates.http:.0f}/s", f"{rates.pgbench:.0f}/s", f"{rates.ratio:.2f}", "0.6",
    )  # fmt: skip
    table.add_row(
        "the same, against pgbench inserting bare guarded claims",
        f"{rates.http:.0f}/s", f"{rates.claims:.0f}/s", f"{rates.ratio_to_claims:.2f}", "0.25",
    )  # fmt: skip
    for what, bare in (("pgbench", rates.pgbench_cpu_ms), ("bare claims", rates.claims_cpu_ms)):
        table.add_row(
            f"CPU of a booking, against that of {what}",
            f"{rates.http_cpu_ms:.2f} ms", f"{bare:.2f} ms", f"{bare / rates.http_cpu_ms:.2f}", "",
        )  # fmt: skip
    table.add_row(
        "a month of one area, 500 bookings, over HTTP, 8 clients, against its SQL",
        f"{month.http:.0f}/s", f"{month.sql:.0f}/s", f"{month.ratio:.2f}", "0.5",
    )  # fmt: skip
    return table


def _grown(grown: list[at_size.Grown]) -> Table:
    few, many = (f"{size:,} trials" for size in at_size.SIZES)
    table = Table("One answer over HTTP", few, many, "Ratio", "Aim")
    for one in grown:
        table.add_row(one.address, f"{one.few_ms:.0f} ms", f"{one.many_ms:.0f} ms", f"{one.ratio:.2f}", "1.5")
    return table


def _calendars(calendars: list[agenda.Calendar]) -> Table:
    table = Table(f"A month of {agenda.AREAS} areas as a page", "Page (aim 38 ms)", "Bare SQL", "Ratio (aim 2)")
    for one in calendars:
        table.add_row(f"{one.bookings:,} bookings", f"{one.page_ms:.0f} ms", f"{one.sql_ms:.0f} ms", f"{one.ratio:.2f}")
    return table


def _outlines(judged: geometry.Judged, beside: list[geometry.Beside]) -> Table:
    few, many = (f"{points:,} points" for points in geometry.OUTLINES)
    table = Table("Outlines of many points", few, many, "Ratio", "Aim")
    for one in beside:
        what = f"booking POST in an area, {one.mode}, beside a neighbour"
        table.add_row(what, f"{one.few_ms:.0f} ms", f"{one.many_ms:.0f} ms", f"{one.ratio:.2f}", "1.5")
    what = f"slowest /healthz while {judged.points:,} points are judged for {judged.judging_ms:.0f} ms"
    table.add_row(what, "", f"{judged.healthz_ms:.0f} ms", "", "1,000 ms")
    return table


def _closed(one: closing.Closed) -> Table:
    title = f"Closing all sites of an owner, over {one.stays:,} stays of {one.letters} companies"
    table = Table("Step", "Seconds", "Aim", title=title)
    table.add_row("looking whom it concerns", f"{one.preview_s:.1f}", "")
    table.add_row("taking the ground, displacing, one transaction", f"{one.closing_s:.1f}", "10")
    table.add_row("writing the letters", f"{one.letters_s:.1f}", "")
    return table


def _drawn(one: drawing.Drawing) -> Table:
    table = Table("The check while drawing, over HTTP", "No zones", f"{one.zones:,} zones", "Ratio", "Aim")
    what = f"POST /api/v1/reservations/check, {one.concern} of them here"
    table.add_row(what, f"{one.none_ms:.0f} ms", f"{one.many_ms:.0f} ms", f"{one.ratio:.2f}", "3")
    return table


def _answers(in_process: list[all_sites.InProcess], over_http: list[all_sites.OverHttp]) -> Table:
    table = Table("Which of 10,000 sites are free, one question at a time", "Claims", "Every site busy", "None busy")
    for one in in_process:
        table.add_row(f"{one.window}, in process", f"{one.claims:,}", _ms(one.busy), _ms(one.quiet))
    for asked in over_http:
        table.add_row(f"1 day, over HTTP, {asked.address}", f"{asked.claims:,}", _ms(asked.busy), "–")
    return table


def _views(views: list[weight.Weight]) -> Table:
    table = Table("First view, on a slow phone", "Requests (aim 25)", "kB (aim 300)", "LCP in s (aim 2)")
    for one in views:
        table.add_row(one.page, f"{one.requests}", f"{one.kilobytes:.0f}", f"{one.lcp_ms / 1000:.1f}")
    return table


def _ms(answers: all_sites.Answers) -> str:
    return f"p50 {answers.p50_ms:.0f} ms, p95 {answers.p95_ms:.0f} ms"


if __name__ == "__main__":
    main()
