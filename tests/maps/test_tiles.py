"""A file of vector tiles of the administrator's own: refused where it is none, served in parts, described as text."""

import os
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from testfields.core.pmtiles import Schema
from testfields.settings import SettingsError, load
from testfields.web import tiles
from tests.maps.tiles import GROUND, tile_file
from tests.server import app_on, free_port, serving_here

ADDRESS = "/maps/ground.pmtiles"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tile_file(tmp_path / "ground.pmtiles")


@pytest.fixture
async def loopback(own_db: str, path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The portal with the file, over a socket of this machine."""
    port = free_port()
    app = app_on(port, path.parent, TESTFIELDS_BASEMAP=str(path))
    async with serving_here(port, app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


def content(path: Path) -> bytes:
    return path.read_bytes()


def take_the_place_of(path: Path, attribution: str = "") -> None:
    tile_file(path.with_name("next"), "gsi", attribution).replace(path)


def put_a_folder_in_the_place_of(path: Path) -> None:
    path.unlink()
    path.mkdir()


def spoil(path: Path) -> None:
    path.write_text("no tiles")


@pytest.mark.parametrize("schema", Schema)
def test_a_file_of_either_schema_is_known_by_its_layers(tmp_path: Path, schema: Schema) -> None:
    file = tile_file(tmp_path / "a.pmtiles", schema)
    assert tiles.look_into(file).described.schema is schema
    assert load({"TESTFIELDS_BASEMAP": str(file)}).basemap == file


def test_without_the_setting_there_is_none() -> None:
    assert load({}).basemap is None


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "no PMTiles file": lambda _: b"",
    "no PMTiles file of version 3": lambda whole: whole[:7] + b"\x02" + whole[8:],
    "pictures": lambda whole: whole[:99] + b"\x02" + whole[100:],
    "otherwise than by gzip": lambda whole: whole[:97] + b"\x04" + whole[98:],
    "its end is missing": lambda whole: whole[:-1],
    "what it says of itself cannot be read": lambda whole: whole[: _metadata_at(whole)] + bytes(
        len(whole) - _metadata_at(whole)
    ),
}  # fmt: skip


def _metadata_at(whole: bytes) -> int:
    at: int = struct.unpack_from("<Q", whole, 24)[0]
    return at


@pytest.mark.parametrize(("said", "spoiling"), SPOILT.items())
def test_a_file_that_is_spoilt_is_refused_at_the_start(
    path: Path, said: str, spoiling: Callable[[bytes], bytes]
) -> None:
    path.write_bytes(spoiling(path.read_bytes()))
    with pytest.raises(SettingsError, match=rf"TESTFIELDS_BASEMAP must be a PMTiles file.*{said}"):
        load({"TESTFIELDS_BASEMAP": str(path)})


def test_a_file_of_another_schema_is_refused(tmp_path: Path) -> None:
    ground = GROUND["protomaps"]
    layers = {"transportation": ground["roads"], "water": ground["water"]}
    file = tile_file(tmp_path / "a.pmtiles", layers=layers)
    with pytest.raises(SettingsError, match="neither those of Protomaps nor"):
        load({"TESTFIELDS_BASEMAP": str(file)})


@pytest.mark.parametrize("name", ["not-there.pmtiles", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="TESTFIELDS_BASEMAP must be a file that can be read"):
        load({"TESTFIELDS_BASEMAP": str(tmp_path / name)})


async def test_parts_of_it_are_served(loopback: httpx.AsyncClient, path: Path) -> None:
    whole = content(path)
    for asked, part in {"bytes=0-126": whole[:127], "bytes=-10": whole[-10:], "bytes=200-": whole[200:]}.items():
        answer = await loopback.get(ADDRESS, headers={"Range": asked})
        start = whole.index(part)
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{len(whole)}"
        assert answer.headers["content-length"] == str(len(part))
        assert answer.headers["content-type"] == "application/vnd.pmtiles"
        assert "content-encoding" not in answer.headers


async def test_a_part_beyond_its_end_is_refused(loopback: httpx.AsyncClient, path: Path) -> None:
    size = len(content(path))
    answer = await loopback.get(ADDRESS, headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{size}"


async def test_a_head_tells_its_size_and_reads_nothing(
    loopback: httpx.AsyncClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[range] = []
    monkeypatch.setattr(tiles.TileFile, "read", lambda _, part: read.append(part))
    answer = await loopback.head(ADDRESS)
    assert (answer.status_code, answer.headers["accept-ranges"]) == (200, "bytes")
    assert answer.headers["content-length"] == str(len(content(path)))
    assert not read


async def test_a_file_in_its_place_has_another_tag_and_is_not_gone_on_with(
    loopback: httpx.AsyncClient, path: Path
) -> None:
    before = await loopback.get(ADDRESS, headers={"Range": "bytes=0-9"})
    tag = before.headers["etag"]
    same = await loopback.get(ADDRESS, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (same.status_code, same.content) == (206, before.content)
    assert (await loopback.get(ADDRESS, headers={"If-None-Match": tag})).status_code == 304

    take_the_place_of(path)
    after = await loopback.get(ADDRESS, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert after.headers["etag"] != tag
    assert (after.status_code, after.content) == (200, content(path))


async def test_a_long_part_never_lies_in_memory_as_a_whole(loopback: httpx.AsyncClient, path: Path) -> None:
    os.truncate(path, 5_000_000)
    pieces: list[int] = []
    whole = tiles.TileFile.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles.TileFile, "read", lambda self, part: pieces.append(len(part)) or whole(self, part))
        answer = await loopback.get(ADDRESS)
    assert len(answer.content) == 5_000_000 == sum(pieces)
    assert max(pieces) <= 1 << 20


async def test_only_the_address_of_this_very_file_is_kept_for_good(loopback: httpx.AsyncClient, path: Path) -> None:
    tag = tiles.look_into(path).tag
    for asked, kept in ((tag, "immutable"), ("another", "no-store"), ("", "no-store")):
        answer = await loopback.get(f"{ADDRESS}?v={asked}", headers={"Range": "bytes=0-9"})
        assert kept in answer.headers["cache-control"]


async def test_nothing_is_there_without_the_setting(client: httpx.AsyncClient, db: None) -> None:
    assert (await client.get(ADDRESS)).status_code == 404
    page = (await client.get("/")).text
    assert "pmtiles" not in page
    assert "protomaps" not in page


async def test_the_map_is_told_of_it_and_its_credit_is_text(loopback: httpx.AsyncClient, path: Path) -> None:
    hostile = '<a href="https://maps.example" onclick="alert(1)">Maps &amp; more</a><script>alert(1)</script> &lt;b&gt;'
    take_the_place_of(path, hostile)
    page = (await loopback.get("/")).text
    assert "protomaps-leaflet.js" in page
    assert "map-tiles.js" in page
    assert "onclick" not in page
    assert tiles.look_into(path).described.credit == "Maps & morealert(1) <b>"


async def test_a_file_that_is_spoilt_later_leaves_the_simple_map(loopback: httpx.AsyncClient, path: Path) -> None:
    spoil(path)
    answer = await loopback.get("/")
    assert answer.status_code == 200
    assert "protomaps-leaflet.js" not in answer.text


@pytest.mark.parametrize("leave", [Path.unlink, put_a_folder_in_the_place_of])
async def test_parts_of_a_file_that_is_gone_are_not_there(
    loopback: httpx.AsyncClient, path: Path, leave: Callable[[Path], None]
) -> None:
    leave(path)
    assert (await loopback.get(ADDRESS, headers={"Range": "bytes=0-9"})).status_code == 404
    assert (await loopback.get("/")).status_code == 200
