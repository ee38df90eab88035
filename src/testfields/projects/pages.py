"""A company's projects as pages: the list, and one form for a new project and for changing one."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Template
from msgspec.structs import asdict

from testfields.accounts.access import reach
from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.rules import Actor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, Stale
from testfields.projects import service
from testfields.projects.fields import PLAN, Plan
from testfields.projects.forms import entered
from testfields.projects.rules import FIXED
from testfields.projects.views import sections, told_of
from testfields.projects.vocabulary import THEMES
from testfields.sites.vocabulary import USES
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId
from testfields.web.words import labels

# What is not filled in says so by itself; of a text that cannot be kept the summary says which one.
LABELS = {name: row.field.label for name, row in PLAN.items() if row.type is str}


@get("/my/projects", include_in_schema=False, guards=[Only(May.SEE_OWN_PAGES)])
async def list_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """The company's projects."""
    return page(
        request, "projects/list.html", projects=await service.own(actor), themes=labels(THEMES), uses=labels(USES)
    )


@get("/my/projects/new", include_in_schema=False, guards=[Only(May.PLAN_PROJECT)])
async def new_page(request: Request[Any, Any, Any], actor: Caller, then: FromQuery[str] = "") -> Template:
    """An empty plan; `then` is the page to go on to, of one's own pages only."""
    return _form(request, actor, {"then": _own_page(then)})


@post("/my/projects/new", include_in_schema=False, status_code=200, guards=[Only(May.PLAN_PROJECT)])
async def add_project(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Plan the project; with faults, the form again."""
    form = await posted(request)
    try:
        project_id = await service.add(actor, _plan(form), form.whole("company_id"), now())
    except InvalidInput as error:
        return _form(request, actor, _typed(form), faults=error)
    then = _own_page(form.text("then"))
    target = f"{then}{'&' if '?' in then else '?'}project={project_id}" if then else "/my/projects"
    return redirect(target, "success", N_("The project “%(title)s” is saved."), title=form.text("title_ja"))


@get("/my/projects/{project_id:int}", include_in_schema=False, guards=[Only(May.PLAN_PROJECT)])
async def edit_page(request: Request[Any, Any, Any], actor: Caller, project_id: PathId) -> Template:
    """The plan as it stands, to be changed; while it is fixed, to be read, but for what is free at any time."""
    row = await service.find(actor, project_id, May.CHANGE_PROJECT)
    filed = await service.how_far(project_id)
    return _form(request, actor, dict(row.items()), project=row, fixed=filed.judged)


@post("/my/projects/{project_id:int}", include_in_schema=False, status_code=200, guards=[Only(May.PLAN_PROJECT)])
async def change_project(
    request: Request[Any, Any, Any], actor: Caller, project_id: PathId
) -> Template | Response[Any]:
    """Change the plan; with faults, or when somebody else was quicker, the form again with what was entered."""
    form = await posted(request)
    version = form.text("version")
    row = await service.find(actor, project_id, May.CHANGE_PROJECT)
    fixed = (await service.how_far(project_id)).judged
    # What is only shown is not sent.
    plan = _free_of(form, row) if fixed and "title_ja" not in form else _plan(form)
    try:
        await service.change(actor, project_id, form.whole("version") or 0, plan)
    except InvalidInput as error:
        return _form(request, actor, {**_typed(form), "version": version}, faults=error, project=row)
    except Stale:
        # What was typed stays; saving again is then a choice made in sight of the newer version.
        return _form(request, actor, {**_typed(form), "version": row["version"]}, project=row, stale=True)
    return redirect("/my/projects", "success", N_("The project “%(title)s” is saved."), title=plan.title_ja)


def _form(
    request: Request[Any, Any, Any],
    actor: Actor,
    values: Mapping[str, Any],
    *,
    faults: InvalidInput | None = None,
    project: asyncpg.Record | None = None,
    stale: bool = False,
    fixed: bool = False,
) -> Template:
    return page(
        request,
        "projects/form.html",
        status=422 if faults else 409 if stale else 200,
        values=values,
        sections=sections(free=True if fixed else None),
        told=told_of(project) if fixed and project else [],
        project=project,
        stale=stale,
        fixed=locale.translate(FIXED) if fixed else "",
        companies=_companies(actor),
        **faults_of(faults, LABELS),
    )


def _companies(actor: Actor) -> list[dict[str, Any]]:
    """The actor's companies to choose from."""
    names = {one.organisation_id: locale.named(one, "name") for one in actor.memberships}
    return [{"value": one, "label": names[one]} for one in reach(actor, May.PLAN_PROJECT).companies]


def _plan(form: Posted) -> Plan:
    return Plan(**entered(form, PLAN))


def _free_of(form: Posted, row: asyncpg.Record) -> Plan:
    """The plan as it is stored, with what a form of its free parts says."""
    kept: dict[str, Any] = {name: row[name] for name in PLAN}
    return Plan(**kept | entered(form, {name: one for name, one in PLAN.items() if one.field.free}))


def _typed(form: Posted) -> dict[str, Any]:
    """What was entered, to be shown again."""
    return {**asdict(_plan(form)), "company_id": form.text("company_id"), "then": form.text("then")}


def _own_page(path: str) -> str:
    """`path` where it leads to one of the company's own pages, else nothing."""
    return path if path.startswith("/my/") else ""


pages: Sequence[Any] = (list_page, new_page, add_project, edit_page, change_project)
