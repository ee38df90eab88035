"""What the strict Content-Security-Policy rests on: templates hold no script, no style, no other host."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "src" / "testfields" / "templates"
# Mail has no policy and no style sheet beside it.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "mail" not in path.relative_to(TEMPLATES).parts)

# The one value that is markup: a map's empty shell, built once from constants.
MARKUP = "{{ map_shell(kind).html | safe }}"

ELSEWHERE = r"""\s(?:src|href|data)=["'](?:https?:)?//"""
FORBIDDEN = {
    "script between tags": r"<script(?![^>]*\ssrc=)",
    "style element": r"<style\b",
    "style attribute": r"\sstyle\s*=",
    "handler attribute": r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=",
    "script address": r"javascript:",
    "evaluated value": r"""["']js:|\bhx-vars\b""",
    "file of another host": rf"<(?:script|link|img|iframe|source|video|object|embed)\b[^>]*{ELSEWHERE}",
    "unescaped value": r"[\w.\]]+\s*\|\s*safe\b",
}


def inline(html: str) -> list[str]:
    """Which of the forbidden things stand in a template."""
    html = html.replace(MARKUP, "")
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, html, re.IGNORECASE)]


def test_there_are_templates() -> None:
    assert PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_inline(path: Path) -> None:
    assert inline(path.read_text()) == []


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<script>alert(1)</script>", "script between tags"),
        ("<style>p { color: red }</style>", "style element"),
        ('<p class="note" style="color: red">', "style attribute"),
        ('<button type="submit" onclick="go()">', "handler attribute"),
        ('<form hx-on:submit="go()">', "handler attribute"),
        ('<a href="javascript:go()">', "script address"),
        ("""<div hx-vals='js:{now: Date.now()}'>""", "evaluated value"),
        ('<img alt="" src="https://example.org/map.png">', "file of another host"),
        ("{{ note | safe }}", "unescaped value"),
    ],
)
def test_each_of_them_would_be_seen(html: str, name: str) -> None:
    assert inline(html) == [name]


def test_what_pages_need_is_not_taken_for_inline() -> None:
    assert (
        inline("""<script src="{{ static('js/app.js') }}" defer></script><a href="https://example.org">…</a>""") == []
    )


# Corners are as many lines as they are; whether they make a shape is told at once.
UNCOUNTED = {"corners"}


def fields_without_a_counter(html: str) -> list[str]:
    """Fields for long texts that do not say how much they take."""
    asked = re.findall(r"\{\{\s*textarea\((.*?)\)\s*\}\}", html, re.DOTALL)
    named = [(re.match(r'"?([a-z_]+)', one), "most=" in one) for one in asked]
    return [name[1] for name, counted in named if name and not counted and name[1] not in UNCOUNTED]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_long_text_says_near_its_limit_how_much_is_left(path: Path) -> None:
    html = path.read_text()
    assert fields_without_a_counter(html) == []
    # None is written past the macro, but the one that scripts fill.
    if path.name != "forms.html":
        assert re.findall(r"<textarea(?![^>]*\shidden)", html) == []


def test_a_long_text_without_a_counter_would_be_seen() -> None:
    assert fields_without_a_counter('{{ textarea("reason_ja", _("Why (optional)"), rows=3) }}') == ["reason_ja"]
    assert fields_without_a_counter('{{ textarea(name, _("Reason"), most=longest_text) }}') == []
