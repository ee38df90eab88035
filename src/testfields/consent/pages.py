"""The texts that people agree to, agreeing to them, what one has agreed to, and publishing new ones."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.response import Template

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.accounts.pages import local_path
from testfields.accounts.ways import home_of
from testfields.consent import service
from testfields.consent.forms import agreed, asked, label_of
from testfields.consent.rules import LONGEST_TEXT, WORDS, Kind, Version, blocks, in_force, superseded
from testfields.consent.service import NewText
from testfields.core.clock import now
from testfields.core.errors import N_, InvalidInput, NotFound, Stale, fault
from testfields.core.local_time import JAPANS_ZONE, format_date, local_date
from testfields.web import locale
from testfields.web.forms import Posted, faults_of, posted
from testfields.web.pages import page, redirect
from testfields.web.shared import SHARED
from testfields.web.words import instant

LABELS = {
    "text_ja": N_("Text in Japanese"),
    "text_en": N_("Text in English"),
    "applies_from": N_("Applies from"),
}
FIELDS = {"text.ja": "text_ja", "text.en": "text_en"}


# --- Reading


@get("/terms", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def terms_page(request: Request[Any, Any, Any]) -> Template:
    """The terms of use in force, or in the version that is asked for; raises NotFound."""
    return await _text(request, Kind.TERMS)


@get("/privacy", include_in_schema=False, guards=[Only(May.LOOK_AROUND)], opt=SHARED)
async def privacy_page(request: Request[Any, Any, Any]) -> Template:
    """The same of the privacy notice."""
    return await _text(request, Kind.PRIVACY)


async def _text(request: Request[Any, Any, Any], kind: Kind) -> Template:
    every = (await service.versions())[kind]
    current, wish = in_force(every, now()), request.query_params.get("version")
    shown = next((one for one in every if str(one.version) == wish), None) if wish is not None else current
    if shown is None:
        raise NotFound(N_("There is no such version."))
    return page(
        request,
        "consent/text.html",
        title=locale.translate(WORDS[kind]),
        blocks=blocks(shown.text_ja if locale.current() == "ja" else shown.text_en),
        shown=_row(shown, every, current),
        current=shown == current,
        others=[_row(one, every, current) for one in reversed(every) if one != shown],
    )


def _row(one: Version, every: Sequence[Version], current: Version) -> dict[str, Any]:
    return {
        "href": f"/{one.kind}" if one == current else f"/{one.kind}?version={one.version}",
        "label": label_of(one),
        "sample": one.sample,
        "from": _day(one),
        "current": one == current,
        "superseded": superseded(one, every),
    }


def _day(one: Version) -> str:
    if one.applies_from is None:
        return ""
    return format_date(local_date(one.applies_from, JAPANS_ZONE), locale.current())


# --- Agreeing


@get("/consent", include_in_schema=False, guards=[Only(May.AGREE)])
async def consent_page(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """What one is asked to agree to; whoever has goes straight on."""
    where = local_path(request.query_params.get("next", "")) or home_of(actor)
    versions = await service.asked_of(actor.person_id, now(), samples=False)
    if not versions:
        return redirect(where)
    return page(request, "consent/consent.html", asked=asked(versions), next=where, **faults_of(None))


@post("/consent", include_in_schema=False, status_code=200, guards=[Only(May.AGREE)])
async def agree(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Agree, and go on to where one wanted; where the box is not ticked, the form again."""
    form, at = await posted(request), now()
    where = local_path(form.text("next")) or home_of(actor)
    try:
        await service.agree(actor, agreed(form), at, samples=False)
    except InvalidInput as error:
        versions = asked(await service.asked_of(actor.person_id, at, samples=False))
        return page(request, "consent/consent.html", status=422, asked=versions, next=where, **faults_of(error))
    return redirect(where)


@get("/my/consents", include_in_schema=False, guards=[Only(May.SEE_ACCOUNT)])
async def consents_page(request: Request[Any, Any, Any], actor: Caller) -> Template:
    """What one has agreed to, and when."""
    rows = [
        {
            "label": label_of(Version(one.kind, one.version, "", "")),
            "href": f"/{one.kind}?version={one.version}",
            "at": instant(one.at, JAPANS_ZONE),
            "language": {"ja": "日本語", "en": "English"}[one.locale],
        }
        for one in await service.given(actor.person_id)
    ]
    return page(request, "consent/given.html", rows=rows)


# --- Publishing


@get("/admin/terms", include_in_schema=False, guards=[Only(May.PUBLISH_TERMS)])
async def publishing_page(request: Request[Any, Any, Any]) -> Template:
    """The versions of a text, and the form for the next one, which begins as the newest."""
    return await _publishing(request, _kind(request.query_params.get("kind", "")))


@post("/admin/terms", include_in_schema=False, status_code=200, guards=[Only(May.PUBLISH_TERMS)])
async def publish(request: Request[Any, Any, Any], actor: Caller) -> Template | Response[Any]:
    """Publish a version; with faults, or where somebody was quicker, the form again."""
    form = await posted(request)
    kind = _kind(form.text("kind"))
    try:
        day = _typed_day(form.text("applies_from"))
        new = NewText(kind, form.text("text_ja"), form.text("text_en"), day)
        version = await service.publish(actor, new, now(), form.whole("seen") or 0)
    except InvalidInput as error:
        return await _publishing(request, kind, form, error)
    except Stale as error:
        return await _publishing(request, kind, form, stale=locale.said(error.message))
    text = N_("Version %(version)s is published.")
    return redirect(f"/admin/terms?{urlencode({'kind': kind})}", "success", text, version=version.version)


def _kind(told: str) -> Kind:
    return Kind(told) if told in list(Kind) else Kind.TERMS


def _typed_day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise InvalidInput([fault("applies_from", N_("Please give a day, as in 2026-12-03."))]) from None


async def _publishing(
    request: Request[Any, Any, Any],
    kind: Kind,
    form: Posted | None = None,
    error: InvalidInput | None = None,
    stale: str = "",
) -> Template:
    at, every = now(), (await service.versions())[kind]
    current, last = in_force(every, at), every[-1]
    usual = {"text_ja": last.text_ja, "text_en": last.text_en, "applies_from": local_date(at, JAPANS_ZONE).isoformat()}
    return page(
        request,
        "consent/publishing.html",
        status=422 if error else 409 if stale else 200,
        kind=kind,
        kinds=[
            {"href": f"/admin/terms?kind={one}", "label": locale.translate(words), "current": one is kind}
            for one, words in WORDS.items()
        ],
        rows=[_row(one, every, current) for one in reversed(every)],
        typed={name: form.text(name) for name in usual} if form else usual,
        seen=last.version,
        stale=stale,
        longest=LONGEST_TEXT,
        **faults_of(error, LABELS, FIELDS),
    )


pages: Sequence[Any] = (terms_page, privacy_page, consent_page, agree, consents_page, publishing_page, publish)
