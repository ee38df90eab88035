"""The API keeps to its own description, whatever it is sent."""

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
from litestar import Litestar

from testfields.accounts.rules import MemberRole, OrganisationKind
from testfields.accounts.tables import Membership
from testfields.web.openapi import PROBLEM_SCHEMA
from testfields.web.problems import Problem
from tests import factories
from tests.server import serving

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


async def _token_of_somebody_with_every_role(field: factories.Field) -> str:
    actor = await factories.company()
    operator = await factories.organisation(OrganisationKind.OPERATOR)
    for organisation, role in (
        (field.owner_id, MemberRole.APPROVER),
        (field.owner_id, MemberRole.SITE_MANAGER),
        (operator, MemberRole.ADMIN),
    ):
        await Membership(person_id=actor.person_id, organisation_id=organisation, role=role.value).save()
    await factories.project(actor)
    return await factories.token(actor)


async def test_no_generated_request_meets_a_server_error_or_an_undocumented_answer(own_db: str, tmp_path: Path) -> None:
    token = await _token_of_somebody_with_every_role(await factories.field())
    with serving(own_db, tmp_path) as server:
        command = [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{server.base_url}/schema/openapi.json",
            "--header",
            f"Authorization: Bearer {token}",
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


def test_every_operation_says_what_it_refuses(app: Litestar) -> None:
    description = app.openapi_schema.to_schema()
    assert description["openapi"].startswith("3.1")
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403", "404", "422"} <= set(operation["responses"]), (method, path)
