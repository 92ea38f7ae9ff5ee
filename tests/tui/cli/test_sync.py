"""`conneqtos sync`: what is said of addresses that are none, and of what a server refused."""

import asyncio
import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from engine.commands.boards import CreateBoard
from engine.commands.items import AddItems, NewItem, SetValues
from engine.store.files import StoredFile
from engine.store.waiting import hold, waiting
from engine.syncing import Device
from tests.engine.conftest import START
from tests.tui.cli.conftest import Run
from tests.tui.test_sync_words import link
from tui import bootstrap
from tui.cli.sync import wiping


@pytest.mark.parametrize("verb", ["join", "take", "confirm"])
def test_an_address_that_is_none_is_one_sentence(
    workspace: Path, run: Run, tmp_path: Path, verb: str
) -> None:
    more = {"join": [str(tmp_path / "new")], "take": [], "confirm": ["CODE"]}[verb]
    told = run("sync", verb, "http://127.0.0.1:86111", *more)
    assert told.status == 2 and told.err.count("\n") == 1 and "no port 86111" in told.err


async def refuse(folder: Path) -> None:
    """A device whose server has refused to set a status."""
    opened = await bootstrap.open_workspace(folder)
    acting, mine = opened.acting, opened.acting.actor.organization_id
    await acting.execute(
        CreateBoard(board_id="b", name="Launch", group_id="g", column_ids=("st", "pe", "du")),
        AddItems(group_id="g", items=(NewItem(id="i", name="Write the notes"),)),
    )
    await link(acting)
    await acting.execute(SetValues(item_ids=("i",), values={"st": "stuck"}))

    def work(connection: Connection) -> None:
        (one,) = waiting(connection, mine)
        sent = replace(one.command, id="refused", gesture="refused")
        hold(connection, mine, sent, "forbidden", "Your role here is viewer.", START)

    await acting.session.database.write(mine, work)
    assert await Device(acting).held()
    await acting.engine.close()


def test_what_was_refused_is_listed_by_names_with_board_and_time(workspace: Path, run: Run) -> None:
    asyncio.run(refuse(workspace))
    told = run("sync", "refused").out
    assert "Write the notes · Status: Stuck" in told and "Launch · " in told
    assert "viewer" in told and "st:" not in told


async def linked(folder: Path, token: str, *, waits: bool = False) -> None:
    """A device that has exchanged all with its server, or one command but for all."""
    opened = await bootstrap.open_workspace(folder)
    acting = opened.acting
    await link(acting)
    await Device(acting).keep_token(token)
    if waits:
        await acting.execute(CreateBoard(name="Launch"))
    await acting.engine.close()


def test_the_status_says_of_when_it_is_and_claims_no_contact(workspace: Path, run: Run) -> None:
    asyncio.run(linked(workspace, "a-token"))
    told = run("sync", "status").out
    assert told.startswith("https://work.example.org: synced as of ")
    said = json.loads(run("sync", "status", "--json").out)
    assert said["signed_in"] and said["synced"] and said["last_exchange"]


@pytest.mark.parametrize(
    ("waits", "words"), [(False, "signed out"), (True, "signed out, 1 waiting")]
)
def test_the_status_of_who_has_signed_out_says_so(
    workspace: Path, run: Run, waits: bool, words: str
) -> None:
    asyncio.run(linked(workspace, "", waits=waits))
    assert run("sync", "status").out == f"https://work.example.org: {words}\n"
    said = json.loads(run("sync", "status", "--json").out)
    assert not said["signed_in"] and not said["synced"]


async def unsent(folder: Path) -> None:
    """A file was brought that the server does not have."""
    opened = await bootstrap.open_workspace(folder)
    await opened.acting.brought(StoredFile("0" * 64, 3))
    await opened.acting.engine.close()


def test_a_file_that_the_server_does_not_have_is_said(workspace: Path, run: Run) -> None:
    asyncio.run(linked(workspace, "a-token"))
    asyncio.run(unsent(workspace))
    assert ": 1 file to send, last exchange" in run("sync", "status").out
    said = json.loads(run("sync", "status", "--json").out)
    assert said["files"] == 1 and not said["synced"]


def test_one_command_that_goes_with_the_workspace_is_one(workspace: Path) -> None:
    asyncio.run(linked(workspace, "", waits=True))

    async def question() -> str:
        opened = await bootstrap.open_workspace(workspace)
        state = await Device(opened.acting).state()
        await opened.acting.engine.close()
        assert state is not None
        return wiping(state)

    assert "Lost with it: 1 command that" in asyncio.run(question())
