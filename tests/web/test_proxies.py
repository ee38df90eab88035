"""Whose request it is behind reverse proxies, and that nobody else is believed about it."""

from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from testfields.accounts import attempts, passwords
from testfields.accounts.rules import ATTEMPTS_PER_ADDRESS
from testfields.accounts.tables import LoginAttempt
from testfields.app import create_app
from testfields.settings import SettingsError, load
from testfields.web.proxies import asker
from tests.server import serving

PROXY, OUTER, VISITOR, OTHER = "10.0.0.2", "10.1.2.3", "203.0.113.7", "198.51.100.9"
TRUSTED = (ip_network(PROXY), ip_network("10.1.0.0/16"), ip_network("2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "header", "found"),
    [
        (PROXY, VISITOR, VISITOR),
        (VISITOR, OTHER, VISITOR),
        (PROXY, f"{OTHER}, {VISITOR}", VISITOR),
        (PROXY, f"{OTHER},{VISITOR} , {OUTER}", VISITOR),
        (PROXY, f"{OUTER}, {OUTER}", OUTER),
        (PROXY, "", PROXY),
        (PROXY, f"{VISITOR}, unknown", PROXY),
        (PROXY, f"{VISITOR}, nonsense, {OUTER}", OUTER),
        (PROXY, f"{VISITOR}:4711", VISITOR),
        (PROXY, "[2001:db8:2::7]:443", "2001:db8:2::7"),
        (PROXY, "2001:db8:2::7", "2001:db8:2::7"),
        (PROXY, f"::ffff:{VISITOR}", VISITOR),
        (f"::ffff:{PROXY}", VISITOR, VISITOR),
        (f"::ffff:{VISITOR}", OTHER, VISITOR),
        ("2001:db8:1::1", VISITOR, VISITOR),
        ("a socket", VISITOR, "a socket"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_asks(peer: str, header: str, found: str) -> None:
    assert asker(peer, "", header, TRUSTED) == found
    elements = ", ".join(f'for="{one.strip()}"' for one in header.split(",") if one)
    assert asker(peer, elements, "", TRUSTED) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"for={VISITOR}", VISITOR),
        (f"For={VISITOR};proto=https;by=10.0.0.2", VISITOR),
        (f'proto=https; for="{VISITOR}:80" ;host="a, b;for={OTHER}"', VISITOR),
        (f'for={OTHER}, for="\\{VISITOR}"', PROXY),
        (f"for={OTHER}, proto=https", PROXY),
        (f"for={OTHER}, for=_hidden", PROXY),
        (f"for={OTHER}, ", PROXY),
        (f'for={OTHER}, for="{VISITOR}', PROXY),
        (";;;,,,", PROXY),
    ],
)
def test_forwarded_is_read_by_its_grammar(header: str, found: str) -> None:
    assert asker(PROXY, header, "", TRUSTED) == found


def test_where_the_two_headers_differ_neither_is_believed() -> None:
    assert asker(PROXY, f"for={VISITOR}", f"{OTHER}, {VISITOR}", TRUSTED) == VISITOR
    assert asker(PROXY, f"for={OTHER}", VISITOR, TRUSTED) == PROXY


@pytest.mark.parametrize("text", ["nginx", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1;10.0.0.2"])
def test_a_setting_that_names_no_network_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="TESTFIELDS_TRUSTED_PROXIES"):
        load({"TESTFIELDS_TRUSTED_PROXIES": text})


def test_the_setting_takes_addresses_and_networks() -> None:
    assert load({"TESTFIELDS_TRUSTED_PROXIES": "10.0.0.2, 10.1.0.0/16 2001:db8:1::/48"}).trusted_proxies == TRUSTED
    assert load({}).trusted_proxies == ()


@pytest.fixture(scope="module")
def behind() -> Litestar:
    settings = {"TESTFIELDS_BASE_URL": "http://portal.test", "TESTFIELDS_TRUSTED_PROXIES": f"{PROXY} {OUTER}"}
    return create_app(load(settings))


async def guesses(app: Litestar, peer: str, count: int, *lines: tuple[str, str]) -> Sequence[int]:
    """What as many wrong passwords for as many people are answered with."""
    transport = httpx.ASGITransport(app, client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
        people = [{"email": f"person{number}@example.test", "password": "wrong"} for number in range(count)]
        return [(await client.post("/login", data=one, headers=list(lines))).status_code for one in people]


@pytest.mark.parametrize("header", ["X-Forwarded-For: {}", "Forwarded: for={}"])
async def test_wrong_passwords_of_one_visitor_lock_out_that_visitor_alone(
    db: None, behind: Litestar, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(passwords, "matches", never)
    name, _, value = header.partition(": ")

    def says(*addresses: str) -> list[tuple[str, str]]:
        return [(name, value.format(address)) for address in addresses]

    tried = await guesses(behind, PROXY, ATTEMPTS_PER_ADDRESS + 1, *says(OTHER, VISITOR))
    assert tried == [422] * ATTEMPTS_PER_ADDRESS + [429]
    # Whatever that visitor writes on the left, and through whichever proxy.
    assert await guesses(behind, PROXY, 1, *says("192.0.2.1", VISITOR)) == [429]
    assert await guesses(behind, OUTER, 1, *says(VISITOR)) == [429]
    assert await guesses(behind, PROXY, 1, *says(VISITOR, OUTER)) == [429]
    assert await guesses(behind, VISITOR, 1, *says(OTHER)) == [429]
    # Everybody else goes on.
    assert await guesses(behind, PROXY, 1, *says(OTHER)) == [422]
    assert await guesses(behind, OTHER, 1, *says(VISITOR)) == [422]


async def test_a_running_portal_counts_the_visitor_behind_its_proxy(own_db: str, tmp_path: Path) -> None:
    with serving(own_db, tmp_path, TESTFIELDS_WORKERS="1", TESTFIELDS_TRUSTED_PROXIES="127.0.0.1") as server:
        form = {"email": "person@example.test", "password": "wrong"}
        async with httpx.AsyncClient(headers={"X-Forwarded-For": f"{OTHER}, {VISITOR}"}, timeout=60) as client:
            answer = await client.post(f"{server.base_url}/login", data=form)
    assert answer.status_code == 422
    counted = {bytes(row["subject"]) for row in await LoginAttempt.select()}
    assert attempts.network_subject(VISITOR) in counted
    assert not counted & {attempts.network_subject(one) for one in (OTHER, "127.0.0.1")}
