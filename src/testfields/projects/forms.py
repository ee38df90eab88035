"""Reading a plan from a posted form."""

from collections.abc import Mapping
from typing import Any

from testfields.core.fields import Row
from testfields.projects.fields import Field
from testfields.web.forms import Posted


def entered(form: Posted, rows: Mapping[str, Row[Field]]) -> dict[str, Any]:
    """What a form says of these fields; a number that is none stays as it was typed, for the rules to refuse."""
    return {name: _entered(form, row) for name, row in rows.items()}


def _entered(form: Posted, row: Row[Field]) -> Any:
    if row.type is bool:
        return form.ticked(row.name)
    text = form.text(row.name)
    if row.field.unit and (number := form.whole(row.name)) is not None:
        return number
    return None if row.optional and not text.strip() else text
