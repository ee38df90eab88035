"""The documents lead where they say."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def heading_anchors(document: Path) -> set[str]:
    """The anchors that a reader on the web finds in a document."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(document: Path) -> list[str]:
    broken = []
    for link in LINK.findall(document.read_text()):
        path, _, anchor = unquote(link).partition("#")
        if ":" in path:
            continue
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in heading_anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# Here\n[gone](b.md) [no such part](#there) [here](#here) [web](https://example.org/x)")
    assert broken_links(document) == ["b.md", "#there"]


def test_every_decision_is_listed() -> None:
    decisions = ROOT / "docs" / "decisions"
    records = {path.name for path in decisions.glob("[0-9]*.md")}
    assert records
    assert records == set(LINK.findall((decisions / "README.md").read_text()))
