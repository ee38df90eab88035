"""Projects over HTTP."""

from typing import Any

import asyncpg
from litestar import Request, Response, Router, get, post, put
from litestar.params import JSONBody

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.projects import service
from testfields.projects.fields import FACTS, PLAN, Plan
from testfields.projects.schemas import NewProjectBody, PlanBody, ProjectView
from testfields.web.bodies import JsonBody
from testfields.web.paging import next_link
from testfields.web.parameters import LARGEST_ID, Before, Limit, PathId
from testfields.web.schemas import NamedText
from testfields.web.versions import IfMatch, etag, expected_version


@post("/", dto=JsonBody[NewProjectBody], return_dto=None, guards=[Only(May.PLAN_PROJECT)])
async def add_project(actor: Caller, data: JSONBody[NewProjectBody]) -> Response[ProjectView]:
    """Plan a project."""
    project_id = await service.add(actor, _plan(data), data.company_id, now())
    view = _view(await service.find(actor, project_id, May.PLAN_PROJECT))
    headers = {"Location": f"/api/v1/projects/{project_id}", "ETag": etag(view.version)}
    return Response(view, status_code=201, headers=headers)


@get("/", guards=[Only(May.SEE_PROJECTS)])
async def list_projects(
    request: Request[Any, Any, Any], actor: Caller, before: Before = LARGEST_ID, limit: Limit = 50
) -> Response[list[ProjectView]]:
    """Projects that the caller may see, newest first; the next page stands in `Link`."""
    views = [_view(row) for row in await service.listed(actor, before, limit)]
    return Response(views, headers=next_link(request, "before", views[-1].id if len(views) == limit else None))


@get("/{project_id:int}", guards=[Only(May.SEE_PROJECTS)])
async def show_project(actor: Caller, project_id: PathId) -> Response[ProjectView]:
    """One project."""
    view = _view(await service.find(actor, project_id, May.SEE_PROJECTS))
    return Response(view, headers={"ETag": etag(view.version)})


@put("/{project_id:int}", dto=JsonBody[PlanBody], return_dto=None, guards=[Only(May.CHANGE_PROJECT)])
async def change_project(
    actor: Caller, project_id: PathId, data: JSONBody[PlanBody], if_match: IfMatch = None
) -> Response[ProjectView]:
    """Replace what a project says; `use` is fixed while an application under it is under way."""
    await service.change(actor, project_id, expected_version(if_match), _plan(data))
    view = _view(await service.find(actor, project_id, May.CHANGE_PROJECT))
    return Response(view, headers={"ETag": etag(view.version)})


def _plan(body: PlanBody) -> Plan:
    return Plan(**{name: getattr(body, name) for name in PLAN})


def _view(row: asyncpg.Record) -> ProjectView:
    return ProjectView(
        id=row["id"],
        version=row["version"],
        company_id=row["company_id"],
        company_name=NamedText(row["company_name_ja"], row["company_name_en"]),
        title=NamedText(row["title_ja"], row["title_en"]),
        **{name: row[name] for name in FACTS},
        created_at=row["created_at"],
    )


router = Router(
    "/projects", tags=["projects"], route_handlers=[add_project, list_projects, show_project, change_project]
)
