"""The photos of a site over HTTP: each sent as it is, its description in the address; put in order as a whole."""

from tempfile import SpooledTemporaryFile
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.core.clock import now
from testfields.documents.files import files_of
from testfields.documents.photos import ACCEPTED_TYPES, LARGEST_PHOTO
from testfields.sites import photos
from testfields.sites.photos import MOST_PHOTOS, Arranged, Said, Sent
from testfields.sites.schemas import PhotoView
from testfields.web.bodies import JSON, JsonBody
from testfields.web.idempotency import NEVER_KEPT
from testfields.web.openapi import REFUSES, TAKES
from testfields.web.versions import IfMatch, etag, expected_version

# In memory up to this, beyond it on disk.
IN_MEMORY = 1_000_000

Description = Annotated[str, QueryParameter(max_length=1000)]


class PhotoSaid(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a photo shows, in both languages."""

    ja: str
    en: str


class ArrangedPhoto(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A photo that stays, at its place in the list."""

    id: int
    description: PhotoSaid


class ArrangedPhotos(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The photos of a site in their order; the first one leads."""

    photos: Annotated[list[ArrangedPhoto], msgspec.Meta(max_length=MOST_PHOTOS)]


class PhotosVersion(msgspec.Struct, frozen=True):
    """The version of the photos from now on."""

    version: int


@get("/sites/{slug:str}/photos", guards=[Only(May.DESCRIBE_SITES)])
async def list_photos(actor: Caller, slug: FromPath[str]) -> Response[list[PhotoView]]:
    """The photos of a site of one's own, published or not, in their order."""
    found = await photos.own_photos(actor, slug)
    body: Any = found.body
    return Response(body, media_type=JSON, headers={"ETag": etag(found.version)})


# Sent again, it is refused as being there already: nothing need be kept to know it by.
@post(
    "/sites/{slug:str}/photos",
    request_max_body_size=LARGEST_PHOTO,
    opt={TAKES: ACCEPTED_TYPES, NEVER_KEPT: True},
    guards=[Only(May.DESCRIBE_SITES)],
)
async def add_photo(
    request: Request[Any, Any, Any], actor: Caller, slug: FromPath[str], ja: Description, en: Description
) -> Response[PhotosVersion]:
    """Add a photo to a site: a JPEG, PNG or WebP as it is; `ja` and `en` say what it shows."""
    with SpooledTemporaryFile(IN_MEMORY) as file:
        async for part in request.stream():
            file.write(part)
        file.seek(0)
        sent = Sent("", file)
        version = await photos.add(actor, slug, [sent], Said(ja, en), files_of(request.app.state.settings.data), now())
    return Response(PhotosVersion(version), headers={"ETag": etag(version)})


@put(
    "/sites/{slug:str}/photos",
    dto=JsonBody[ArrangedPhotos],
    return_dto=None,
    opt={REFUSES: (404,)},
    guards=[Only(May.DESCRIBE_SITES)],
)
async def arrange_photos(
    actor: Caller, slug: FromPath[str], data: JSONBody[ArrangedPhotos], if_match: IfMatch = None
) -> Response[PhotosVersion]:
    """Put a site's photos in order and describe them; those that are missing are taken off."""
    arranged = [Arranged(one.id, Said(one.description.ja, one.description.en)) for one in data.photos]
    version = await photos.arrange(actor, slug, arranged, expected_version(if_match), now())
    return Response(PhotosVersion(version), headers={"ETag": etag(version)})


router = Router("/", tags=["sites"], route_handlers=[list_photos, add_photo, arrange_photos])
