"""Signing in to a server: a password for a token, and which organizations it opens."""

from typing import Any

import httpx
from msgspec import Struct, to_builtins
from msgspec.structs import replace

from engine.clock import system_clock
from engine.errors import NeedsCode, NotSignedIn, Refused
from engine.identity.api_keys import START
from sync.client.reasons import told
from sync.client.server import SECONDS, checked, problem, read


class Place(Struct, frozen=True, kw_only=True):
    """An organization of the account, who one is in it, and what it is called."""

    organization_id: str
    member_id: str
    name: str = ""


async def sign_in(url: str, email: str, password: str, code: str = "") -> str:
    """The token of a new session. Raises NeedsCode where a second factor is on, NotSignedIn, Unreachable."""
    body = {"email": email, "password": password, "code": code}
    answer = await _call(url, "POST", "/api/sessions", "", body)
    return read(answer, _Session, url).token


class _Session(Struct, frozen=True):
    token: str


class _Said(Struct, frozen=True):
    message: str


class _Joined(Struct, frozen=True):
    organization_id: str


class _Account(Struct, frozen=True):
    organizations: list[Place]


class _Member(Struct, frozen=True):
    id: str


class _Me(Struct, frozen=True):
    organization_id: str
    organization: str
    member: _Member


class NewAccount(Struct, frozen=True, kw_only=True):
    """What somebody says who signs up; `policy_version` is the version of the privacy policy that they have read."""

    name: str
    email: str
    password: str
    over_16: bool
    policy_version: str


def policy_version() -> str:
    """The version of the privacy policy that is in force now, as this program knows it."""
    from engine.privacy.versions import in_force

    return in_force(system_clock()).number


async def sign_up(url: str, account: NewAccount) -> None:
    """A code goes to the address, by mail. Raises Invalid, Refused, TooMany, Unreachable."""
    read(await _call(url, "POST", "/api/accounts", "", to_builtins(account)), _Said, url)


async def confirm(url: str, code: str) -> None:
    """By the code from the mail. Raises Refused, which says how one gets another, TooMany, Unreachable."""
    read(await _call(url, "POST", "/api/accounts/confirm", "", {"code": code}), _Said, url)


async def ask_reset(url: str, email: str) -> None:
    """A code for a new password goes to the address, if it has an account there. Raises Invalid, TooMany, Unreachable."""
    read(await _call(url, "POST", "/api/accounts/forgotten", "", {"email": email}), _Said, url)


async def reset_password(url: str, code: str, password: str) -> None:
    """By the code from the mail; every session of the account ends. Raises Invalid, Refused, TooMany, Unreachable."""
    body = {"code": code, "password": password}
    read(await _call(url, "POST", "/api/accounts/password", "", body), _Said, url)


async def accept(url: str, token: str, code: str) -> Place:
    """Accept an invitation; comes back with the organization that one belongs to now. Raises Refused, TooMany,
    Unreachable."""
    answer = await _call(url, "POST", "/api/invitations/accept", token, {"code": code})
    joined = read(answer, _Joined, url).organization_id
    return next(one for one in await places(url, token) if one.organization_id == joined)


async def sign_out(url: str, token: str) -> None:
    """End the session there. Raises NotSignedIn where it has ended already, Unreachable."""
    await _call(url, "DELETE", "/api/sessions/current", token, None)


async def places(url: str, token: str) -> list[Place]:
    """Those of an account; an API key has one. Raises NotSignedIn, Unreachable."""
    if token.startswith(START):
        me = read(await _call(url, "GET", "/api/me", token, None), _Me, url)
        return [
            Place(organization_id=me.organization_id, member_id=me.member.id, name=me.organization)
        ]
    answer = await _call(url, "GET", "/api/account", token, None)
    found = read(answer, _Account, url).organizations
    return [await _named(url, token, one) for one in found]


async def _named(url: str, token: str, place: Place) -> Place:
    """Where one is not let in (it asks for a second factor), its id stands for the name."""
    try:
        answer = await _call(url, "GET", "/api/me", token, None, place.organization_id)
        name = read(answer, _Me, url).organization
    except Refused:
        name = place.organization_id
    return replace(place, name=name)


async def _call(
    url: str, method: str, path: str, token: str, body: Any, organization: str = ""
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if organization:
        headers["X-Organization"] = organization
    with told(url):
        async with httpx.AsyncClient(base_url=url.rstrip("/"), timeout=SECONDS) as client:
            answer = await client.request(method, path, json=body, headers=headers)
    try:
        await checked(answer, url)
    except NotSignedIn as error:
        if problem(answer).get("code") == NeedsCode.code:
            raise NeedsCode(str(error)) from None
        raise
    return answer
