"""Passwords: argon2id (RFC 9106), on threads of their own so that the event loop is never held up."""

import asyncio
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash

from testfields.core.texts import normal

HASHING = PasswordHash.recommended()
# A hash takes a core and 64 MiB for a tenth of a second: more at once than cores would only take more memory.
THREADS = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="password")
# Without letters and digits that look alike; sixteen of these 32 make 80 bits.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


async def hashed(password: str) -> str:
    """What is stored of a password."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, HASHING.hash, _typed(password))


async def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the stored one; where none is stored, False after the same time."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, _matches, _typed(password), stored)


def initial() -> str:
    """A new password that can be read out and typed."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def _typed(password: str) -> str:
    """The same for a password typed with full-width or half-width letters (NIST SP 800-63B, 3.1.1.2)."""
    return normal("NFKC", password)


def _matches(password: str, stored: str | None) -> bool:
    stand_in = _stand_in()
    known = stored if stored is not None and stored.startswith("$argon2id$") else None
    return HASHING.verify(password, known or stand_in) and known is not None


@cache
def _stand_in() -> str:
    return HASHING.hash(secrets.token_urlsafe())
