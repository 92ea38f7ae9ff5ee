"""Makes tokens: 256 bits that nobody can guess, with the tenant they belong to."""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from engine.privacy.tokens import Token

MAIL: Final = "cqm"
SESSION: Final = "cqs"
INVITATION: Final = "cqi"


def new_token(kind: str, tenant: str) -> str:
    return str(Token(kind=kind, tenant=tenant, secret=secrets.token_urlsafe(32)))


def derived_token(kind: str, tenant: str, key: bytes, call: str) -> str:
    """A token that the same call gives again; who does not have the key can tell nothing of it."""
    secret = hmac.digest(key, f"{kind}\0{tenant}\0{call}".encode(), hashlib.sha256)
    letters = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    return str(Token(kind=kind, tenant=tenant, secret=letters))
