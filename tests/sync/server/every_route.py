"""Every route of the server, and how it is called: one table, which a new route must be added to."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec import Struct

from engine.api import Acting, Engine
from engine.clock import new_id, short_id
from engine.commands.comments import AddComment
from engine.commands.views import SaveView
from engine.identity.accounts import ask_reset, sign_up
from engine.identity.api_keys import make
from engine.identity.organizations import create, invite
from engine.identity.sessions import enter
from engine.identity.tickets import ticket
from engine.identity.tokens import INVITATION, MAIL, new_token
from engine.model.actor import Role, Scope
from engine.model.exchange import PROTOCOL
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    confirmed,
    fresh_address,
    me,
    signed_up,
    somewhere,
    wish,
)
from tests.engine.members import colleague

Ids = Mapping[str, str]
SIZE = 6
"""Letters of the words, and so bytes of what is attached."""


class Route(Struct, frozen=True):
    method: str
    path: str


class Call(Struct, frozen=True, kw_only=True):
    """`by` a key, a session or nobody. `digest` says which of the ids the digest of the path is. `gives` is the status
    where it is none of success, with the reason in a comment."""

    json: Any = None
    content: bytes | None = None
    query: dict[str, Any] = {}
    digest: str = "digest"
    by: str = "key"
    gives: int = 0


class Theirs(Struct, frozen=True, kw_only=True):
    """An organization with one of each thing that a call can name, and how its owner gets in."""

    owner: Acting
    key: str
    session: str
    ids: dict[str, str]


def filled(path: str, ids: Ids, call: Call) -> str:
    """The path with its ids."""
    known = {**ids, "digest": ids[call.digest], "path": ids["board_id"]}
    return re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)


def routes(app: Litestar) -> dict[str, Route]:
    """By name, or by path where the framework made it; its OPTIONS tell which methods there are, and no more."""
    return {
        route.path_format if "openapi" in route.path else str(handler.name): Route(
            method, route.path_format
        )
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    }


async def belongings(engine: Engine, word: str) -> Theirs:
    """One of each thing that a call can name, all called by a word of six letters."""
    signed, session, account = await signed_up(engine)
    organization_id = await create(engine, somewhere(), signed, word)
    owner = await enter(engine, somewhere(), signed, organization_id)
    board = await sample_board(owner, items=3, name=word)
    view = SaveView(board_id=board.board, name=word)
    said = AddComment(item_id=board.items[0], body=word)
    await owner.execute(view, said)
    waiting, elsewhere = fresh_address(), await new_organization(engine)
    await sign_up(engine, somewhere(), wish(waiting))
    person = (await colleague(owner, name=word)).actor.user_id
    in_use = await confirmed(engine)
    await ask_reset(engine, somewhere(), in_use)
    ids = {
        "organization_id": organization_id, "owner_id": owner.actor.user_id, "member_id": person,
        "board_id": board.board,
        "group_id": board.groups[0], "other_group": board.groups[1],
        "column_id": board.columns["text"], "other_column": board.columns["date"],
        "item_id": board.items[0], "other_item": board.items[1], "comment_id": said.comment_id,
        "digest": hashlib.sha256(word.encode()).hexdigest(),
        "ticket": ticket(engine, organization_id, owner.actor.user_id),
        "replica_id": new_id(), "epoch": await epoch_of(owner), "address": waiting,
        "confirmation": await code_in_mail(engine, await account_of(engine, waiting)),
        "reset": await code_in_mail(engine, await account_of(engine, in_use)),
        "invitation": await invite(elsewhere, (await me(account)).email, Role.MEMBER),
    }  # fmt: skip
    key = await make(owner, word, Scope.ADMIN)
    return Theirs(owner=owner, key=key, session=session, ids=ids)


MAKING = {
    "attachments.create": ("attachment_id", "id"),
    "webhooks.create": ("webhook_id", "webhook", "id"),
    "webhooks.test": ("delivery_id", "delivery_id"),
    "sync.depart": ("departure", "digest"),
}
"""Calls that make what others name: which of the ids it is, and where in the answer it stands."""


def note_made(name: str, answer: httpx.Response, ids: dict[str, str]) -> None:
    if name in MAKING:
        found, (which, *way) = answer.json(), MAKING[name]
        for step in way:
            found = found[step]
        ids[which] = found


def absent() -> dict[str, str]:
    """Of the same form as the ids of `belongings`, and nobody's."""
    tenant = new_id()
    return {
        "digest": hashlib.sha256(tenant.encode()).hexdigest(),
        "departure": hashlib.sha256(new_id().encode()).hexdigest(),
        "confirmation": new_token(MAIL, tenant), "reset": new_token(MAIL, tenant), "invitation": new_token(INVITATION, tenant),
        "ticket": hashlib.sha256(tenant.encode()).hexdigest(), "address": fresh_address(),
        "column_id": short_id(), "other_column": short_id(),
        **{
            name: new_id()
            for name in (
                "organization_id", "owner_id", "member_id", "board_id", "group_id", "other_group", "item_id", "other_item", "comment_id", "attachment_id", "webhook_id",
                "delivery_id", "replica_id", "epoch",
            )
        },
    }  # fmt: skip


