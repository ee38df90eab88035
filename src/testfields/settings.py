"""Everything an administrator can set, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from testfields.core.mails import read_sender, read_server
from testfields.core.pmtiles import NotTilesError
from testfields.web import tiles

Network = IPv4Network | IPv6Network
ADMINISTRATOR_DATA = Path("/var/lib/testfields")


class SettingsError(Exception):
    """A setting that cannot be used; the text says which and what it should be."""


@dataclass(frozen=True)
class Settings:
    """The portal's settings; the README's table lists each variable."""

    database_url: str | None
    data: Path
    host: str
    port: int
    base_url: str
    trusted_proxies: tuple[Network, ...]
    workers: int
    pool_size: int
    smtp_url: str | None
    mail_from: str
    gsi_tiles: bool
    basemap: Path | None
    demo: bool

    @property
    def secure_cookies(self) -> bool:
        """Cookies are for https alone wherever the portal is reached by https."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises SettingsError on a value that makes no sense."""
    host = environ.get("TESTFIELDS_HOST", "127.0.0.1")
    port = _number(environ, "TESTFIELDS_PORT", 8000, 1, 65535)
    return Settings(
        database_url=_url(environ, "DATABASE_URL", "", {"postgresql", "postgres"}) or None,
        data=Path(environ.get("TESTFIELDS_DATA") or _default_data(environ)).absolute(),
        host=host,
        port=port,
        base_url=_url(environ, "TESTFIELDS_BASE_URL", f"http://{host}:{port}", {"http", "https"}).rstrip("/"),
        trusted_proxies=_networks(environ, "TESTFIELDS_TRUSTED_PROXIES"),
        workers=_number(environ, "TESTFIELDS_WORKERS", min(os.cpu_count() or 1, 4), 1, 64),
        pool_size=_number(environ, "TESTFIELDS_POOL", 10, 4, 200),
        smtp_url=_mail_server(environ, "TESTFIELDS_SMTP_URL"),
        mail_from=_sender(environ, "TESTFIELDS_MAIL_FROM", "portal@localhost"),
        gsi_tiles=_switch(environ, "TESTFIELDS_GSI_TILES"),
        basemap=_tile_file(environ, "TESTFIELDS_BASEMAP"),
        demo=_switch(environ, "TESTFIELDS_DEMO"),
    )


def _default_data(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return ADMINISTRATOR_DATA
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "testfields"


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").lower()
    if text not in {"", "0", "1", "false", "true"}:
        raise SettingsError(f"{name} must be 1 or 0, not {text!r}.")
    return text in {"1", "true"}


def _tile_file(environ: Mapping[str, str], name: str) -> Path | None:
    if not (text := environ.get(name)):
        return None
    path = Path(text).absolute()
    try:
        tiles.look_into(path)
    except OSError as error:
        raise SettingsError(f"{name} must be a file that can be read; {path} cannot: {error.strerror}.") from None
    except NotTilesError as error:
        raise SettingsError(
            f"{name} must be a PMTiles file with vector tiles; {path} cannot be used: {error}."
        ) from None
    return path


def _networks(environ: Mapping[str, str], name: str) -> tuple[Network, ...]:
    text = environ.get(name, "")
    try:
        return tuple(ip_network(one) for one in text.replace(",", " ").split())
    except ValueError:
        raise SettingsError(f"{name} must be addresses or networks like 10.0.0.2, 10.1.0.0/16, not {text!r}.") from None


def _url(environ: Mapping[str, str], name: str, default: str, schemes: set[str]) -> str:
    """An address. A wrong one is not repeated: it may hold a password."""
    text = environ.get(name) or default
    if text and text.partition("://")[0].lower() not in schemes:
        raise SettingsError(f"{name} must begin with {' or '.join(sorted(f'{s}://' for s in schemes))}.")
    return text


def _mail_server(environ: Mapping[str, str], name: str) -> str | None:
    """The address of a mail server, not repeated either."""
    text = _url(environ, name, "", {"smtp", "smtps"})
    try:
        return text if text and read_server(text) else None
    except ValueError:
        raise SettingsError(
            f"{name} cannot be read. It looks like smtp://user:password@host:587; "
            "what stands for itself in the password is written as %40 for @, %2F for /, %23 for #."
        ) from None


def _sender(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name, default)
    try:
        read_sender(text)
    except ValueError:
        raise SettingsError(
            f"{name} must be an address, with or without a name, like Osaka City <portal@city.example>, not {text!r}."
        ) from None
    return text
