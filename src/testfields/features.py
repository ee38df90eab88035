"""The rooms of the portal, found by looking: every folder of the package that has a file `feature.py`."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import testfields
from testfields import reference
from testfields.web.features import Feature


def found() -> Mapping[str, Feature]:
    """What each room says of itself, by its name; each stands after those that it builds on."""
    names = sorted(one.name for one in iter_modules(testfields.__path__) if one.ispkg)
    rooms: dict[str, Feature] = {
        name: import_module(f"testfields.{name}.feature").FEATURE
        for name in names
        if find_spec(f"testfields.{name}.feature")
    }
    named = {feature: name for name, feature in rooms.items()}
    order = TopologicalSorter({name: [named[one] for one in feature.after] for name, feature in rooms.items()})
    return {name: rooms[name] for name in order.static_order()}


ROOMS = found()
FEATURES: tuple[Feature, ...] = (*ROOMS.values(), reference.FEATURE)
