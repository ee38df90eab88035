"""A portal on which companies book public land to try autonomous vehicles, drones and robots."""

import os

os.environ.setdefault("PICCOLO_CONF", "testfields.piccolo_conf")
