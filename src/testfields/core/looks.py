"""How each kind of shape looks in a picture of a map: the colours and dashes that css/map.css gives it on a screen."""

from collections.abc import Mapping
from dataclasses import dataclass

SEA = "#dfe8ef"
INK, SOFT = "#1a1a1a", "#4d4d4d"


@dataclass(frozen=True)
class Look:
    """`width` of its line in px, or as wide as so many `metres` on the ground where that is more, with an edge in the
    colour `casing`; `opacity` is that of what it is filled with."""

    line: str
    fill: str = "none"
    width: float = 1
    opacity: float = 1
    dash: str = ""
    metres: float = 0
    casing: str = ""


# From the lowest up.
LOOKS: Mapping[str, Look] = {
    "coast": Look("#a9b7c2", "#f6f5f1"),
    "land": Look("#9fb0bd", "#f3f0e9"),
    "water": Look("#c5d6e2", SEA, 0.75, metres=4),
    "paving": Look("#cbc8c2", "#e6e4e0"),
    "trees": Look("#c3d1b8", "#dbe5d3", 0.75),
    "pad": Look("#85817a", "#f7f6f3", dash="3 2"),
    "road": Look("#fff", "#fff", 1.5, metres=7, casing="#b5b0a6"),
    "track": Look("#d3d0cb", "#d9d7d3", 2, metres=8, casing="#77736c"),
    "building": Look("#918b81", "#cfcac2"),
    "fence": Look("#6f6a61", width=1.25, dash="7 2 1 2"),
    "danger": Look("#a8503a", "#f3d9d2", 1.5, dash="2 3"),
    "gate": Look(SOFT),
    "power": Look(SOFT),
    "tap": Look(SOFT),
    "toilet": Look("#918b81", "#cfcac2"),
    "charger": Look(SOFT),
    "office": Look("#918b81", "#cfcac2"),
    "parking": Look("#cbc8c2", "#e6e4e0"),
    "hangar": Look("#918b81", "#cfcac2"),
    "town": Look(SOFT),
    "neighbour": Look(SOFT, SOFT, 1.5, 0.05, "12 6"),
    "site": Look("#00428c", "#00428c", 3, 0.06),
    "area": Look("#0066be", "#0066be", 2, 0.06, "2 5"),
    "closed": Look("#ce0000", "#ce0000", 2, 0.18, "1 5"),
    "taken": Look("#0055ad", "#0055ad", 2, 0.35),
    "held": Look("#806300", "#806300", 2, 0.2, "6 5"),
    "rival": Look("#5109ad", "#5109ad", 2, 0.15, "10 4 2 4"),
    "asked": Look("#ac3e00", "#ac3e00", 4, 0.3),
}

# What stands for a point, drawn in 24 × 24 as in icons/sprite.svg; another is a dot.
SIGNS: Mapping[str, str] = {
    "trees": "M12 21v-7M12 3a6 6 0 0 0-5.5 8.4A3.8 3.8 0 0 0 9 17h6a3.8 3.8 0 0 0 2.5-5.6A6 6 0 0 0 12 3Z",
    "pad": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9 7.5v9M15 7.5v9M9 12h6",
    "gate": "M4 20V5M20 20V5M4 9h16M4 16h16M9 9v7M15 9v7",
    "power": "M13 2 5 14h6l-1 8 8-12h-6l1-8Z",
    "tap": "M12 3s6.5 7 6.5 11.5a6.5 6.5 0 0 1-13 0C5.5 10 12 3 12 3Z",
    "toilet": (
        "M8 6.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM5.5 9h5v6H9v6H7v-6H5.5Z"
        "M16.5 6.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM16.5 9l-3 7h2v5h2v-5h2Z"
    ),
    "charger": "M5 21V4h8v17M3 21h12M7 8h4M13 12h2v5a1.5 1.5 0 0 0 3 0V9l-3-3",
    "office": "M5 21V4h14v17M9 8h2M13 8h2M9 12h2M13 12h2M10 21v-5h4v5",
    "parking": "M4 4h16v16H4ZM10 17V7h3.2a2.8 2.8 0 0 1 0 5.6H10",
    "hangar": "M3 20V10l9-5 9 5v10M7 20v-7h10v7M7 16h10",
    "danger": "M12 3.5 2.5 20h19L12 3.5ZM12 10v4.5M12 17.2h.01",
}
