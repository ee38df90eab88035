"""The photos of a site: taken in by its owner's staff, put in order, taken off, and shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import asyncpg
import msgspec

from testfields.accounts.access import reach, roles_by
from testfields.accounts.authority import May
from testfields.accounts.rules import Actor
from testfields.core.errors import N_, Fault, InvalidInput, Message, NotFound, fault, refuse_stale
from testfields.core.texts import line_faults, tidy
from testfields.db.engine import transactional
from testfields.documents import service as documents
from testfields.documents.files import GONE, Files
from testfields.documents.photos import MEDIA_TYPE, Photo, prepare
from testfields.events import service as events
from testfields.events.rules import Event, Subject
from testfields.sites import photo_queries
from testfields.sites.service import NO_SUCH_SITE, Found

MOST_PHOTOS = 12
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class Said:
    """What a photo shows, for those who do not see it."""

    ja: str
    en: str


@dataclass(frozen=True)
class Sent:
    """A file as it came; its name is told back to whoever sent it, and believed in nothing."""

    name: str
    file: IO[bytes]


@dataclass(frozen=True)
class Arranged:
    """A photo at its place, with its description."""

    id: int
    said: Said


@dataclass(frozen=True)
class Shown:
    """A file that the caller may see; `everybody` may, where its site is published."""

    body: bytes
    media_type: str
    everybody: bool


async def own_photos(actor: Actor, slug: str) -> Found:
    """The photos of one of the actor's owners' sites as a JSON array; raises NotFound."""
    row = await _own(actor, slug)
    return Found(row["body"].encode(), row["version"])


async def _own(actor: Actor, slug: str) -> asyncpg.Record:
    row = await photo_queries.OWN.row(slug=slug, owners=reach(actor, May.DESCRIBE_SITES).owners)
    if row is None:
        raise NotFound(NO_SUCH_SITE)
    return row


async def add(actor: Actor, slug: str, sent: Sequence[Sent], said: Said, files: Files, now: datetime) -> int:
    """Take photos in, all or none, after those that are there; their version from now on.

    Raises NotFound, NoRoom, Crowded, and InvalidInput at ``photos``, ``description.ja`` and ``description.en``.
    """
    await own_photos(actor, slug)
    said, faults = _read(said, "description")
    if not sent:
        faults.append(fault("photos", N_("Please choose a photo.")))
    # Too many are not even looked at.
    if len(sent) > MOST_PHOTOS:
        faults.append(_too_many())
    if faults:
        raise InvalidInput(faults)
    return await _store(actor, slug, await _prepared(sent), said, files, now)


async def _prepared(sent: Sequence[Sent]) -> list[Photo]:
    photos, faults = [], list[Fault]()
    for one in sent:
        try:
            photos.append(await prepare(one.file, "photos"))
        except InvalidInput as error:
            faults += [_of_file(one.name, each) for each in error.faults] if len(sent) > 1 else error.faults
    if faults:
        raise InvalidInput(faults)
    return photos


def _of_file(name: str, one: Fault) -> Fault:
    return Fault(one.path, Message(N_("“%(file)s”: %(fault)s"), {"file": tidy(name)[:100], "fault": one.message}))


@transactional
async def _store(actor: Actor, slug: str, photos: Sequence[Photo], said: Said, files: Files, now: datetime) -> int:
    new = list({one.original: one for one in photos}.values())
    # Looked at before anything is written, and again once nobody else can add. Between, the files: whoever books waits
    # for the site, and is not to wait for the disk.
    await _next_place((await _own(actor, slug))["id"], new)
    numbers = [await documents.keep(files, [size.body for size in one.sizes], MEDIA_TYPE, now) for one in new]
    site = await _held(actor, slug, None)
    first = await _next_place(site["id"], new)
    for place, (one, documented) in enumerate(zip(new, numbers, strict=True), start=first):
        photo_id = await photo_queries.ADD.value(
            site_id=site["id"], position=place, original=one.original, ja=said.ja, en=said.en
        )
        sizes = [
            {"document_id": number, "width": size.width, "height": size.height}
            for number, size in zip(documented, one.sizes, strict=True)
        ]
        await photo_queries.ADD_SIZES.run(photo_id=photo_id, sizes=msgspec.json.encode(sizes).decode())
    return await _changed(actor, site, "add_photos", {"photos": len(new)}, now)


async def _next_place(site_id: int, new: Sequence[Photo]) -> int:
    """Where the first of `new` goes; raises InvalidInput where one is there already, or there is no room for all."""
    there = await photo_queries.OF_SITE.rows(site_id=site_id)
    if {row["original"] for row in there} & {one.original for one in new}:
        raise InvalidInput([fault("photos", N_("This photo is there already."))])
    if len(there) + len(new) > MOST_PHOTOS:
        raise InvalidInput([_too_many()])
    return max((int(row["position"]) for row in there), default=-1) + 1


def _too_many() -> Fault:
    return fault("photos", N_("A test field has at most %(most)s photos."), most=MOST_PHOTOS)


@transactional
async def arrange(actor: Actor, slug: str, photos: Sequence[Arranged], version: int | None, now: datetime) -> int:
    """Put the photos in this order, with these descriptions; those that are missing are taken off.

    Their version from now on. Raises NotFound, Stale, and InvalidInput by the photo.
    """
    site = await _held(actor, slug, version)
    there = {row["id"] for row in await photo_queries.OF_SITE.rows(site_id=site["id"])}
    faults, rows = list[Fault](), list[dict[str, object]]()
    for place, one in enumerate(photos):
        said, wrong = _read(one.said, f"photos[{place}].description")
        faults += wrong
        if one.id not in there or one.id in {each.id for each in photos[:place]}:
            faults.append(fault(f"photos[{place}].id", N_("There is no such photo, or it is named twice.")))
        rows.append({"id": one.id, "position": place, "ja": said.ja, "en": said.en})
    if faults:
        raise InvalidInput(faults)
    await photo_queries.TAKE_OFF.run(site_id=site["id"], kept=[one.id for one in photos])
    await photo_queries.ARRANGE.run(site_id=site["id"], photos=msgspec.json.encode(rows).decode())
    return await _changed(actor, site, "arrange_photos", {"photos": len(rows), "of": len(there)}, now)


async def shown(actor: Actor | None, key: str, files: Files) -> Shown:
    """A photo's file, also of what is not published to the staff of its owner; raises NotFound."""
    row = await photo_queries.SHOWN.row(key=key, owners=reach(actor, May.SEE_UNPUBLISHED).owners)
    if row is None:
        raise NotFound(GONE)
    return Shown(await asyncio.to_thread(files.read, key), row["media_type"], row["published"])


