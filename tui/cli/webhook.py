"""`conneqtos webhook …`: which programs the server tells what happens, and how that went. Only a server sends."""

from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from engine.clock import iso_time
from engine.errors import NotFound
from tui.cli.choosing import board_named, chosen
from tui.cli.item import when
from tui.cli.opening import opened
from tui.cli.output import Rows, note, say, say_json
from tui.cli.sync import LOCAL
from tui.linking import loop_of

PATH: Final = "/api/webhooks"
KEPT: Final = "Keep the secret now: it is shown this once."
Call = Any
"""`await call(method, path, body)` asks the server of the workspace."""


async def list_webhooks(arguments: Namespace) -> None:
    async with _server(arguments) as (call, _):
        found = (await call("GET", PATH))["webhooks"]
    if arguments.json:
        for one in found:
            say_json(one)
        return
    rows = Rows(["Name", "Address", "Events", "State"], empty="There is no webhook.")
    rows.print([
        [one["name"], one["url"], " ".join(one["events"]) or "all", _state(one)] for one in found
    ])  # fmt: skip


async def make(arguments: Namespace) -> None:
    """The secret is all that is printed on stdout."""
    async with _server(arguments) as (call, acting):
        board = (await board_named(acting, arguments.board)).id if arguments.board else ""
        wanted = {
            "name": arguments.name, "url": arguments.url, "events": arguments.event, "board_id": board,
        }  # fmt: skip
        made = await call("POST", PATH, wanted)
    note(KEPT)
    say(made["secret"])


async def secret(arguments: Namespace) -> None:
    async with _one(arguments) as (call, found):
        made = await call("POST", f"{PATH}/{found['id']}/secret")
    note(f"{KEPT} For a day messages are signed by the one before too.")
    say(made["secret"])


async def on(arguments: Namespace) -> None:
    async with _one(arguments) as (call, found):
        await call("PATCH", f"{PATH}/{found['id']}", {"enabled": True})
    say(f"“{found['name']}” is on, and is told from where it stopped.")


async def off(arguments: Namespace) -> None:
    async with _one(arguments) as (call, found):
        await call("PATCH", f"{PATH}/{found['id']}", {"enabled": False})
    say(f"“{found['name']}” is off.")


async def remove(arguments: Namespace) -> None:
    async with _one(arguments) as (call, found):
        await call("DELETE", f"{PATH}/{found['id']}")
    say(f"“{found['name']}” is removed.")


async def test(arguments: Namespace) -> None:
    async with _one(arguments) as (call, found):
        await call("POST", f"{PATH}/{found['id']}/test")
    say("A test is on its way. See: conneqtos webhook log")


async def log(arguments: Namespace) -> None:
    """The newest hundred messages."""
    async with _one(arguments) as (call, found):
        lines = (await call("GET", f"{PATH}/{found['id']}/deliveries"))["deliveries"]
    if arguments.json:
        for one in lines:
            say_json(one)
        return
    rows = Rows(
        ["Message", "Made", "Events", "Tried", "State"], right={2, 3}, least={0: 26},
        empty="It was told nothing yet.",
    )  # fmt: skip
    rows.print([
        [one["id"], when(one["created_at"]), str(one["count"]), str(one["attempts"]), _ended(one)]
        for one in lines
    ])  # fmt: skip


async def again(arguments: Namespace) -> None:
    async with _one(arguments) as (call, found):
        await call("POST", f"{PATH}/{found['id']}/deliveries/{arguments.message}/again")
    say("It is on its way once more.")


@asynccontextmanager
async def _server(arguments: Namespace) -> AsyncIterator[tuple[Call, Any]]:
    """The server of the workspace, and the workspace; raises NotFound for a local one."""
    async with opened(arguments) as acting:
        loop = await loop_of(acting, lambda mark: None)
        if loop is None:
            raise NotFound(f"Only a server calls webhooks. {LOCAL}")
        try:
            yield loop.server.call, acting
        finally:
            await loop.server.close()


@asynccontextmanager
async def _one(arguments: Namespace) -> AsyncIterator[tuple[Call, dict[str, Any]]]:
    async with _server(arguments) as (call, _):
        found = (await call("GET", PATH))["webhooks"]
        names = [(one["id"], one["name"]) for one in found]
        yield call, found[chosen(arguments.webhook, names, "webhook")]


def _state(one: dict[str, Any]) -> str:
    from engine.model.webhook import REASONS

    return "on" if one["enabled"] else f"off: {REASONS.get(one['reason'], one['reason'])}"


def _ended(one: dict[str, Any]) -> str:
    if one["state"] == "delivered":
        return "arrived"
    why = f"{one['reason']} ({one['code']})" if one["code"] else one["reason"]
    if one["state"] == "given_up":
        return f"given up: {why}"
    return f"again at {iso_time(one['due_at'])}: {why}" if one["attempts"] else "on its way"
