"""What every letter is written with: its templates, and a voice in the language of its receiver."""

from collections.abc import Callable
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from testfields.web.locale import translate
from testfields.web.pages import ROOT


@cache
def environment() -> Environment:
    """The templates of mails, as text and as HTML."""
    return Environment(
        loader=FileSystemLoader(ROOT / "templates" / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def speaker(locale: str) -> Callable[..., str]:
    """Says the portal's texts in one language."""

    def say(text: str, **values: object) -> str:
        return translate(text, locale, **values)

    return say
