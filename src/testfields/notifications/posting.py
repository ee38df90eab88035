"""Handing a mail over: to the SMTP server of the settings, or into a folder where there is none."""

import asyncio
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from testfields.notifications.rules import Unsent, one_line

SECONDS = 30
# Seven bits pass every server on the way, also one that knows no 8BITMIME (RFC 6152).
POLICY = SMTP.clone(cte_type="7bit")


def message(mail: Unsent, sender: str) -> EmailMessage:
    """The mail as RFC 5322 wants it, as text and as HTML; `sender` is an address, with or without a name.

    Raises ValueError for a receiver whose address is no address.
    """
    name, address = parseaddr(sender)
    made = EmailMessage(policy=POLICY)
    made["From"] = Address(one_line(name), addr_spec=address)
    made["To"] = Address(one_line(mail.name), addr_spec=mail.email)
    made["Subject"] = one_line(mail.subject)
    made["Date"] = format_datetime(mail.created_at)
    # The same for every attempt, so that a server which took the mail twice can tell.
    made["Message-ID"] = f"<mail-{mail.id}-{int(mail.created_at.timestamp())}@{address.rpartition('@')[2]}>"
    # Keeps holiday replies away (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    made["Content-Language"] = mail.locale
    return made


async def hand_over(mail: Unsent, smtp_url: str | None, sender: str, folder: Path) -> None:
    """Send the mail, or write it to `folder` as ``<id>.eml`` without an SMTP server.

    Raises aiosmtplib.SMTPException or OSError when the server does not take it.
    """
    made = message(mail, sender)
    if smtp_url is None:
        await asyncio.to_thread(_write, made, folder / f"{mail.id}.eml")
    else:
        await _send(made, smtp_url)


@cache
def trusted() -> ssl.SSLContext:
    """Whom the system trusts, read once: reading it takes 50 ms, in which the worker would do nothing else."""
    return ssl.create_default_context()


async def _send(made: EmailMessage, smtp_url: str) -> None:
    """``smtp://`` becomes TLS by STARTTLS where the server offers it, ``smtps://`` is TLS from the start."""
    server = urlsplit(smtp_url)
    await aiosmtplib.send(
        made,
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        tls_context=trusted(),
        timeout=SECONDS,
    )


def _write(made: EmailMessage, path: Path) -> None:
    """Whole or not at all: a reader of the folder never sees half a mail."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(made.as_bytes())
    partial.replace(path)
