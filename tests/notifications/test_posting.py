"""Mails on the wire and on disk."""

import asyncio
import email
import ssl
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from testfields.accounts.entries import EMAIL, is_email
from testfields.core.mails import one_line, read_sender
from testfields.notifications.posting import hand_over, message, trusted
from testfields.notifications.rules import Leased, Refused, quoted
from tests.working import postbox, words_of

SENDER = "実証フィールドポータル <portal@city.test>"
MAIL = Leased(
    5,
    1,
    "事業者の担当",
    "person@example.test",
    "ja",
    "使用許可書を発行しました（申請番号12、夢洲 広場、2026年12月3日(木) 9:00–11:00）",
    "本文です。\n二行目。\n",
    "<p>本文です。</p>\n",
    datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC),
    way_in_id=None,
)


async def test_a_mail_arrives_in_japanese_as_text_and_as_html(tmp_path: Path) -> None:
    async with postbox() as box:
        await hand_over(MAIL, box.url, SENDER, tmp_path)
    arrived = box.received[0]
    assert arrived["Subject"] == MAIL.subject
    assert arrived["To"].addresses[0].display_name == "事業者の担当"
    assert arrived["From"].addresses[0].addr_spec == "portal@city.test"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Content-Language"] == "ja"
    assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]
    assert words_of(arrived) == MAIL.text
    assert words_of(arrived, "html") == MAIL.html
    assert all(byte < 128 for byte in message(MAIL, read_sender(SENDER)).as_bytes())


@pytest.mark.parametrize("local", ["taro..yamada", "taro.", ".taro", "...", "t'ar/o+1", "a" * 61 + "."])
async def test_addresses_with_dots_where_no_standard_has_them_get_their_mail(local: str, tmp_path: Path) -> None:
    address = f"{local}@docomo.example"
    assert is_email(address)
    async with postbox() as box:
        await hand_over(replace(MAIL, email=address), box.url, SENDER, tmp_path)
    assert box.receivers == [quoted(address)]
    (to,) = box.received[0]["To"].addresses
    assert (to.display_name, to.username, to.domain) == (MAIL.name, local, "docomo.example")


@pytest.mark.parametrize("local", ["=?utf-8?q?a=0D=0ABcc:_e@x?=", "=?utf-8?q?a?=", "a" * 63, '"a b"', "é"])
def test_what_cannot_be_sent_to_is_no_address(local: str) -> None:
    assert not is_email(f"{local}@docomo.example")


@settings(max_examples=15, deadline=None)
@given(st.from_regex(EMAIL, fullmatch=True))
def test_every_address_that_is_taken_can_be_written_to(address: str) -> None:
    assume(is_email(address))
    made = message(replace(MAIL, email=address), read_sender(SENDER))
    assert made["To"].addresses[0].addr_spec.replace('"', "") == address
    assert quoted(address) in made.as_bytes().decode()


def test_only_what_needs_quotes_has_them() -> None:
    plain = ["taro.yamada@city.test", "a@b.test", "a-b.c_d@e.test"]
    assert [quoted(one) for one in plain] == plain
    assert quoted("taro.@city.test") == '"taro."@city.test'


async def test_a_mail_sent_again_bears_the_same_id(tmp_path: Path) -> None:
    async with postbox() as box:
        await hand_over(MAIL, box.url, SENDER, tmp_path)
        await hand_over(MAIL, box.url, SENDER, tmp_path)
    first, second = box.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@city.test>")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "made.pem", folder / "key.pem"
    words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(["openssl", "req", "-x509", *words, *more], check=True, capture_output=True)
    return made, key


async def test_where_tls_is_offered_the_certificate_is_checked_before_name_and_password_are_told(
    certificate: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(*certificate)
    async with postbox(tls=offered) as box:
        address = box.url.replace("smtp://", "smtp://portal%40city:p%3Aw@")
        with pytest.raises(Refused, match="certificate verify failed"):
            await hand_over(MAIL, address, SENDER, tmp_path)
        assert box.received == box.logins == []

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        trusted.cache_clear()
        await hand_over(MAIL, address, SENDER, tmp_path)
    trusted.cache_clear()
    assert box.encrypted == [True]
    assert box.logins == [("portal@city", "p:w")]


async def test_without_a_server_the_mail_is_a_file(tmp_path: Path) -> None:
    await hand_over(MAIL, None, SENDER, tmp_path / "mail")
    files = await asyncio.to_thread(lambda: list((tmp_path / "mail").iterdir()))
    assert [file.name for file in files] == ["5.eml"]
    read = email.message_from_bytes(files[0].read_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    assert read["Subject"] == MAIL.subject
    assert words_of(read) == MAIL.text


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x00"])
def test_a_line_break_in_a_name_or_subject_adds_no_header(breaking: str) -> None:
    forged = f"A{breaking}Bcc: everybody@example.test"
    made = message(replace(MAIL, name=forged, subject=forged), read_sender(SENDER))
    read = email.message_from_bytes(made.as_bytes(), policy=default)
    assert read["Bcc"] is None
    assert read["Subject"] == "A Bcc: everybody@example.test"
    assert [one.addr_spec for one in read["To"].addresses] == ["person@example.test"]


@pytest.mark.parametrize("name", ['A, "B" <c@d>', "=?utf-8?q?a=0D=0ABcc:_e@x?=", "(", '"', "", "@", "= ? =?", "\\"])
def test_no_name_keeps_a_mail_from_being_written(name: str) -> None:
    made = message(replace(MAIL, name=name, subject=name, email="taro..@docomo.example"), read_sender(SENDER))
    read = email.message_from_bytes(made.as_bytes(), policy=default)
    assert [one.username for one in read["To"].addresses] == ["taro.."]
    assert read["To"].addresses[0].display_name == read["Subject"] == name.replace("=?", "= ?")
    assert read["Bcc"] is None


@pytest.mark.parametrize("length", range(1, 40))
async def test_a_subject_that_folds_keeps_its_blanks(length: int, tmp_path: Path) -> None:
    subject = f"{'申' * length} 広場 9:00–11:00、夢洲 広場 and 3 more ({'長' * 20} 広場) of Yumeshima"
    mail = replace(MAIL, subject=subject)
    read = email.message_from_bytes(message(mail, read_sender(SENDER)).as_bytes(), policy=default)
    assert read["Subject"] == subject
    async with postbox() as box:
        await hand_over(mail, box.url, SENDER, tmp_path)
    assert box.received[0]["Subject"] == subject


def test_one_line_keeps_words_apart_and_nothing_else() -> None:
    assert one_line("  夢洲\t広場\n\n9:00–11:00 \x07") == "夢洲 広場 9:00–11:00"
