"""Filing for a company over HTTP, by staff whom it asked to."""

from typing import Annotated

import asyncpg
import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, fault
from testfields.projects.fields import PLAN, Plan
from testfields.reservations import behalf
from testfields.reservations.bodies import CallBody, asked_of
from testfields.reservations.routes import filed_answer
from testfields.reservations.schemas import FiledView
from testfields.web.bodies import JsonBody
from testfields.web.openapi import REFUSES
from testfields.web.schemas import NamedText


class CompanyView(msgspec.Struct, frozen=True):
    """A company for which staff may file; `corporate_number` has 13 digits."""

    id: int
    name: NamedText
    corporate_number: str | None
    verified: bool


@get("/companies/registered", tags=["reservations"], guards=[Only(May.FILE_FOR)])
async def list_companies(words: Annotated[str, QueryParameter(name="q", max_length=200)] = "") -> list[CompanyView]:
    """Companies to file for, found by their names or their corporate number; the first twenty."""
    return [_company(row) for row in await behalf.companies(words)]


def _company(row: asyncpg.Record) -> CompanyView:
    return CompanyView(row["id"], NamedText(row["name_ja"], row["name_en"]), row["corporate_number"], row["verified"])


@post(
    "/reservations/for-company",
    tags=["reservations"],
    dto=JsonBody[CallBody],
    return_dto=None,
    opt={REFUSES: (404, 409)},
    guards=[Only(May.FILE_FOR)],
)
async def file_for_company(actor: Caller, data: JSONBody[CallBody]) -> Response[FiledView]:
    """File for a company that asked staff to; the company is told."""
    asked = await asked_of(data.volumes, data.area_id)
    call = behalf.Call(data.company_id, _project(data), data.area_id, asked, data.reason, data.note)
    return filed_answer(await behalf.file(actor, call, now()))


def _project(body: CallBody) -> int | Plan:
    if body.project is not None and body.project_id is None:
        return Plan(**{name: getattr(body.project, name) for name in PLAN})
    if body.project_id is not None and body.project is None:
        return body.project_id
    raise InvalidInput([fault("project_id", N_("Please name either a project or a new one, as “project”."))])
