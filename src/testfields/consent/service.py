"""Publishing texts that people agree to, and keeping who has agreed to which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import msgspec

from testfields.accounts.rules import Actor
from testfields.consent import queries
from testfields.consent.rules import SAMPLE, Agreed, Kind, Version, in_force, publishing_faults
from testfields.core.errors import N_, InvalidInput, Stale, fault
from testfields.core.local_time import JAPANS_ZONE, local_date, midnight
from testfields.core.texts import tidy
from testfields.db.engine import transactional

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Given:
    """An agreement: to what, when, and the language in which it was read."""

    kind: Kind
    version: int
    locale: str
    at: datetime


@dataclass(frozen=True)
class NewText:
    """A text to be published, which applies from the beginning of a day in Japan, or at once on the present one."""

    kind: Kind
    text_ja: str
    text_en: str
    applies_from: date


@cache
def sample(kind: Kind) -> Version:
    """The text that ships with the portal."""
    ja, en = ((SAMPLES / f"{kind}.{language}.txt").read_text(encoding="utf-8").strip() for language in ("ja", "en"))
    return Version(kind, SAMPLE, ja, en)


async def versions() -> Mapping[Kind, list[Version]]:
    """Every version of each text, in their order; the sample is the first."""
    every = {kind: [sample(kind)] for kind in Kind}
    for row in await queries.VERSIONS.rows():
        kind = Kind(row["kind"])
        every[kind].append(Version(kind, row["version"], row["text_ja"], row["text_en"], row["applies_from"]))
    return every


async def current(now: datetime) -> list[Version]:
    """What applies now, one of each kind."""
    return [in_force(every, now) for every in (await versions()).values()]


async def publish(actor: Actor, new: NewText, now: datetime, seen: int | None = None) -> Version:
    """Publish a text as the next version of its kind; raises InvalidInput by the field.

    `seen` is the newest version that whoever publishes has seen; raises Stale where there is a newer one.
    """
    text_ja, text_en = (tidy(text) for text in (new.text_ja, new.text_en))
    return await _publish(actor, NewText(new.kind, text_ja, text_en, new.applies_from), now, seen)


@transactional
async def _publish(actor: Actor, new: NewText, now: datetime, seen: int | None) -> Version:
    await queries.PUBLISHING.run()
    last = (await versions())[new.kind][-1]
    if seen is not None and seen != last.version:
        raise Stale(N_("Somebody else has published a version since you opened this page. Please look at it first."))
    today = local_date(now, JAPANS_ZONE)
    if faults := publishing_faults(new.text_ja, new.text_en, new.applies_from, today):
        raise InvalidInput(faults)
    applies_from = now if new.applies_from == today else midnight(new.applies_from, JAPANS_ZONE)
    version = Version(new.kind, last.version + 1, new.text_ja, new.text_en, applies_from)
    await queries.PUBLISH.run(
        kind=new.kind,
        version=version.version,
        text_ja=new.text_ja,
        text_en=new.text_en,
        applies_from=applies_from,
        now=now,
        person_id=actor.person_id,
    )
    return version


# --- Agreeing


async def is_to_agree(person_id: int, now: datetime) -> bool:
    """Whether somebody has not agreed yet to what is published and applies; the samples bind nobody."""
    return bool(await queries.MISSING.value(person_id=person_id, now=now))


async def given(person_id: int) -> list[Given]:
    """What somebody has agreed to, the newest first."""
    return [
        Given(Kind(row["kind"]), row["version"], row["locale"], row["at"])
        for row in await queries.GIVEN.rows(person_id=person_id)
    ]


async def asked_of(person_id: int | None, now: datetime, *, samples: bool = True) -> list[Version]:
    """What applies and somebody has not agreed to; all of it of whom the portal does not know yet."""
    known = {(one.kind, one.version) for one in await given(person_id)} if person_id else set()
    return [one for one in await current(now) if (one.kind, one.version) not in known and (samples or not one.sample)]


async def accepted(person_id: int | None, agreed: Agreed, now: datetime, *, samples: bool = True) -> list[Version]:
    """What is asked of somebody, where they agree to all of it; raises InvalidInput at ``consent`` where not.

    A version that came into force while they were reading is asked for anew: they have not read that.
    """
    asked = await asked_of(person_id, now, samples=samples)
    if asked and not agreed.versions:
        raise InvalidInput([fault("consent", N_("To go on, please agree to these texts."))])
    if any(agreed.versions.get(one.kind) != one.version for one in asked):
        message = N_("A new version has come into force in the meantime. Please read it, and agree to it.")
        raise InvalidInput([fault("consent", message)])
    return asked


async def keep(person_id: int, versions: Sequence[Version], locale: str, now: datetime) -> None:
    """Keep what somebody has agreed to; what they had agreed to already stays as it is."""
    told = [{"kind": one.kind, "version": one.version} for one in versions]
    await queries.AGREE.run(person_id=person_id, versions=msgspec.json.encode(told).decode(), locale=locale, now=now)


@transactional
async def agree(actor: Actor, agreed: Agreed, now: datetime, *, samples: bool = True) -> None:
    """Agree to what is asked of oneself; raises InvalidInput at ``consent``."""
    versions = await accepted(actor.person_id, agreed, now, samples=samples)
    await keep(actor.person_id, versions, agreed.locale, now)
