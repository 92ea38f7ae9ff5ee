"""Signing in to a server: a password for a token, and which organizations it opens."""

from typing import Any

import httpx
import msgspec
from msgspec import Struct

from engine.errors import ConneqtError, NeedsCode, NotSignedIn
from sync.client.server import SECONDS, checked, told


class Place(Struct, frozen=True, kw_only=True):
    """An organization of the account, and who one is in it."""

    organization_id: str
    member_id: str


async def sign_in(url: str, email: str, password: str, code: str = "") -> str:
    """The token of a new session. Raises NeedsCode where a second factor is on, NotSignedIn, Unreachable."""
    body = {"email": email, "password": password, "code": code}
    answer = await _call(url, "POST", "/api/sessions", "", body)
    return str(answer["token"])


async def places(url: str, token: str) -> list[Place]:
    """Raises NotSignedIn, Unreachable."""
    answer = await _call(url, "GET", "/api/account", token, None)
    return msgspec.convert(answer["organizations"], list[Place])


async def _call(url: str, method: str, path: str, token: str, body: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with told(url):
        async with httpx.AsyncClient(base_url=url.rstrip("/"), timeout=SECONDS) as client:
            answer = await client.request(method, path, json=body, headers=headers)
    try:
        await checked(answer, url)
    except NotSignedIn as error:
        if _code(answer) == NeedsCode.code:
            raise NeedsCode(str(error)) from None
        raise
    try:
        found: dict[str, Any] = msgspec.json.decode(answer.content, type=dict[str, Any])
        return found
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise ConneqtError(
            f"What answers at {url} is not a server of ConneqtOS. Check the address."
        ) from None


def _code(answer: httpx.Response) -> str:
    try:
        return str(msgspec.json.decode(answer.content, type=dict[str, Any]).get("code", ""))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ""
