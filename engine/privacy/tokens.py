"""Tokens that open something: which tenant they belong to stands in them, and only a hash of them is kept."""

import hashlib
from typing import Final

from msgspec import Struct

from engine.errors import Refused

UNKNOWN: Final = (
    "This code is not valid: it was used, is too old, or never was. Ask for another one."
)


class Token(Struct, frozen=True, kw_only=True):
    """Written `<kind>_<tenant>_<secret>`: the secret is 256 bits of chance (43 letters)."""

    kind: str
    tenant: str
    secret: str

    def __str__(self) -> str:
        return f"{self.kind}_{self.tenant}_{self.secret}"


def read(text: str, kind: str) -> Token:
    """Raises Refused for what is no token of this kind."""
    parts = text.strip().split("_", 2)
    if len(parts) != 3 or parts[0] != kind or len(parts[1]) != 26 or len(parts[2]) < 40:
        raise Refused(UNKNOWN)
    return Token(kind=parts[0], tenant=parts[1], secret=parts[2])


def hash_of(token: str) -> str:
    """What is kept of a token. No salt and no slow hash: 256 bits of chance cannot be guessed."""
    return hashlib.sha256(token.strip().encode()).hexdigest()
