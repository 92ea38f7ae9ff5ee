"""Two programs on one device: what the one reads from the server the other hears of, wherever its own work stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec import Struct, field
from sqlalchemy import func, select

from engine.api import Acting, Engine
from engine.commands.items import RenameItem
from engine.commands.members import EditPerson
from engine.model.change import Announcement, ChangeOp
from engine.relocating import leave
from engine.store.tables import change
from engine.syncing import Device
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY
from tests.engine.syncing.conftest import Laptops
from tests.engine.syncing.devices import Laptop


@pytest.fixture(autouse=True)
def _only_when_the_test_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.news.POLL_SECONDS", 3_600)


class Beside(Struct):
    """The other program, and what it heard."""

    acting: Acting
    heard: list[Announcement] = field(default_factory=list)

    async def hears(self) -> list[Announcement]:
        """What is new since it was asked last."""
        await self.acting.engine.news.look()
        heard, self.heard[:] = list(self.heard), []
        return heard


@asynccontextmanager
async def beside(one: Laptop) -> AsyncIterator[Beside]:
    engine = await Engine.open_workspace(one.home, KEY)
    other = Beside(engine.acting_as(one.acting.actor))
    other.acting.subscribe(other.heard.append)
    await engine.news.watch(one.acting.actor.organization_id)
    yield other
    await engine.close()


async def pull(one: Laptop, by: Acting) -> None:
    """As the device's other program."""
    device = Device(by)
    await device.apply([await one.remote.answer(await device.pulling())])


async def test_the_boards_whose_rows_came_are_told(acting: Acting, laptops: Laptops) -> None:
    quiet, board = await sample_board(acting, name="Quiet"), await sample_board(acting)
    one = await laptops()
    await one.pull()
    async with beside(one) as other:
        await acting.execute(RenameItem(item_id=board.items[0], name="from the server"))
        await one.pull()
        (news,) = await other.hears()
        assert news.elsewhere and news.boards == {board.board} and quiet.board not in news.boards
        await one.pull()
        assert [news.boards for news in await other.hears()] == [frozenset()]


async def test_a_pull_of_its_own_does_not_hide_that_of_the_other(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.pull()
    async with beside(one) as other:
        await acting.execute(RenameItem(item_id=board.items[0], name="from the server"))
        await one.pull()
        await pull(one, other.acting)  # there is nothing more to come
        assert {board.board} in [news.boards for news in await other.hears()]


async def test_ones_own_pull_is_told_once(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.pull()
    async with beside(one) as other:
        await acting.execute(RenameItem(item_id=board.items[0], name="from the server"))
        await pull(one, other.acting)
        assert [news.boards for news in await other.hears()] == [{board.board}]


async def test_that_people_are_called_otherwise_is_told(acting: Acting, laptops: Laptops) -> None:
    one = await laptops()
    await one.pull()
    async with beside(one) as other:
        await acting.execute(EditPerson(member_id=acting.actor.user_id, name="Otherwise"))
        await one.pull()
        (news,) = await other.hears()
        assert "member" in {entity for entity, _ in news.records}


async def test_however_often_it_reads_a_device_keeps_one_note_a_board_and_none_when_it_is_alone(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    for number in range(5):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"name {number}"))
        await one.pull()
    assert await notes(one) == 1
    await leave(one.acting)
    assert await notes(one) == 0


async def notes(one: Laptop) -> int:
    mine = one.acting.actor.organization_id
    of_boards = (change.c.op == ChangeOp.PULL.value, change.c.entity == "board")
    counted = select(func.count()).where(change.c.organization_id == mine, *of_boards)
    return await one.acting.session.database.read(
        mine, lambda connection: int(connection.execute(counted).scalar_one())
    )
