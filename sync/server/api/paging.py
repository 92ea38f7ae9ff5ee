"""Cursors: where a page ended, as text that only this server makes, for one list of one organization."""

import base64
import hashlib
import hmac
from typing import Final

import msgspec

from engine.api import Acting
from engine.errors import Invalid
from engine.store.pages import Key

SEAL: Final = 12
"""Bytes. It keeps no secret: it spares the store what it would have to check."""


def next_cursor(acting: Acting, key: Key | None, *of: str) -> str:
    """What asks for the page behind `key` of the list that `of` names; "" where there is none."""
    if key is None:
        return ""
    said = msgspec.json.encode(key)
    return base64.urlsafe_b64encode(_seal(acting, said, of) + said).rstrip(b"=").decode()


def key_in(acting: Acting, cursor: str, *of: str) -> Key | None:
    """None for the first page. Raises Invalid for what this server did not make for the list."""
    if not cursor:
        return None
    try:
        whole = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError:
        whole = b""
    seal, said = whole[:SEAL], whole[SEAL:]
    if not hmac.compare_digest(seal, _seal(acting, said, of)):
        raise Invalid("This cursor is none of ours: send “next” of the page before.")
    return msgspec.json.decode(said, type=Key)


def _seal(acting: Acting, said: bytes, of: tuple[str, ...]) -> bytes:
    whose = "\0".join((acting.actor.organization_id, *of)).encode()
    return hmac.digest(acting.engine.secret("cursor"), whose + b"\0" + said, hashlib.sha256)[:SEAL]
