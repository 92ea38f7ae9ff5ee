"""Every route of the server: it works for whom a thing belongs to, and for nobody of another tenant: with whatever role,
scope, key or session, it looks like what does not exist."""

import gzip
import re
from collections.abc import AsyncIterator
from typing import Final, cast

import httpx
import pytest
from litestar import Litestar

from engine.api import Engine
from engine.clock import new_id
from engine.identity.api_keys import make
from engine.identity.organizations import accept, invite
from engine.identity.sessions import enter
from engine.identity.tokens import INVITATION, MAIL, new_token
from engine.model.actor import Role, Scope
from sync.server.app import create_app
from sync.server.guarding import Guard
from sync.server.settings import Settings
from tests.engine.identity.people import me, signed_up, somewhere
from tests.engine.state import state_of
from tests.sync.server.every_route import (
    MAKING,
    Call,
    Ids,
    Theirs,
    absent,
    belongings,
    calls,
    filled,
    note_made,
    routes,
)
from tests.sync.server.line import Line

TAKEN: Final = {"sync.arriving", "sync.arrive"}
"""An organization comes with the id that it has, so that an id which is taken here cannot come; no more is said."""


class Web:
    """The app in this process, called by the names of its routes."""

    def __init__(self, engine: Engine) -> None:
        self.app = cast(Guard, create_app(engine, Settings(requests_per_minute=60_000), "1.0"))
        self.routes = routes(cast(Litestar, self.app.app))
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, client=("127.0.0.1", 1)),  # type: ignore[arg-type]
            base_url="http://server",
        )

    async def call(
        self, name: str, call: Call, ids: Ids, headers: dict[str, str]
    ) -> httpx.Response:
        route = self.routes[name]
        if name == "sync.poke":
            return await self._line(headers)
        return await self._client.request(
            route.method, filled(route.path, ids, call), headers=headers, params=call.query,
            json=call.json, content=call.content,
        )  # fmt: skip

    async def close(self) -> None:
        await self._client.aclose()

    async def _line(self, headers: dict[str, str]) -> httpx.Response:
        """What it says first: it has no end."""
        line = Line(self.app, headers)
        status = await line.open()
        await line.close()
        return httpx.Response(status, content=line.said)


@pytest.fixture
async def web(engine: Engine) -> AsyncIterator[Web]:
    opened = Web(engine)
    yield opened
    await opened.close()


def test_every_route_is_in_the_table(web: Web) -> None:
    """A new one must be added to tests/sync/server/every_route.py."""
    assert set(calls(absent())) == set(web.routes)


def of(theirs: Theirs, call: Call) -> dict[str, str]:
    """The headers by which its owner makes a call."""
    if call.by == "session":
        return by(theirs.session, theirs.ids["organization_id"])
    return by(theirs.key) if call.by == "key" else {}


def by(token: str, organization_id: str = "") -> dict[str, str]:
    named = {"X-Organization": organization_id} if organization_id else {}
    return {"Authorization": f"Bearer {token}", **named}


async def test_options_tell_the_methods_that_there_are(web: Web) -> None:
    ids = {name: new_id() for route in web.routes.values() for name in named(route.path)}
    for route in web.routes.values():
        path = filled(route.path, ids | {"board_id": "x", "digest": "x"}, Call())
        told = await web._client.request("OPTIONS", path)
        refused = await web._client.request("TRACE", path)
        assert (told.status_code, refused.status_code) == (204, 405), path
        assert methods(told) == methods(refused) >= {route.method, "OPTIONS"}, path


def methods(answer: httpx.Response) -> set[str]:
    return {one.strip() for one in answer.headers["allow"].split(",")}


