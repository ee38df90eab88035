"""The shells that folium builds: constant, self-hosted, in two languages, without anything inline."""

import re

import httpx
import pytest

from testfields.maps.rules import Kind
from testfields.maps.shell import Shell, UnknownLinkError, own_files, shell
from testfields.web.locale import LOCALES
from testfields.web.security import GSI_TILES

ALL = [(kind, locale, tiles) for kind in Kind for locale in LOCALES for tiles in (False, True)]


@pytest.mark.parametrize(("kind", "locale", "tiles"), ALL)
def test_a_shell_is_the_same_each_time_it_is_built(kind: Kind, locale: str, tiles: bool) -> None:
    assert shell.__wrapped__(kind, locale, tiles) == shell.__wrapped__(kind, locale, tiles)


@pytest.mark.parametrize(("kind", "locale", "tiles"), ALL)
def test_everything_it_loads_is_the_portals_own(kind: Kind, locale: str, tiles: bool) -> None:
    built = shell(kind, locale, tiles)
    assert built.scripts
    assert all(address.startswith("/static/") for address in (*built.styles, *built.scripts))
    hosts = set(re.findall(r"https?://[^/\"\\]+", built.script))
    assert hosts == ({GSI_TILES, "https://maps.gsi.go.jp"} if tiles else set())


def test_a_link_that_nobody_has_looked_at_is_refused() -> None:
    with pytest.raises(UnknownLinkError, match="elsewhere"):
        own_files(["https://cdn.elsewhere.example/new.js"])


@pytest.mark.parametrize("kind", Kind)
def test_its_html_carries_nothing_inline(kind: Kind) -> None:
    html = shell(kind, "ja", False).html
    assert html == '<div class="folium-map" id="map_shell" ></div>'


def test_only_the_application_has_drawing_tools() -> None:
    drawing = {kind for kind in Kind if "L.Control.Draw(" in shell(kind, "ja", False).script}
    assert drawing == {Kind.APPLY}


def says(built: Shell, text: str) -> bool:
    return f'"{text}"' in built.script


def test_controls_speak_both_languages() -> None:
    assert says(shell(Kind.APPLY, "ja", False), "多角形を描く")
    assert says(shell(Kind.APPLY, "en", False), "Draw a polygon")
    assert not says(shell(Kind.APPLY, "ja", False), "Draw a polygon")


def test_tiles_are_credited_and_can_be_chosen() -> None:
    script = shell(Kind.PUBLIC, "en", True).script
    assert "maps.gsi.go.jp/development/ichiran.html" in script
    assert "L.control.layers(" in script
    assert "L.tileLayer(" not in shell(Kind.PUBLIC, "en", False).script


@pytest.mark.parametrize("kind", Kind)
async def test_its_script_is_a_file_that_browsers_keep(client: httpx.AsyncClient, kind: Kind) -> None:
    built = shell(kind, "ja", False)
    answer = await client.get(built.address)
    assert answer.text == built.script
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("file", ["public.fr.js", "other.ja.js", "public.ja.css", "public"])
async def test_other_files_are_not_there(client: httpx.AsyncClient, db: None, file: str) -> None:
    assert (await client.get(f"/maps/{file}")).status_code == 404
