"""What a mail's headers can hold, and the way of a mail as the settings name it: from whom, through which server.

Read at the start, where a wrong one is refused, and by whoever sends. What is raised repeats nothing of what was read:
it may hold a password.
"""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

HOST = re.compile(r"[A-Za-z0-9_.-]+")


def one_line(text: str) -> str:
    """`text` fit for a header: line breaks and other control characters become single spaces (RFC 5322, 2.2).

    What looks like an encoded word (RFC 2047) would be decoded, line breaks in it and all; so it is taken apart.
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in text).replace("=?", "= ?")
    return " ".join(plain.split())


@dataclass(frozen=True)
class MailServer:
    """Where mails are given to, and as whom; `tls` from the start, or by STARTTLS where the server offers it."""

    host: str
    port: int | None
    username: str | None
    password: str | None
    tls: bool


def read_sender(text: str) -> Address:
    """An address with or without a name, such as ``Osaka City <portal@city.example>``; raises ValueError for no such.

    Of ASCII alone, as servers without SMTPUTF8 (RFC 6531) take it; the name may be in any script.
    """
    try:
        [(name, address)] = getaddresses([text])
        read = Address(one_line(name), addr_spec=address)
    except (ValueError, IndexError, MessageError):
        raise ValueError("the sender is no address") from None
    # Blanks and comments inside an address are dropped where it is read: then it is not the one that was written.
    if not address.isascii() or address not in text:
        raise ValueError("the sender is no address")
    return read


def read_server(url: str) -> MailServer:
    """Read ``smtp://user:password@host:port`` or ``smtps://…``; raises ValueError for what leads to no server."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        raise ValueError("the mail server's host or port cannot be read") from None
    # After the host stands nothing: what does is mostly of a password whose / ? # are not written as %2F %3F %23.
    if port == 0 or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("the mail server's host or port cannot be read")
    username, password = (unquote(one) if one else None for one in (parts.username, parts.password))
    return MailServer(host, port, username, password, parts.scheme == "smtps")


def _host(name: str) -> str:
    """A name or an address of IP, as the system will look for it; raises ValueError."""
    if ":" in name:
        return str(ip_address(name))
    # Raises UnicodeError, a ValueError, for a part that is empty or longer than 63 letters.
    if not HOST.fullmatch(name.encode("idna").decode()):
        raise ValueError("no name of a host")
    return name
