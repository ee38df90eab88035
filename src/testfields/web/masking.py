"""A form's token in other letters on each page, so that a packed page's length tells nothing of it (BREACH)."""

import base64
import binascii
import secrets

# No token begins so.
MASKED = "~"


def masked(token: str) -> str:
    """`token` under a mask of its own length, which travels before it; what is empty stays empty."""
    if not token:
        return ""
    plain = token.encode()
    mask = secrets.token_bytes(len(plain))
    return MASKED + base64.urlsafe_b64encode(mask + _crossed(mask, plain)).decode()


def unmasked(sent: str) -> str:
    """The token that was masked; whatever else was sent as it is."""
    if not sent.startswith(MASKED):
        return sent
    try:
        both = base64.urlsafe_b64decode(sent[len(MASKED) :].encode())
        return _crossed(both[: len(both) // 2], both[len(both) // 2 :]).decode()
    except (binascii.Error, ValueError):
        return sent


def _crossed(mask: bytes, text: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, text, strict=True))
