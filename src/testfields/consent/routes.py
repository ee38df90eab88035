"""The texts that people agree to, over HTTP: open to all; publishing them; what one has agreed to."""

from datetime import date, datetime

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody

from testfields.accounts.authority import May
from testfields.accounts.guards import Only
from testfields.accounts.identity import Caller
from testfields.consent import service
from testfields.consent.rules import Kind, Version, in_force
from testfields.consent.service import NewText
from testfields.core.clock import now
from testfields.web.bodies import JsonBody
from testfields.web.schemas import NamedText


class TermsView(msgspec.Struct, frozen=True):
    """A text in one version. Version 0 is the sample that ships with the portal, and applies from no day.

    In force is the highest version whose day has come: one never is where a higher one applies by its day.
    """

    kind: Kind
    version: int
    in_force: bool
    applies_from: datetime | None
    text: NamedText


class TextBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages: paragraphs stand apart by an empty line, a line after “# ” is a heading."""

    ja: str
    en: str


class NewTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to be published as the next version of its kind, from the beginning of a day in Japan, within a year."""

    kind: Kind
    text: TextBody
    applies_from: date


class PublishedView(msgspec.Struct, frozen=True):
    """The version that a text has become."""

    kind: Kind
    version: int
    applies_from: datetime


class ConsentView(msgspec.Struct, frozen=True):
    """An agreement to a version, and the language in which it was read."""

    kind: Kind
    version: int
    locale: str
    at: datetime


@get("/terms", guards=[Only(May.LOOK_AROUND)])
async def list_terms() -> list[TermsView]:
    """The terms of use and the privacy notice in all their versions, also those that apply later."""
    at = now()
    return [_view(one, one == in_force(every, at)) for every in (await service.versions()).values() for one in every]


@post("/terms", dto=JsonBody[NewTerms], return_dto=None, guards=[Only(May.PUBLISH_TERMS)])
async def publish_terms(actor: Caller, data: JSONBody[NewTerms]) -> PublishedView:
    """Publish a new version; whoever logs in from then on is asked to agree to it."""
    at = now()
    made = await service.publish(actor, NewText(data.kind, data.text.ja, data.text.en, data.applies_from), at)
    return PublishedView(made.kind, made.version, made.applies_from or at)


@get("/me/consents", tags=["me"], guards=[Only(May.SEE_ACCOUNT)])
async def own_consents(actor: Caller) -> list[ConsentView]:
    """What one has agreed to, the newest first. One agrees in a browser."""
    return [ConsentView(one.kind, one.version, one.locale, one.at) for one in await service.given(actor.person_id)]


def _view(one: Version, current: bool) -> TermsView:
    return TermsView(one.kind, one.version, current, one.applies_from, NamedText(one.text_ja, one.text_en))


router = Router("/", tags=["administration"], route_handlers=[list_terms, publish_terms, own_consents])
