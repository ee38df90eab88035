"""What a form says of agreeing: a box that is ticked, and the versions that stood beside it."""

from collections.abc import Sequence
from typing import Any

from testfields.consent.rules import WORDS, Agreed, Kind, Version
from testfields.core.errors import N_
from testfields.web import locale
from testfields.web.forms import Posted


def agreed(form: Posted) -> Agreed:
    """The versions agreed to; none where the box is not ticked."""
    told = {kind: form.whole(f"consent_{kind}") for kind in Kind} if form.ticked("consent") else {}
    return Agreed({kind: version for kind, version in told.items() if version is not None}, locale.current())


def asked(versions: Sequence[Version]) -> list[dict[str, Any]]:
    """What a form asks to agree to."""
    return [
        {
            "field": f"consent_{one.kind}",
            "version": one.version,
            "href": f"/{one.kind}?version={one.version}",
            "label": label_of(one),
        }
        for one in versions
    ]


def label_of(one: Version) -> str:
    """A text and its version, in the reader's language."""
    name = locale.translate(WORDS[one.kind])
    if one.sample:
        return locale.translate(N_("%(text)s (sample)"), None, text=name)
    return locale.translate(N_("%(text)s, version %(version)s"), None, text=name, version=one.version)
