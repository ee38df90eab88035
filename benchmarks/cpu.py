"""What processes take of the cores.

Beside others who are at work a rate depends above all on how many processes ask for a turn; this depends on them only
as far as they push each other out of the caches.
"""

import os
from collections import defaultdict
from pathlib import Path

from testfields.db.cluster import Cluster

TICKS = os.sysconf("SC_CLK_TCK")


def spent(running: Cluster) -> float:
    """CPU seconds of the cluster, of this process and of all that it has started, those that have ended too."""
    postmaster = int((running.data / "postmaster.pid").read_text().split()[0])
    seconds: dict[int, float] = {}
    below: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # <proc(5)>: behind the name the state, the parent, and from the 12th on own times and those of the ended.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        seconds[int(folder.name)] = sum(map(int, fields[11:15])) / TICKS
        below[int(fields[1])].append(int(folder.name))
    found = [postmaster, os.getpid()]
    for number in found:
        found += below[number]
    return sum(seconds.get(number, 0) for number in dict.fromkeys(found))
