"""The shells that folium builds: constant, self-hosted, in two languages, without anything inline."""

import re

import httpx
import pytest

from testfields.maps.rules import Beneath, Kind
from testfields.maps.shell import Shell, UnknownLinkError, own_files, shell
from testfields.web.locale import LOCALES
from testfields.web.security import GSI_TILES

NOTHING = Beneath()
BENEATH = [Beneath(tiles, detailed) for tiles in (False, True) for detailed in (False, True)]
ALL = [(kind, locale, beneath) for kind in Kind for locale in LOCALES for beneath in BENEATH]


@pytest.mark.parametrize(("kind", "locale", "beneath"), ALL)
def test_a_shell_is_the_same_each_time_it_is_built(kind: Kind, locale: str, beneath: Beneath) -> None:
    assert shell.__wrapped__(kind, locale, beneath) == shell.__wrapped__(kind, locale, beneath)


@pytest.mark.parametrize(("kind", "locale", "beneath"), ALL)
def test_everything_it_loads_is_the_portals_own(kind: Kind, locale: str, beneath: Beneath) -> None:
    built = shell(kind, locale, beneath)
    assert built.scripts
    assert all(address.startswith("/static/") for address in (*built.styles, *built.scripts))
    hosts = set(re.findall(r"https?://[^/\"\\]+", built.script))
    assert hosts == ({GSI_TILES, "https://maps.gsi.go.jp"} if beneath.gsi_tiles else set())


def test_a_link_that_nobody_has_looked_at_is_refused() -> None:
    with pytest.raises(UnknownLinkError, match="elsewhere"):
        own_files(["https://cdn.elsewhere.example/new.js"])


@pytest.mark.parametrize("kind", Kind)
def test_its_html_carries_nothing_inline(kind: Kind) -> None:
    html = shell(kind, "ja", NOTHING).html
    assert html == '<div class="folium-map" id="map_shell" ></div>'


def test_only_what_is_drawn_has_tools_and_only_a_plan_those_for_lines_and_points() -> None:
    drawing = {kind for kind in Kind if "L.Control.Draw(" in shell(kind, "ja", NOTHING).script}
    assert drawing == {Kind.APPLY, Kind.PLAN}
    with_lines = {kind for kind in drawing if '"polyline": false' not in shell(kind, "ja", NOTHING).script}
    assert with_lines == {Kind.PLAN}


def says(built: Shell, text: str) -> bool:
    return f'"{text}"' in built.script


def test_controls_speak_both_languages() -> None:
    assert says(shell(Kind.APPLY, "ja", NOTHING), "多角形を描く")
    assert says(shell(Kind.APPLY, "en", NOTHING), "Draw a polygon")
    assert not says(shell(Kind.APPLY, "ja", NOTHING), "Draw a polygon")


def test_tiles_are_credited_and_can_be_chosen() -> None:
    script = shell(Kind.PUBLIC, "en", Beneath(gsi_tiles=True)).script
    assert "maps.gsi.go.jp/development/ichiran.html" in script
    assert "L.control.layers(" in script
    assert "L.tileLayer(" not in shell(Kind.PUBLIC, "en", NOTHING).script


def test_what_there_is_can_be_chosen() -> None:
    def layers(beneath: Beneath) -> set[str]:
        names = {"Simple map", "Detailed map", "GSI pale map"}
        script = shell(Kind.PUBLIC, "en", beneath).script
        return {name for name in names if f'"{name}"' in script}

    assert layers(Beneath()) == set()
    assert layers(Beneath(detailed=True)) == {"Simple map", "Detailed map"}
    assert layers(Beneath(gsi_tiles=True)) == {"Simple map", "GSI pale map"}
    assert layers(Beneath(True, True)) == {"Simple map", "Detailed map", "GSI pale map"}


@pytest.mark.parametrize("kind", Kind)
async def test_its_script_is_a_file_that_browsers_keep(client: httpx.AsyncClient, kind: Kind) -> None:
    built = shell(kind, "ja", NOTHING)
    answer = await client.get(built.address)
    assert answer.text == built.script
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("file", ["public.fr.js", "other.ja.js", "public.ja.css", "public"])
async def test_other_files_are_not_there(client: httpx.AsyncClient, db: None, file: str) -> None:
    assert (await client.get(f"/maps/{file}")).status_code == 404
