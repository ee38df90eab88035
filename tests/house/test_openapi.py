"""The API's description in the repository is the one that the portal serves."""

import json
from pathlib import Path

from testfields.app import create_app
from testfields.settings import load

DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_description_is_up_to_date() -> None:
    served = json.loads(json.dumps(create_app(load({})).openapi_schema.to_schema()))
    assert json.loads(DESCRIPTION.read_text()) == served, "uv run testfields openapi --write docs/openapi.json"
