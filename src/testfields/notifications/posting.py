"""Handing a mail over: to the SMTP server of the settings, or into a folder where there is none."""

import asyncio
import ssl
from contextlib import suppress
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import aiosmtplib

from testfields.core.mails import MailServer, one_line, read_sender, read_server
from testfields.notifications.rules import ATTEMPT, LONGEST_REASON, Leased, Refused, quoted

SECONDS = 30


class WholeSubject(EmailPolicy):
    """Where Python 3.11 breaks a subject between two encoded words, a blank is lost; so it is encoded as a whole."""

    def fold(self, name: str, value: Any) -> str:
        """One header as its lines."""
        if name != "Subject" or value.isascii():
            return str(super().fold(name, value))
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii")


# Seven bits pass every server on the way, also one that knows no 8BITMIME (RFC 6152).
POLICY = WholeSubject(linesep="\r\n", cte_type="7bit")


def message(mail: Leased, sender: Address) -> EmailMessage:
    """The mail as RFC 5322 wants it, as text and as HTML.

    Raises ValueError for a receiver whose address is no address.
    """
    made = EmailMessage(policy=POLICY)
    made["From"] = sender
    # The name as an Address writes it; of the address it would drop the quotes.
    named = str(Address(one_line(mail.name), "receiver", "invalid")).removesuffix("receiver@invalid>")
    made["To"] = f"{named}{quoted(mail.email)}>" if mail.name else quoted(mail.email)
    made["Subject"] = one_line(mail.subject)
    made["Date"] = format_datetime(mail.created_at)
    # The same for every attempt, so that a server which took the mail twice can tell.
    made["Message-ID"] = f"<mail-{mail.id}-{int(mail.created_at.timestamp())}@{sender.domain}>"
    # Keeps holiday replies away (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    made["Content-Language"] = mail.locale
    return made


async def hand_over(mail: Leased, smtp_url: str | None, sender: str, folder: Path) -> None:
    """Send the mail, or write it to `folder` as ``<id>.eml`` without an SMTP server.

    Raises Refused: for good where the server will not take this mail or it cannot be written at all, else for now.
    Nothing else is raised: nobody would be told of it, and the mail would stay leased.
    """
    try:
        came_from = read_sender(sender)
        server = read_server(smtp_url) if smtp_url else None
    except ValueError as error:
        raise refusal(error) from error
    try:
        made = message(mail, came_from).as_bytes()
    except Exception as error:
        # Whatever it is, it will be the same the next time.
        raise Refused(True, f"{type(error).__name__}: {error}"[:LONGEST_REASON]) from error
    try:
        if server is None:
            await asyncio.to_thread(_write, made, folder / f"{mail.id}.eml")
        else:
            async with asyncio.timeout(ATTEMPT.total_seconds()):
                await _send(made, came_from.addr_spec, quoted(mail.email), server)
    except Exception as error:
        raise refusal(error) from error


def refusal(error: Exception) -> Refused:
    """Why a mail was not taken, in the server's words.

    A reply of 5xx about the receiver or the mail itself is final (RFC 5321, 4.2.1). About the sender, the login or the
    connection it is a fault of the settings, which somebody will mend; and so is whatever else breaks on the way.
    """
    refused = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
    about_mail = isinstance(refused, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    if isinstance(refused, aiosmtplib.SMTPResponseException):
        final = about_mail and 500 <= refused.code < 600
        return Refused(final, one_line(f"{refused.code} {refused.message}")[:LONGEST_REASON])
    return Refused(False, one_line(f"{type(refused).__name__}: {refused}")[:LONGEST_REASON])


@cache
def trusted() -> ssl.SSLContext:
    """Whom the system trusts, read once: reading it takes 50 ms, in which the worker would do nothing else."""
    return ssl.create_default_context()


async def _send(made: bytes, sender: str, receiver: str, server: MailServer) -> None:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.tls,
        tls_context=trusted(),
        timeout=SECONDS,
    )
    try:
        await client.connect()
        # As bytes: of a message it would fold the headers in its own way.
        await client.sendmail(sender, [receiver], made)
        with suppress(aiosmtplib.SMTPException):
            await client.quit()
    finally:
        # Without a farewell where that was broken off: a server that hangs would keep the worker from ending.
        client.close()


def _write(made: bytes, path: Path) -> None:
    """Whole or not at all: a reader of the folder never sees half a mail."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(made)
    partial.replace(path)
