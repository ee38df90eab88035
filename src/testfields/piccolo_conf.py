"""Where Piccolo finds the engine and the app."""

from piccolo.conf.apps import AppRegistry

from testfields.db.engine import DB

__all__ = ["APP_REGISTRY", "DB"]

APP_REGISTRY = AppRegistry(apps=["testfields.piccolo_app"])
