"""The door: idempotency, all or nothing, announcements, news of other programs."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.boards import CreateBoard
from engine.commands.items import AddItems, NewItem, RenameItem
from engine.commands.registry import OPS, Command, command_from
from engine.commands.views import SetPreference
from engine.errors import ConneqtError, Invalid, NotFound, UsageError
from engine.model.change import Announcement
from engine.queries.home import Boards, Preferences
from engine.store.tables import audit, outbox
from engine.store.waiting import Link, make_link
from tests.engine.boards import names, sample_board
from tests.engine.conftest import KEY, new_organization


async def test_a_command_sent_twice_is_carried_out_once(acting: Acting) -> None:
    command = CreateBoard(name="Once")
    first = await acting.execute(command, command_id="fixed")
    second = await acting.execute(command, command_id="fixed")
    assert second.seq == first.seq
    assert [found.board.name for found in await acting.query(Boards())] == ["Once"]


async def test_a_gesture_is_carried_out_whole_or_not_at_all(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    with pytest.raises(NotFound):
        await acting.execute(
            RenameItem(item_id=board.items[0], name="half"), RenameItem(item_id="nothing", name="x")
        )
    assert await names(acting, board.board) == ["Item 1"]


async def test_a_stream_that_fails_or_is_cancelled_leaves_nothing(acting: Acting) -> None:
    board = await sample_board(acting, items=0)
    started = asyncio.Event()

    async def commands(fail: bool) -> AsyncIterator[Command]:
        yield AddItems(group_id=board.groups[0], items=(NewItem(name="one"),))
        started.set()
        if fail:
            raise RuntimeError("the file ends here")
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError):
        await acting.execute_stream(commands(fail=True))
    started.clear()
    task = asyncio.create_task(acting.execute_stream(commands(fail=False)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names(acting, board.board) == []
    await acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="two"),)))
    assert await names(acting, board.board) == ["two"]


async def test_listeners_hear_what_changed_after_it_is_stored(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    heard: list[Announcement] = []
    end = acting.subscribe(heard.append)
    await acting.execute(RenameItem(item_id=board.items[0], name="new"))
    assert heard[0].records == {("item", board.items[0])}
    assert heard[0].boards == {board.board}
    end()
    await acting.execute(RenameItem(item_id=board.items[0], name="newer"))
    assert len(heard) == 1


async def test_a_refused_command_is_not_announced(acting: Acting) -> None:
    heard: list[Announcement] = []
    acting.subscribe(heard.append)
    with pytest.raises(NotFound):
        await acting.execute(RenameItem(item_id="nothing", name="x"))
    assert heard == []


async def test_two_programs_on_one_workspace_hear_of_each_other(
    tmp_path: Path, template_file: Path
) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    here = await Engine.open_workspace(tmp_path, KEY)
    there = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(here)
    board = await sample_board(acting, items=1)
    heard: list[Announcement] = []
    other = there.acting_as(acting.actor)
    other.subscribe(heard.append)
    await there.news.watch(acting.actor.organization_id)
    await acting.execute(RenameItem(item_id=board.items[0], name="from the other program"))
    await there.news.look()
    assert heard[-1].elsewhere
    assert ("item", board.items[0]) in heard[-1].records
    assert await names(other, board.board) == ["from the other program"]
    await here.close()
    await there.close()


async def test_both_programs_write_and_nothing_is_lost(tmp_path: Path, template_file: Path) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    here = await Engine.open_workspace(tmp_path, KEY)
    there = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(here)
    board = await sample_board(acting, items=0)

    async def add(engine: Engine, word: str) -> None:
        for number in range(20):
            item = NewItem(name=f"{word} {number}")
            await engine.acting_as(acting.actor).execute(
                AddItems(group_id=board.groups[0], items=(item,))
            )

    await asyncio.gather(add(here, "here"), add(there, "there"))
    assert len(await names(acting, board.board)) == 40
    assert (await acting.verify_audit()).bad_number is None
    await here.close()
    await there.close()


async def test_a_linked_device_writes_an_outbox_instead_of_the_audit_chain(
    tmp_path: Path, template_file: Path
) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    device = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(device)
    mine = acting.actor.organization_id
    server = Link(
        server="http://server", token="", epoch="", member_id=acting.actor.user_id, last_n=0, acked_n=0,
        acked_id="", last_at=0,
    )  # fmt: skip
    await device._session.database.write(mine, lambda c: make_link(c, mine, server, "here"))
    command = CreateBoard(name="offline")
    await acting.execute(command)

    def read(connection: Connection) -> tuple[int, str, Command]:
        count = connection.execute(select(func.count()).select_from(audit)).scalar_one()
        row = connection.execute(select(outbox)).one()
        return count, row.op, command_from(row.op, row.arguments)

    count, op, waiting = await device._session.database.read(acting.actor.organization_id, read)
    assert count == 1  # the making of the organization itself
    assert op == "board.create@1"
    assert waiting == command
    await device.close()


async def test_preferences_are_each_members_own(acting: Acting) -> None:
    await acting.execute(SetPreference(name="theme", value={"name": "dark"}))
    await acting.execute(SetPreference(name="gone", value=1))
    await acting.execute(SetPreference(name="gone", value=None))
    assert await acting.query(Preferences()) == {"theme": {"name": "dark"}}


def test_commands_are_versioned_data() -> None:
    assert all(op.rpartition("@")[2].isdigit() for op in OPS)
    with pytest.raises(UsageError):
        command_from("item.fly@9", {})


async def test_an_organization_that_is_not_there_is_said_to_be_missing(engine: Engine) -> None:
    acting = await new_organization(engine)
    from engine.model.actor import Actor

    nowhere = engine.acting_as(Actor(organization_id=new_id(), user_id=acting.actor.user_id))
    with pytest.raises(ConneqtError):
        await nowhere.execute(CreateBoard(name="x"))


@pytest.mark.parametrize("name", ["", "two words", "a\nb", "x" * 121])
async def test_a_preference_is_called_by_what_an_id_can_be_made_of(
    acting: Acting, name: str
) -> None:
    with pytest.raises(Invalid, match="120 letters"):
        await acting.execute(SetPreference(name=name, value=1))
