"""``python -m benchmarks``: every measurement in one run, as a table and as ``benchmarks/results.json``."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import booking, free_time
from testfields.db import cluster

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure on a cluster of the run's own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tfbench") as root, cluster.running(Path(root)) as running:
        rates = booking.measure(running)
        month, questions = free_time.measure(running, "free_time")
    results = {
        "load_before_and_cores": [os.getloadavg()[2], os.cpu_count()],
        "booking_per_s": asdict(rates) | {"ratio": rates.ratio},
        "month_per_s": asdict(month) | {"ratio": month.ratio},
        "all_sites_ms": [asdict(one) for one in questions],
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    Console().print(_table(rates, month, questions))


def _table(rates: booking.Rates, month: free_time.Month, questions: list[free_time.Question]) -> Table:
    table = Table("What", "Portal", "Bare", "Ratio", "Aim", title=f"{os.cpu_count()} cores")
    table.add_row(
        "booking POST, 32 clients, against pgbench",
        f"{rates.http:.0f}/s", f"{rates.pgbench:.0f}/s", f"{rates.ratio:.2f}", "0.5",
    )  # fmt: skip
    table.add_row(
        "a month of one area, 500 bookings, over HTTP, against its SQL",
        f"{month.http:.0f}/s", f"{month.sql:.0f}/s", f"{month.ratio:.2f}", "0.5",
    )  # fmt: skip
    for one in questions:
        for kind, answers in (("a third of the sites busy", one.busy), ("none busy", one.quiet)):
            table.add_row(
                f"which of {free_time.SITES:,} sites are free, {one.claims:,} claims, {kind}",
                f"p50 {answers.p50_ms:.0f} ms, p95 {answers.p95_ms:.0f} ms", "–", "–", "p95 < 100 ms",
            )  # fmt: skip
    return table


if __name__ == "__main__":
    main()
