"""Forms of pages: what was posted, what a form asks for, and faults as its fields show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from litestar import Request

from testfields.core.errors import N_, Fault, InvalidInput
from testfields.web import locale
from testfields.web.parameters import whole_number


@dataclass(frozen=True)
class Posted:
    """What somebody typed into a form and chose in it; files are not asked for, so they are not there."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """One field as it was typed; empty where it was not sent."""
        return next(iter(self.values.get(name, ())), "")

    def chosen(self, name: str) -> list[str]:
        """Every box of a group that was ticked."""
        return list(self.values.get(name, ()))

    def ticked(self, name: str) -> bool:
        """Whether a single box was ticked."""
        return self.text(name) == "true"

    def whole(self, name: str) -> int | None:
        """A number from 0 that a column can hold; None for anything else."""
        return whole_number(self.text(name))


async def posted(request: Request[Any, Any, Any]) -> Posted:
    """The form that came with a request."""
    form = await request.form()
    return Posted({name: [one for one in form.getall(name) if isinstance(one, str)] for name in form})


@dataclass(frozen=True)
class FieldError:
    """A fault as the summary above a form tells it; `field` is empty where it is of the form as a whole."""

    field: str
    text: str


def field_errors(
    faults: Sequence[Fault],
    labels: Mapping[str, str | locale.InBoth] | None = None,
    fields: Mapping[str, str] | None = None,
) -> list[FieldError]:
    """Faults in the reader's language, under the fields' `labels`, which are texts for gettext or in both languages.

    `fields` says where the form asks for what a path is, or ends in, where the two have different names.
    """
    names, known = fields or {}, labels or {}
    errors = []
    for one in faults:
        name = names.get(one.path, names.get(one.path.rpartition(".")[2], one.path))
        text = locale.said(one.message)
        errors.append(FieldError(name, _labelled(known[name], text) if name in known else text))
    return errors


def _labelled(label: str | locale.InBoth, text: str) -> str:
    name = locale.translate(label) if isinstance(label, str) else locale.in_words(label)
    return locale.translate(N_("%(label)s – %(text)s"), None, label=name, text=text)


def by_field(errors: Sequence[FieldError]) -> dict[str, str]:
    """What is wrong with each field, all of it in one text."""
    return {name: " ".join(one.text for one in errors if one.field == name) for name in {one.field for one in errors}}


def faults_of(
    error: InvalidInput | None,
    labels: Mapping[str, str | locale.InBoth] | None = None,
    fields: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The faults of a form for its template: `errors` for the summary, and `faults`, the texts by field."""
    faults = error.faults if error else ()
    return {
        "errors": field_errors(faults, labels, fields),
        "faults": by_field(field_errors(faults, None, fields)),
    }


class Asking(StrEnum):
    """How a form asks for a field."""

    LINE = "line"
    LINES = "lines"
    # All choices in sight, or behind a list.
    RADIO = "radio"
    SELECT = "select"
    MARK = "mark"
    # Any of a group.
    SOME = "some"


@dataclass(frozen=True)
class Asked:
    """A field as the macro `asked` of a form's template shows it, in the reader's language."""

    name: str
    how: Asking
    label: str
    hint: str = ""
    required: bool = True
    most: int = 0
    options: Sequence[Mapping[str, str]] = ()
    # What a number counts; it stands beside the field.
    unit: str = ""
