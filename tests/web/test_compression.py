"""Answers and files are packed for whoever can unpack them, and no packed page tells its form's token by its length."""

import gzip
import re

import brotli
import httpx
import pytest

from testfields.accounts.identity import SESSION_COOKIE
from testfields.accounts.service import open_session
from testfields.core.clock import now
from testfields.web.files import BUNDLES, STATIC, file, known_files, static
from testfields.web.masking import masked, unmasked
from tests import factories

PACKED = ["/", "/trials", "/api/v1/trials/sites.geojson", "/schema/openapi.json", static("portal.css")]


async def raw(client: httpx.AsyncClient, path: str, accepted: str) -> tuple[httpx.Response, bytes]:
    async with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("path", PACKED)
async def test_texts_are_packed_as_the_caller_takes_them(db: None, client: httpx.AsyncClient, path: str) -> None:
    for _ in range(4):
        await factories.field()
    plain, whole = await raw(client, path, "identity")
    assert plain.status_code == 200
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    for accepted, encoding, unpack in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("*", "br", brotli.decompress),
    ):
        answer, body = await raw(client, path, accepted)
        assert answer.headers["content-encoding"] == encoding
        assert int(answer.headers["content-length"]) == len(body) < len(whole)
        assert "Accept-Encoding" in answer.headers["vary"]
        assert unpack(body) == whole


@pytest.mark.parametrize("path", ["/healthz", static("vendor/leaflet/images/layers.png")])
async def test_what_does_not_get_smaller_is_sent_as_it_is(db: None, client: httpx.AsyncClient, path: str) -> None:
    answer, _ = await raw(client, path, "br, gzip")
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


async def test_a_page_shows_its_token_each_time_in_other_letters_that_are_taken_back(
    db: None, client: httpx.AsyncClient
) -> None:
    company = await factories.company()
    session = await open_session(company.person_id, now())
    client.cookies.set(SESSION_COOKIE, session.secret)
    shown = {(await client.get("/my")).text.partition('name="_csrf" value="')[2].partition('"')[0] for _ in range(3)}

    assert len(shown) == 3
    assert len({unmasked(one) for one in shown}) == 1
    form = {"_csrf": shown.pop()}
    assert (await client.post("/logout", data={"_csrf": masked("another")})).status_code == 403
    assert (await client.post("/logout", data=form)).status_code == 303


@pytest.mark.parametrize("token", ["~", "~!", "~YQ", "~あ", "~YWJj", "", "plain"])
def test_whatever_is_sent_for_a_token_is_read(token: str) -> None:
    assert isinstance(unmasked(token), str)
    assert unmasked(masked(token)) == token


def test_what_files_name_bears_a_mark_of_its_content() -> None:
    assert all(one in known_files() for bundle in BUNDLES.values() for one in bundle)
    sheet = file("map.css").body.decode()
    assert static("vendor/leaflet/images/layers.png") in sheet
    assert 'url("images' not in sheet


@pytest.mark.parametrize("path", sorted(path.relative_to(STATIC).as_posix() for path in (STATIC / "js").glob("*.js")))
def test_a_script_and_its_modules_are_one_that_can_be_run(path: str) -> None:
    script = file(path).body.decode()
    assert "import " not in script
    named = re.findall(r"^(?:async )?(?:function|const|let) (\w+)", script, re.MULTILINE)
    assert len(named) == len(set(named)), sorted(named)
