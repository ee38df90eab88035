"""Forms as they come in, and faults as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from litestar import Request

from testfields.core.errors import N_, InvalidInput
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