async def epoch_of(acting: Acting) -> str:
    return await acting.session.read(acting.actor, Role.GUEST, False, lambda one: one.epoch())


def calls(ids: Ids) -> dict[str, Call]:
    """By the name of the route. In this order each of them succeeds for the owner; what an earlier one makes (an
    attachment, a webhook) the later ones find in `ids`."""
    return {
        **_of_anybody(ids),
        **_of_boards(ids),
        **_of_items(ids),
        **_of_people(ids),
        **_of_webhooks(ids),
        **_of_devices(ids),
        **_of_files(ids),
        **_of_accounts(ids),
    }


def _word(ids: Ids) -> str:
    """What is made is called by the word among the ids, where there is one."""
    return ids.get("word", "taking")


def _of_anybody(ids: Ids) -> dict[str, Call]:
    return {
        "/api/openapi.json": Call(by="nobody"),
        "/api/openapi.json/openapi.json": Call(by="nobody"),
        "/api/openapi.json/{path}": Call(by="nobody", gives=404),  # the framework's own
        "health.live": Call(by="nobody"),
        "health.ready": Call(by="nobody"),
        "metrics": Call(by="nobody"),
        "me": Call(),
    }


def _of_boards(ids: Ids) -> dict[str, Call]:
    place = {"after": ids["other_group"]}
    return {
        "boards.list": Call(),
        "boards.create": Call(json={"name": "taken"}),
        "boards.show": Call(),
        "boards.edit": Call(json={"description": "taken"}),
        "boards.move": Call(json={"after": ids["board_id"]}),
        "boards.export": Call(),
        "boards.trash": Call(),
        "boards.restore": Call(),
        "views.list": Call(),
        "groups.list": Call(),
        "groups.create": Call(json={"name": "taken", **place}),
        "groups.show": Call(),
        "groups.edit": Call(json={"color": "red"}),
        "groups.move": Call(json=place),
        "groups.trash": Call(),
        "groups.restore": Call(),
        "columns.list": Call(),
        "columns.create": Call(json={"type": "text", "title": "taken", "after": ids["column_id"]}),
        "columns.show": Call(),
        "columns.edit": Call(json={"title": "taken"}),
        "columns.move": Call(json={"after": ids["other_column"]}),
        "columns.trash": Call(),
        "columns.restore": Call(),
    }


def _of_items(ids: Ids) -> dict[str, Call]:
    return {
        "items.list": Call(query={"words": "item"}),
        "items.create": Call(
            json={
                "name": "taken", "group_id": ids["group_id"], "parent_id": ids["item_id"],
                "values": {ids["column_id"]: "taken"},
            }
        ),
        "items.show": Call(),
        "items.edit": Call(json={"values": {ids["column_id"]: "taken"}, "after": ids["other_item"]}),
        "items.move": Call(json={"group_id": ids["group_id"], "after": ids["other_item"]}),
        "items.duplicate": Call(),
        "items.trash": Call(),
        "items.restore": Call(),
        "subitems.list": Call(),
        "comments.list": Call(),
        "comments.create": Call(json={"body": "taken"}),
        "comments.show": Call(),
        "comments.edit": Call(json={"body": "taken"}),
        "comments.delete": Call(),
        "comments.restore": Call(),
        "attachments.create": Call(content=_word(ids).encode(), query={"name": _word(ids)}),
        "attachments.list": Call(),
        "attachments.link": Call(json={"url": "https://example.org"}),
        "attachments.show": Call(),
        "attachments.rename": Call(json={"name": "taken"}),
        "attachments.read": Call(),
        "attachments.remove": Call(),
        "attachments.restore": Call(),
    }  # fmt: skip