def _read(said: Said, path: str) -> tuple[Said, list[Fault]]:
    texts = {"ja": tidy(said.ja), "en": tidy(said.en)}
    faults = list[Fault]()
    for language, text in texts.items():
        faults += line_faults(f"{path}.{language}", text, LONGEST_DESCRIPTION)
        if not text:
            message = N_("Please say what the photo shows, for those who do not see it.")
            faults.append(fault(f"{path}.{language}", message))
    return Said(**texts), faults


async def _held(actor: Actor, slug: str, version: int | None) -> asyncpg.Record:
    """The site, held to the end of the transaction; raises NotFound, Stale."""
    site = await photo_queries.HOLD.row(slug=slug, owners=reach(actor, May.DESCRIBE_SITES).owners)
    if site is None:
        raise NotFound(NO_SUCH_SITE)
    refuse_stale(version, site["version"])
    return site


async def _changed(actor: Actor, site: asyncpg.Record, action: str, details: dict[str, object], now: datetime) -> int:
    event = Event(
        Subject.SITE,
        site["id"],
        action,
        min(roles_by(actor, May.DESCRIBE_SITES, site["owner_id"])),
        site_id=site["id"],
        tenant_id=site["owner_id"],
        actor_id=actor.person_id,
        details=details,
    )
    await events.tell([event], now)
    version: int = await photo_queries.CHANGED.value(site_id=site["id"], now=now)
    return version
