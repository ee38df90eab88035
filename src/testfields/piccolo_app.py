"""The portal as Piccolo sees it: one app, whose tables are the only schema."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

HERE = Path(__file__).parent
TABLE_MODULES = [
    f"testfields.{feature}.tables"
    for feature in (
        "accounts",
        "sites",
        "availability",
        "closures",
        "projects",
        "reservations",
        "reviews",
        "permits",
        "notifications",
        "web",
    )
]


def data_folder(name: str) -> Path:
    """A folder of data such as ``migrations``: inside an installed package, beside ``src`` in a checkout."""
    packed = HERE / "data" / name
    return packed if packed.exists() else HERE.parents[1] / name


APP_CONFIG = AppConfig(
    app_name="testfields",
    migrations_folder_path=str(data_folder("migrations")),
    table_classes=table_finder(TABLE_MODULES),
    migration_dependencies=[],
)
