"""The photos of a site on the desk: taking them in, describing and ordering them, and the files for every page."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller, Visitor
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, Stale
from testfields.documents.files import files_of
from testfields.documents.photos import ACCEPTED_TYPES, LARGEST_PHOTO
from testfields.sites import describing, photos
from testfields.sites.forms import Typed
from testfields.sites.pages import Shown, frame
from testfields.sites.photos import LONGEST_DESCRIPTION, MOST_PHOTOS, Arranged, Said, Sent
from testfields.sites.schemas import PhotoView
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.parameters import PathId

# Bytes of a form with several.
LARGEST_FORM = 3 * LARGEST_PHOTO
# What is at an address bears the mark of its content: browsers keep it for good.
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_NOBODY_ELSE = "private, no-cache"
LABELS = {
    "photos": N_("Photos"),
    "ja": N_("What it shows, in Japanese"),
    "en": N_("What it shows, in English"),
}
NO_SUCH_PHOTO = N_("There is no such photo.")

_PHOTOS = msgspec.json.Decoder(list[PhotoView])


@get("/photos/{key:str}", include_in_schema=False, guards=[Only(May.LOOK_AROUND)])
async def photo_file(request: Request[Any, Any, Any], visitor: Visitor, key: FromPath[str]) -> Response[bytes]:
    """A photo at one width; of what is not published, for the staff of its owner alone. Raises NotFound."""
    shown = await photos.shown(visitor, key, files_of(request.app.state.settings.data))
    keeping = FOR_GOOD if shown.everybody else FOR_NOBODY_ELSE
    return Response(shown.body, media_type=shown.media_type, headers={"Cache-Control": keeping})


@get("/desk/sites/{slug:str}/photos", include_in_schema=False, guards=[Only(May.DESCRIBE_SITES)])
async def photo_list(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template:
    """The photos of a site, and the form that takes more in; raises NotFound."""
    return await _page(request, actor, slug)


@post(
    "/desk/sites/{slug:str}/photos",
    include_in_schema=False,
    status_code=200,
    request_max_body_size=LARGEST_FORM,
    guards=[Only(May.DESCRIBE_SITES)],
)
async def add_photos(request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str]) -> Template | Response[Any]:
    """Take photos in, all or none; with faults, the form again, in which the photos have to be chosen anew."""
    form = await posted(request)
    files = [one for one in (await request.form()).getall("photos", []) if isinstance(one, UploadFile) and one.filename]
    sent = [Sent(one.filename, one.file) for one in files]
    said = Said(form.text("ja"), form.text("en"))
    try:
        await photos.add(actor, slug, sent, said, files_of(request.app.state.settings.data), now())
    except InvalidInput as error:
        return await _page(request, actor, slug, form, error)
    text = N_("The photos are stored. Please look whether each says what it shows.")
    return redirect(f"/desk/sites/{slug}/photos", "success", text)


@post(
    "/desk/sites/{slug:str}/photos/{photo_id:int}",
    include_in_schema=False,
    status_code=200,
    guards=[Only(May.DESCRIBE_SITES)],
)
async def change_photo(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], photo_id: PathId
) -> Template | Response[Any]:
    """Describe a photo, move it up or down, or take it off; refused, the form again. Raises NotFound."""
    form = await posted(request)
    there = _PHOTOS.decode((await photos.own_photos(actor, slug)).body)
    arranged = [Arranged(one.id, Said(one.description.ja, one.description.en)) for one in there]
    place = next((place for place, one in enumerate(arranged) if one.id == photo_id), None)
    if place is None:
        raise NotFound(NO_SUCH_PHOTO)
    try:
        await photos.arrange(actor, slug, _changed(arranged, place, form), form.whole("version") or 0, now())
    except (InvalidInput, Stale) as error:
        return await _page(request, actor, slug, form, error, photo_id)
    return redirect(f"/desk/sites/{slug}/photos", "success", N_("The photos are saved."))


def _changed(arranged: list[Arranged], place: int, form: Posted) -> list[Arranged]:
    """One form holds the words and every button: what was typed is kept, whichever of them was pressed."""
    number = arranged[place].id
    one = Arranged(number, Said(form.text(f"ja_{number}"), form.text(f"en_{number}")))
    rest = arranged[:place] + arranged[place + 1 :]
    match form.text("do"):
        case "remove":
            return rest
        case "earlier":
            place = max(place - 1, 0)
        case "later":
            place += 1
    return [*rest[:place], one, *rest[place:]]


async def _page(
    request: Request[Any, Any, Any],
    actor: Caller,
    slug: str,
    form: Posted | None = None,
    refused: InvalidInput | Stale | None = None,
    changed: int | None = None,
) -> Template:
    """`changed` is the photo whose form is refused; without one, it is the form for new ones."""
    found = await describing.described(actor, slug)
    own = await photos.own_photos(actor, slug)
    there = _PHOTOS.decode(own.body)
    typed = {name: form.text(name) for name in form.values} if form else {}
    names = {one: f"{one}_{changed}" if changed else one for one in ("ja", "en")}
    wrong = refused if isinstance(refused, InvalidInput) else None
    around = frame(found, "photos", Shown(Typed(typed, {}), stale=isinstance(refused, Stale)))
    told = faults_of(wrong, {names.get(name, name): label for name, label in LABELS.items()}, names)
    return page(
        request,
        "sites/photos.html",
        status=422 if wrong else 409 if refused else 200,
        photos=[_shown(one, typed) for one in there],
        accepted=",".join(ACCEPTED_TYPES),
        most=MOST_PHOTOS,
        left=MOST_PHOTOS - len(there),
        largest=LARGEST_PHOTO // 1_000_000,
        together=LARGEST_FORM // 1_000_000,
        longest=LONGEST_DESCRIPTION,
        **{**around, **told, "version": own.version},
    )


def _shown(one: PhotoView, typed: dict[str, str]) -> dict[str, Any]:
    small = one.sizes[0]
    return {
        "id": one.id,
        "url": small.url,
        "width": small.width,
        "height": small.height,
        "text": locale.in_words(one.description),
        "ja": typed.get(f"ja_{one.id}", one.description.ja),
        "en": typed.get(f"en_{one.id}", one.description.en),
    }


pages: Sequence[Any] = (photo_file, photo_list, add_photos, change_photo)