def _of_people(ids: Ids) -> dict[str, Call]:
    return {
        "members.list": Call(),
        "members.edit": Call(json={"role": "viewer"}),
        "members.remove": Call(),
        "audit.list": Call(query={"words": ids["board_id"]}),
        "invitations.send": Call(json={"email": "taken@example.org"}),
        "keys.create": Call(json={"name": "taken", "scope": "read"}),
    }


def _of_webhooks(ids: Ids) -> dict[str, Call]:
    wanted = {
        "name": _word(ids),
        "url": f"https://{_word(ids)}.example.org",
        "board_id": ids["board_id"],
    }
    return {
        "webhooks.create": Call(json=wanted),
        "webhooks.list": Call(),
        "webhooks.show": Call(),
        "webhooks.edit": Call(json={"board_id": ids["board_id"]}),
        "webhooks.secret": Call(),
        "webhooks.test": Call(),
        "webhooks.deliveries": Call(),
        "webhooks.again": Call(gives=422),  # a test has no events to tell again
        "webhooks.remove": Call(),
    }


def _of_devices(ids: Ids) -> dict[str, Call]:
    replica = {"replica_id": ids["replica_id"], "epoch": ids["epoch"]}
    rename = {"item_id": ids["item_id"], "name": "taken"}
    sent = {
        "n": 1, "id": new_id(), "gesture": new_id(), "op": "item.rename@1", "arguments": rename,
        "at": 1_780_000_000_000, "base": 0, "was": {f"item:{ids['item_id']}": {"name": "taken"}},
    }  # fmt: skip
    push = {"after_n": 0, "after_id": "", "sent_at": 1_780_000_000_000, "commands": [sent]}
    scope = f"board:{ids['board_id']}"
    share = {"board_id": ids["board_id"], "member_id": ids["member_id"]}
    ask = {"id": new_id(), "commands": [{"op": "board.unshare@1", "arguments": share}]}
    still = {"organization_id": ids["organization_id"], "member_id": ids["owner_id"]}
    return {
        "sync.hello": Call(json={"protocol": PROTOCOL, "replica_id": ids["replica_id"]}),
        "sync.still": Call(json={**still, "ticket": ids["ticket"]}, by="nobody"),
        "sync.push": Call(json={**replica, **push}),
        "sync.pull": Call(json={**replica, "acked_n": 0, "cursors": {scope: 1}, "wanted": [scope]}),
        "sync.execute": Call(json=ask, gives=404),  # nobody has a place of their own there
        "sync.ask": Call(json={"name": "ItemHistory", "fields": {"item_id": ids["item_id"]}}),
        "sync.where": Call(json={"client": "taken", "board_id": ids["board_id"], "number": 1}),
        "sync.poke": Call(),
    }


def _of_files(ids: Ids) -> dict[str, Call]:
    size = {"size": SIZE}
    arrival = {
        "organization_id": ids["organization_id"], "epoch": ids["epoch"],
        "digest": ids["digest"], **size,
    }  # fmt: skip
    return {
        "sync.files.state": Call(query=size),
        "sync.files.part": Call(query={**size, "start": 0}, content=b"nobody"),
        "sync.files.read": Call(),
        "sync.depart": Call(by="session"),
        "sync.departures.read": Call(by="session", digest="departure"),
        "sync.departures.end": Call(by="session"),
        "sync.arrivals.state": Call(by="session", query=size),
        "sync.arrivals.part": Call(
            by="session", query={**size, "start": 0}, content=b"nobody", gives=422
        ),
        "sync.arriving": Call(by="session", json=arrival),
        "sync.arrive": Call(by="session", json=arrival),
    }


def _of_accounts(ids: Ids) -> dict[str, Call]:
    wanted = {"name": "Ada", "email": fresh_address(), "password": PASSWORD}
    return {
        "accounts.sign_up": Call(
            json={**wanted, "over_16": True, "policy_version": "1"}, by="nobody"
        ),
        "accounts.confirm": Call(json={"code": ids["confirmation"]}, by="nobody"),
        "accounts.forgotten": Call(json={"email": ids["address"]}, by="nobody"),
        "accounts.reset": Call(
            json={"code": ids["reset"], "password": "another secret"}, by="nobody"
        ),
        "sessions.start": Call(json={"email": ids["address"], "password": PASSWORD}, by="nobody"),
        "account.show": Call(by="session"),
        "invitations.accept": Call(json={"code": ids["invitation"]}, by="session"),
        "organizations.create": Call(json={"name": "taken"}, by="session"),
        "sessions.end": Call(by="session"),
    }
