"""The plan of a site's ground on the desk: its pieces as a list beside the map, the form of each, and removing one."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, Stale
from testfields.sites import describing, planning
from testfields.sites.describing import Described
from testfields.sites.forms import Typed, outline_told, typed_in
from testfields.sites.pages import SAVED, Shown, frame
from testfields.sites.plan import SHAPES_OF, Piece
from testfields.sites.plan_routes import Plan, pieces_of
from testfields.sites.vocabulary import PLAN_KINDS
from testfields.sites.words import SHAPES
from testfields.web import locale
from testfields.web.bodies import read_json
from testfields.web.forms import faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId
from testfields.web.words import options

NO_SUCH_PIECE = N_("There is no such piece.")
LABELS = {"name_ja": N_("Name in Japanese"), "name_en": N_("Name in English")}
# The end of a fault's path → the form's field.
FIELD_OF = {"kind": "kind", "geometry": "footprint", "ja": "name_ja", "en": "name_en", "coordinates": "footprint"}


@get("/desk/sites/{slug:str}/plan", include_in_schema=False, guards=[Only(May.DRAW_PLAN)])
async def piece_list(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template:
    """The pieces of a site's plan beside the map; raises NotFound."""
    found = await describing.described(actor, slug)
    pieces = [
        {
            "number": number,
            "kind": locale.in_words(PLAN_KINDS[one.kind]),
            "name": locale.named(one, "name"),
            "shape": locale.translate(SHAPES[one.geometry.geom_type]),
        }
        for number, one in enumerate(found.draft.plan or (), start=1)
    ]
    return page(request, "sites/plan.html", pieces=pieces, **frame(found, "plan", Shown(Typed({}, {}))))


@get("/desk/sites/{slug:str}/new-piece", include_in_schema=False, guards=[Only(May.DRAW_PLAN)])
async def new_piece_page(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template:
    """The form for a new piece; raises NotFound."""
    found = await describing.described(actor, slug)
    return _form(request, found, None, Shown(Typed({"shape": "Polygon"}, {})))


@post("/desk/sites/{slug:str}/new-piece", include_in_schema=False, status_code=200, guards=[Only(May.DRAW_PLAN)])
async def add_piece(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template | Response[Any]:
    """Store a new piece; with faults, the form again."""
    return await _keep(request, actor, await describing.described(actor, slug), None)


@get("/desk/sites/{slug:str}/plan/{number:int}", include_in_schema=False, guards=[Only(May.DRAW_PLAN)])
async def piece_page(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], number: PathId) -> Template:
    """A piece, to be changed; raises NotFound."""
    found = await describing.described(actor, slug)
    one = _piece(found, number)
    text = {"kind": str(one.kind), "name_ja": one.name_ja, "name_en": one.name_en, "shape": one.geometry.geom_type}
    return _form(request, found, number, Shown(Typed(text, {}, outline_told(one.geometry))))


@post(
    "/desk/sites/{slug:str}/plan/{number:int}", include_in_schema=False, status_code=200, guards=[Only(May.DRAW_PLAN)]
)
async def change_piece(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], number: PathId
) -> Template | Response[Any]:
    """Store the piece; with faults, or where the site was changed since, the form again."""
    found = await describing.described(actor, slug)
    _piece(found, number)
    return await _keep(request, actor, found, number)


@post(
    "/desk/sites/{slug:str}/plan/{number:int}/remove",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.DRAW_PLAN)],
)
async def remove_piece(
    actor: Caller, request: Request[Any, Any, Any], slug: FromPath[str], number: PathId
) -> Response[Any]:
    """Take a piece off the plan."""
    found = await describing.described(actor, slug)
    _piece(found, number)
    rest = [one for place, one in enumerate(found.draft.plan or (), start=1) if place != number]
    try:
        await planning.draw(actor, slug, rest, (await posted(request)).whole("version") or 0, now())
    except Stale as error:
        return redirect(f"/desk/sites/{slug}/plan", "warning", error.message.id)
    return redirect(f"/desk/sites/{slug}/plan", "success", N_("The piece is taken off the plan."))


def _piece(found: Described, number: int) -> Piece:
    """Raises NotFound."""
    plan = found.draft.plan or ()
    if not 0 < number <= len(plan):
        raise NotFound(NO_SUCH_PIECE)
    return plan[number - 1]


async def _keep(
    request: Request[Any, Any, Any], actor: Caller, found: Described, number: int | None
) -> Template | Response[Any]:
    form = await posted(request)
    typed = typed_in(form)
    plan = list(found.draft.plan or ())
    try:
        (piece,) = pieces_of(read_json(typed.as_plan(), Plan))
        plan[len(plan) if number is None else number - 1 : number or len(plan)] = [piece]
        await planning.draw(actor, found.draft.slug, plan, form.whole("version") or 0, now())
    except InvalidInput as error:
        return _form(request, found, number, Shown(typed, 422, error))
    except Stale:
        return _form(request, found, number, Shown(typed, 409, stale=True))
    kind = locale.in_words(PLAN_KINDS[piece.kind])
    return redirect(f"/desk/sites/{found.draft.slug}/plan", "success", SAVED, site=locale.named(piece, "name") or kind)


def _form(request: Request[Any, Any, Any], found: Described, number: int | None, form: Shown) -> Template:
    around = {**frame(found, "plan", Shown(form.typed, stale=form.stale)), **faults_of(form.refused, LABELS, FIELD_OF)}
    return page(
        request,
        "sites/piece.html",
        status=form.status,
        number=number,
        kinds=options({str(key): label for key, label in PLAN_KINDS.items()}),
        shapes_of={kind: sorted(shapes) for kind, shapes in SHAPES_OF.items()},
        shapes=[{"value": shape, "label": locale.translate(words)} for shape, words in SHAPES.items()],
        **around,
    )


pages: Sequence[Any] = (piece_list, new_piece_page, add_piece, piece_page, change_piece, remove_piece)
