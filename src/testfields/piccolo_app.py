"""The portal as Piccolo sees it: one app, whose tables are the only schema."""

from functools import cache
from pathlib import Path

from piccolo.conf.apps import AppConfig

from testfields.db import shapes
from testfields.db.tables import SqlFile
from testfields.features import FEATURES, ROOMS

HERE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """A folder of data such as ``migrations``: inside an installed package, beside ``src`` in a checkout."""
    packed = HERE / "data" / name
    return packed if packed.exists() else HERE.parents[1] / name


@cache
def sql_files() -> dict[str, str]:
    """The text of each room's SQL, by room and file, in the order in which it is loaded."""
    texts: dict[str, str] = {}
    for room, sets in {"db": shapes.SQL, **{room: feature.sets for room, feature in ROOMS.items()}}.items():
        if sets:
            texts[f"{room}/sets"] = sets
        for path in sorted((HERE / room).glob("*.sql")):
            texts[f"{room}/{path.name}"] = path.read_text(encoding="utf-8")
    return texts


APP_CONFIG = AppConfig(
    app_name="testfields",
    migrations_folder_path=str(data_folder("migrations")),
    table_classes=[SqlFile, *(table for feature in FEATURES for table in feature.tables)],
    migration_dependencies=[],
)
