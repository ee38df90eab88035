"""Reading a plan from a posted form."""

from collections.abc import Mapping
from typing import Any

from testfields.core.fields import Row
from testfields.projects.fields import FLOWN, Field
from testfields.sites.vocabulary import Use
from testfields.web.forms import Posted


def entered(form: Posted, rows: Mapping[str, Row[Field]]) -> dict[str, Any]:
    """What a form says of these fields; a number that is none stays as it was typed, for the rules to refuse.

    The form shows the fields of a drone whatever is tried: of anything else they say nothing.
    """
    other = form.text("use") in set(Use) - {Use.DRONE}
    return {name: _entered(form, row) for name, row in rows.items() if not (other and name in FLOWN)}


def _entered(form: Posted, row: Row[Field]) -> Any:
    if row.type is bool:
        return form.ticked(row.name)
    text = form.text(row.name)
    if row.field.unit and (number := form.whole(row.name)) is not None:
        return number
    return None if row.optional and not text.strip() else text
