"""Makes tokens: 256 bits of chance, with the tenant they belong to."""

import secrets
from typing import Final

from engine.privacy.tokens import Token

MAIL: Final = "cqm"
SESSION: Final = "cqs"
INVITATION: Final = "cqi"


def new_token(kind: str, tenant: str) -> str:
    return str(Token(kind=kind, tenant=tenant, secret=secrets.token_urlsafe(32)))
