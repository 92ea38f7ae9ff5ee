"""Passwords: what makes one acceptable, and their bcrypt hashes (policy §2; C04; security.md 3.1).

A password is normalized (NFC) and put through HMAC-SHA256 under a key of the store before bcrypt, so that
none is cut at 72 bytes, and so that the hashes alone are worth nothing without that key.
"""

import asyncio
import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Final, ParamSpec, TypeVar

import bcrypt

from engine.errors import Invalid
from engine.model.text import folded

COST: Final = 12
HIGHEST_COST: Final = 14
SHORTEST: Final = 8
LONGEST_BYTES: Final = 1_024
AT_ONCE: Final = 2
"""Hashes made at the same time: each takes a processor for a quarter of a second."""

_OURS: Final = re.compile(r"\$2b\$\d\d\$[./A-Za-z0-9]{53}")

P = ParamSpec("P")
T = TypeVar("T")
_threads: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
"""Of their own: whatever else holds threads keeps nobody from signing in."""


def check_new(password: str, *known: str) -> None:
    """Raises Invalid for one that is short, long, common, or one of the words `known` of the person."""
    if len(password) < SHORTEST:
        raise Invalid(f"The password has {len(password)} characters; {SHORTEST} is the least.")
    if len(password.encode()) > LONGEST_BYTES:
        raise Invalid(f"The password is longer than {LONGEST_BYTES} bytes.")
    plain = folded(password)
    if plain in _common() or len(set(plain)) < 3:
        raise Invalid(
            "This password is one of the most common ones. Choose another: a few words do well."
        )
    if plain in {folded(word) for one in known for word in (one, one.split("@")[0])}:
        raise Invalid("This password is your name or address. Choose another.")


async def hashed(password: str, pepper: bytes) -> str:
    """`$2b$12$…`, made in a thread."""
    return await _in_turn(_hash, password, pepper)


async def matches(password: str, stored: str, pepper: bytes) -> bool:
    """Whether this is the password of the hash. One with no hash (`stored` empty) takes as long, and is wrong; so is
    one that we did not make: at a cost of 31 it would hold a thread for days."""
    ours = _OURS.fullmatch(stored) is not None and int(stored[4:6]) <= HIGHEST_COST
    right = await _in_turn(_check, password, stored if ours else _nobodys(), pepper)
    return right and ours


def is_weak(stored: str) -> bool:
    """Whether the hash was made at a lower cost than today's."""
    return int(stored.split("$")[2]) < COST


async def _in_turn(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, partial(work, *args, **kwargs))


def _hash(password: str, pepper: bytes) -> str:
    return bcrypt.hashpw(_prepared(password, pepper), bcrypt.gensalt(COST)).decode()


def _check(password: str, stored: str, pepper: bytes) -> bool:
    return bcrypt.checkpw(_prepared(password, pepper), stored.encode())


def _prepared(password: str, pepper: bytes) -> bytes:
    plain = unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
    return base64.b64encode(hmac.digest(pepper, plain, hashlib.sha256))


@cache
def _nobodys() -> str:
    """A hash that no password has, checked where there is no account: that takes as long as a wrong password."""
    return bcrypt.hashpw(b"nobody", bcrypt.gensalt(COST)).decode()


@cache
def _common() -> frozenset[str]:
    """The 30,000 most common passwords, from those that leaked."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(folded(word) for word in FREQUENCY_LISTS["passwords"])
