"""The API keeps to its own description, whatever it is sent."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from testfields.accounts.rules import Actor
from testfields.availability.service import Asked
from testfields.core.clock import now
from testfields.reservations import filing, steps
from testfields.reservations.moving import Step
from testfields.reservations.rules import Action
from testfields.sites.tables import Site
from testfields.web.openapi import PROBLEM_SCHEMA
from testfields.web.problems import Problem
from tests import factories
from tests.api.cases import somebody_with_every_role
from tests.server import serving

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What is there to be met: half of the numbers and addresses that are made up are taken from it.
CONFIG = """
[dictionaries]
ids = {{ values = [1, 2, 3, 4, 5, 6] }}
slugs = {{ values = ["{slug}"] }}

[generation.dictionaries]
integer = {{ dictionary = "ids", probability = 0.5 }}

[parameters]
"path.reservation_id" = {{ dictionary = "ids", probability = 0.8 }}
"path.project_id" = {{ dictionary = "ids", probability = 0.5 }}
"path.closure_id" = {{ dictionary = "ids", probability = 0.5 }}
"path.slug" = {{ dictionary = "slugs", probability = 0.7 }}
"""


async def _applications(field: factories.Field, company: Actor) -> None:
    """One in each of several states, at different hours."""
    project = await factories.project(company)
    for hour, action in enumerate((Action.SAVE, Action.HOLD, Action.SUBMIT, Action.SUBMIT, Action.SUBMIT)):
        asked = (Asked(factories.period(2 * hour, days=3)),)
        filed = await filing.file(company, filing.Application(project, field.area_id, asked, action), now())
        if hour >= 3:
            await steps.act(field.approver, filed.id, Step(Action.APPROVE), now())


async def test_no_generated_request_meets_a_server_error_or_an_undocumented_answer(own_db: str, tmp_path: Path) -> None:
    field = await factories.field()
    actor = await somebody_with_every_role(field)
    await _applications(field, actor)
    [site] = await Site.select(Site.slug)
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(slug=site["slug"]))
    with serving(own_db, tmp_path) as server:
        command = [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{server.base_url}/schema/openapi.json",
            "--header",
            f"Authorization: Bearer {await factories.token(actor)}",
            "--checks",
            CHECKS,
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples=20",
            "--seed=20261203",
            "--generation-database=none",
            "--no-color",
        ]
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert "passed" in done.stdout


def test_the_problem_is_described_as_it_is_sent() -> None:
    (_, schemas) = msgspec.json.schema_components([Problem])
    assert set(PROBLEM_SCHEMA.properties or {}) == set(schemas["Problem"]["properties"])
    assert PROBLEM_SCHEMA.required == schemas["Problem"]["required"]
    in_the_way: Any = (PROBLEM_SCHEMA.properties or {})["in_the_way"]
    assert set(in_the_way.items.properties) == set(schemas["InTheWay"]["properties"])
    assert set(in_the_way.items.required) == set(schemas["InTheWay"]["properties"])


@pytest.fixture(scope="module")
def operations(app: Litestar) -> dict[str, Any]:
    """Every operation of the description, as ``GET /api/v1/me``."""
    description = app.openapi_schema.to_schema()
    assert description["openapi"].startswith("3.1")
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": one
        for path, methods in description["paths"].items()
        for method, one in methods.items()
    }


@pytest.mark.parametrize(
    ("operation", "refusals"),
    [
        ("GET /me", "401 403 422 503"),
        ("GET /sites", "401 422 503"),
        ("GET /permits/{code}", "401 404 422 503"),
        ("GET /reservations/{reservation_id}", "401 403 404 422 503"),
        ("POST /projects", "400 401 403 408 413 415 422 503"),
        ("POST /reservations", "400 401 403 404 408 409 413 415 422 503"),
        ("PUT /projects/{project_id}", "400 401 403 404 408 412 413 415 422 428 503"),
        ("POST /closures/{closure_id}/lift", "401 403 404 408 409 412 413 422 428 503"),
    ],
)
def test_an_operation_says_what_it_refuses_and_no_more(
    operations: dict[str, Any], operation: str, refusals: str
) -> None:
    assert [status for status in operations[operation]["responses"] if status >= "400"] == refusals.split()


def test_what_changes_something_asks_for_the_version_seen_and_what_is_carried_out_once_for_a_key(
    operations: dict[str, Any],
) -> None:
    def headers(operation: str) -> dict[str, bool]:
        found = operations[operation].get("parameters", ())
        return {one["name"]: one.get("required", False) for one in found if one["in"] == "header"}

    assert headers("POST /reservations/{reservation_id}/{action}") == {"If-Match": True, "Idempotency-Key": False}
    assert headers("PUT /projects/{project_id}") == {"If-Match": True}
    assert headers("POST /reservations") == {"Idempotency-Key": False}
    assert headers("POST /tokens") == {}


def test_it_says_where_nobody_need_log_in(operations: dict[str, Any]) -> None:
    assert operations["GET /trials"]["security"] == []
    assert operations["GET /sites"]["security"] == [{}, {"token": []}]
    assert "security" not in operations["GET /me"]
