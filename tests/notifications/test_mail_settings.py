"""What the settings say of the way of a mail: refused at the start where it leads nowhere, and never a mail's fault."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from testfields.core.mails import MailServer, read_sender, read_server
from testfields.notifications.posting import hand_over
from testfields.notifications.rules import Refused
from testfields.settings import SettingsError, load
from tests.notifications.test_posting import MAIL, SENDER
from tests.working import Postbox, postbox

NO_SENDERS = [
    "portal",
    "Stadt Osaka",
    "",
    "pörtal@x.example",
    "portal@大阪.example",
    "portal desk@x.example",
    "portal@x example",
    "portal@..x",
    "@x.example",
    "portal@",
    "a@x.example, b@x.example",
    "Osaka, City <portal@x.example>",
]
NO_SERVERS = [
    "smtp://h:99999",
    "smtp://h:0",
    "smtp://h:abc",
    "smtp://..bad..host",
    "smtp://bad host",
    f"smtp://{'h' * 64}",
    "smtp://",
    "smtp://:25",
    "smtp://[h",
    "smtp://[::x]",
    "smtp://user:secret/word@h",
    "smtp://user:12/secret@h",
    "smtp://user:12?secret@h",
    "smtp://user:12#secret@h",
]


@pytest_asyncio.fixture
async def box() -> AsyncIterator[Postbox]:
    async with postbox() as one:
        yield one


@pytest.mark.parametrize("text", NO_SENDERS)
async def test_what_is_no_sender_is_refused_at_the_start_and_loses_no_mail(
    box: Postbox, tmp_path: Path, text: str
) -> None:
    with pytest.raises(SettingsError, match="TESTFIELDS_MAIL_FROM must be an address") as told:
        load({"TESTFIELDS_MAIL_FROM": text})
    assert "\n" not in str(told.value)
    for url in (box.url, None):
        with pytest.raises(Refused) as refused:
            await hand_over(MAIL, url, text, tmp_path)
        assert not refused.value.final
    assert box.received == []


@pytest.mark.parametrize("text", NO_SERVERS)
async def test_what_leads_to_no_server_is_refused_at_the_start_and_loses_no_mail(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="TESTFIELDS_SMTP_URL cannot be read") as told:
        load({"TESTFIELDS_SMTP_URL": text})
    with pytest.raises(Refused) as refused:
        await hand_over(MAIL, text, SENDER, tmp_path)
    assert not refused.value.final
    assert refused.value.reason
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value) + refused.value.reason


@pytest.mark.parametrize(
    "text",
    ["portal@localhost", SENDER, '"Osaka, City" <Portal@x.example>', "portal@[10.0.0.1]", "portal@x.example (P)"],
)
def test_a_sender_may_bear_a_name(text: str) -> None:
    assert load({"TESTFIELDS_MAIL_FROM": text}).mail_from == text
    assert read_sender(text).addr_spec in text


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail_1", MailServer("mail_1", None, None, None, False)),
        ("SMTPS://mail.example:465/", MailServer("mail.example", 465, None, None, True)),
        ("smtp://portal%40city:p%2Fw@[::1]:587", MailServer("::1", 587, "portal@city", "p/w", False)),
        ("smtp://大阪.example", MailServer("大阪.example", None, None, None, False)),
    ],
)
def test_a_server_is_named_by_its_address(url: str, server: MailServer) -> None:
    assert load({"TESTFIELDS_SMTP_URL": url}).smtp_url == url
    assert read_server(url) == server


async def test_whatever_breaks_on_the_way_is_told_and_tried_again() -> None:
    with pytest.raises(Refused, match="ValueError: embedded null byte") as refused:
        await hand_over(MAIL, None, SENDER, Path("\0"))
    assert not refused.value.final


async def test_a_mail_that_cannot_be_written_is_refused_for_good(box: Postbox, tmp_path: Path) -> None:
    for url in (box.url, None):
        with pytest.raises(Refused) as refused:
            await hand_over(replace(MAIL, text="\udc80"), url, SENDER, tmp_path)
        assert refused.value.final
