"""Forms as they come in, and faults as the pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from litestar import Request

from testfields.accounts.directory import PersonRow
from testfields.accounts.rules import Membership
from testfields.accounts.words import ROLE_WORDS
from testfields.core.errors import N_, InvalidInput
from testfields.core.local_time import JAPANS_ZONE, format_instant
from testfields.web import locale


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a form and chose in it; files are not asked for, so they are not there."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """One field as it was typed; empty where it was not sent."""
        return next(iter(self.values.get(name, ())), "")

    def chosen(self, name: str) -> list[str]:
        """Every box of a group that was ticked."""
        return list(self.values.get(name, ()))


async def typed(request: Request[Any, Any, Any]) -> Typed:
    """The form that came with a request."""
    form = await request.form()
    return Typed({name: [one for one in form.getall(name) if isinstance(one, str)] for name in form})


def fault_words(
    error: InvalidInput | None, labels: Mapping[str, str] | None = None, fields: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Faults for a template: `errors` for the summary, under the fields' `labels`, and `faults` by field.

    `fields` says where the form asks for what a path ends in, where the two have different names.
    """
    by_field: dict[str, str] = {}
    for one in error.faults if error else ():
        name = (fields or {}).get(one.path.rpartition(".")[2], one.path)
        by_field.setdefault(name, locale.said(one.message))
    known = labels or {}
    summary = [
        {"field": name, "text": _labelled(known[name], text) if name in known else text}
        for name, text in by_field.items()
    ]
    return {"errors": summary, "faults": by_field}


def _labelled(label: str, text: str) -> str:
    return locale.translate(N_("%(label)s – %(text)s"), None, label=locale.translate(label), text=text)


def options(words: Mapping[Any, str], wanted: Sequence[StrEnum]) -> list[dict[str, str]]:
    """Choices of a form, in the reader's language."""
    return [{"value": one.value, "label": locale.translate(words[one])} for one in wanted]


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


def older(path: str, rows: Sequence[Any], limit: int) -> str:
    """The address of the next page of a list, newest first; empty on the last."""
    return f"{path}?before={rows[-1].id}&limit={limit}" if len(rows) == limit else ""