def named(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


async def test_each_call_of_the_table_works_for_whom_it_is_about(engine: Engine, web: Web) -> None:
    """So that it proves something where it does not work for others."""
    theirs = await belongings(engine, "pigeon")
    for name, call in calls({**theirs.ids, "word": "pigeon"}).items():
        answer = await web.call(name, call, theirs.ids, of(theirs, call))
        expected = {call.gives} if call.gives else {200, 201, 202, 204}
        assert answer.status_code in expected, (name, answer.status_code, answer.text)
        note_made(name, answer, theirs.ids)


async def whole(engine: Engine, web: Web, word: str) -> Theirs:
    """With what only calls make."""
    theirs = await belongings(engine, word)
    for name in MAKING:
        call = calls({**theirs.ids, "word": word})[name]
        note_made(name, await web.call(name, call, theirs.ids, of(theirs, call)), theirs.ids)
    return theirs


async def people_of(engine: Engine, mine: Theirs) -> dict[str, dict[str, str]]:
    """By which headers they come: each role, with a session and a key; who may do the most and the least, with a key of
    each scope."""
    organization_id = mine.ids["organization_id"]
    found = {"owner, session": by(mine.session, organization_id)}
    people = {Role.OWNER: mine.owner}
    for role in Role:
        if role is not Role.OWNER:
            signed, token, account = await signed_up(engine)
            code = await invite(mine.owner, (await me(account)).email, role)
            await accept(engine, somewhere(), signed, code)
            found[f"{role}, session"] = by(token, organization_id)
            people[role] = await enter(engine, somewhere(), signed, organization_id)
    for role, acting in people.items():
        for scope in Scope if role in (Role.OWNER, Role.GUEST) else (Scope.ADMIN,):
            found[f"{role}, key to {scope}"] = by(await make(acting, scope.value, scope))
    return found


def told(answer: httpx.Response, *known: Ids) -> tuple[int, str]:
    """Without the ids, which name what was asked for, and without numbers, which count what was asked before."""
    content = answer.content
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()
    for id in {id for ids in known for id in ids.values()}:
        text = text.replace(id, "#")
    return answer.status_code, re.sub(r"\b[0-9a-z]{26}\b|\b[0-9a-z]{10}\b|\d+", "#", text)


async def test_nobody_of_another_tenant_sees_changes_or_finds_anything(
    engine: Engine, web: Web
) -> None:
    theirs, mine = await whole(engine, web, "canary"), await whole(engine, web, "pigeon")
    before = await state_of(theirs.owner)
    people = await people_of(engine, mine)
    for who, headers in {"nobody": {}, **people}.items():
        ids = {**theirs.ids, **unknown(theirs, mine)}
        none = {**absent(), "epoch": ids["epoch"], "address": ids["address"]}
        for name, call in calls(none).items():
            if (call.by == "nobody") == (who == "nobody"):
                await look_alike(web, name, (ids, none, mine.ids), headers, who)
    assert await state_of(theirs.owner) == before


def unknown(theirs: Theirs, mine: Theirs) -> dict[str, str]:
    """What strangers do not know of them, though they may know their ids; and a device of one's own."""
    tenant = theirs.ids["organization_id"]
    return {
        "confirmation": new_token(MAIL, tenant), "reset": new_token(MAIL, tenant), "invitation": new_token(INVITATION, tenant),
        "ticket": absent()["ticket"], "address": absent()["address"], "replica_id": new_id(),
        "epoch": mine.ids["epoch"],
    }  # fmt: skip


async def look_alike(
    web: Web, name: str, known: tuple[Ids, Ids, Ids], headers: dict[str, str], who: str
) -> None:
    """Their ids in a path or a body, and their organization in the header, are answered as those that nobody has."""
    ids, none, own = known
    call, other = calls(ids)[name], calls(none)[name]
    in_path = "{" in web.routes[name].path
    pairs = [((call, ids, headers), (other, none, headers))]
    if in_path and call != other:
        pairs.append(((call, own, headers), (other, own, headers)))
    if who == "owner, session":
        named = [{**headers, "X-Organization": one["organization_id"]} for one in (ids, none)]
        pairs.append(((call, ids, named[0]), (call, ids, named[1])))
    for first, second in pairs:
        (status, text), nothing = [
            told(await web.call(name, *one), *known) for one in (first, second)
        ]
        assert "canary" not in text.casefold(), (who, name, text)
        if name in TAKEN:
            assert status >= 400 or '"here":false' in text, (who, name, text)
        elif in_path or call != other or first[2] != second[2]:
            assert (status, text) == nothing, (who, name)
