"""The README's drawing of the architecture shows the rooms that there are, on the floors where they stand."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def floors() -> list[set[str]]:
    """The rooms of each floor, from the top, as the contract keeps them apart; an empty one in parentheses."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["id"] == "floors")
    there = {path.parent.name for path in (ROOT / "src" / "testfields").glob("*/__init__.py")}
    rooms = [re.findall(r"\w+", layer) for layer in layers[1 : layers.index("web")]]
    return [{one if one in there else f"({one})" for one in floor} for floor in rooms]


def test_the_drawing_shows_every_room_on_its_floor() -> None:
    drawing = (ROOT / "README.md").read_text().partition("   ┌─")[2].partition("└─")[0]
    shown = [
        f"({name})" if shut else name
        for row in re.findall(r"│ (.+?) +│", drawing)
        for shut, names in re.findall(r"(\()?([\w· ]+)", row)
        for name in re.findall(r"\w+", names)
    ]
    for floor in floors():
        assert set(shown[: len(floor)]) == floor
        shown = shown[len(floor) :]
    assert shown == []
