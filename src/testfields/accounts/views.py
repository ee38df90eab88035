"""People and their roles as the pages list them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from litestar.response import Template

from testfields.accounts.directory import PersonRow
from testfields.accounts.rules import Membership
from testfields.accounts.words import ROLE_WORDS
from testfields.core.errors import N_, TooMany
from testfields.core.local_time import JAPANS_ZONE, format_instant
from testfields.web import locale
from testfields.web.forms import faults_of
from testfields.web.pages import page


def in_a_row(words: Iterable[str]) -> str:
    """Words with the reader's comma between them."""
    return locale.translate(N_(", ")).join(words)


def roles_line(memberships: Sequence[Membership]) -> str:
    """ "Osaka City: Reviewer, Approver" for each organisation."""
    line = N_("%(organisation)s: %(roles)s")
    roles: dict[int, list[Membership]] = {}
    for one in memberships:
        roles.setdefault(one.organisation_id, []).append(one)
    return in_a_row(
        locale.translate(
            line,
            None,
            organisation=locale.named(several[0], "name"),
            roles=in_a_row(locale.translate(ROLE_WORDS[one.role]) for one in several),
        )
        for several in roles.values()
    )


def when(instant: datetime) -> str:
    """An instant as the operator's clock shows it."""
    return format_instant(instant, JAPANS_ZONE, locale.current())


def too_many(request: Request[Any, Any, Any], name: str, error: TooMany, **context: Any) -> Template:
    """The form again, with how long to wait."""
    minutes = -(-error.retry_after // 60)
    return page(
        request,
        name,
        status=429,
        headers={"Retry-After": str(error.retry_after)},
        wait=minutes,
        **context,
        **faults_of(None),
    )


def people_lines(rows: Sequence[PersonRow]) -> list[dict[str, Any]]:
    """People as the tables list them."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "email": one.email,
            "active": one.active,
            "roles": roles_line(one.memberships),
        }
        for one in rows
    ]


def older(path: str, rows: Sequence[Any], limit: int, text: str = "") -> str:
    """The address of the next page of a list, newest first, that is searched by `text`; empty on the last."""
    sought = {"text": text} if text else {}
    return f"{path}?{urlencode({'before': rows[-1].id, 'limit': limit, **sought})}" if len(rows) == limit else ""


def options(words: Mapping[Any, str], wanted: Sequence[StrEnum]) -> list[dict[str, str]]:
    """Choices of a form, in the reader's language."""
    return [{"value": one.value, "label": locale.translate(words[one])} for one in wanted]
