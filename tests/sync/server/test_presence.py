"""Who is on which board is known to those who may see the board, for as long as it is said, and stored nowhere."""

import asyncio

import pytest

from engine.api import Acting
from engine.commands.boards import CreateBoard, ShareBoard
from engine.model.board import BoardKind
from engine.model.presence import Present, Where
from sync.server.presence import LIFE, MOST_DEVICES, Presence
from tests.engine.boards import sample_board
from tests.engine.conftest import acting, engine, new_organization, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague

__all__ = ["acting", "engine", "postgres_url", "quick_hashes", "template_file"]


class Watch:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def at(board: str, number: int = 0, client: str = "laptop") -> Where:
    return Where(client=client, board_id=board, number=number)


async def test_others_see_who_is_on_a_board_and_on_which_item(acting: Acting) -> None:
    board, presence = await sample_board(acting), Presence()
    ada = await colleague(acting)
    await presence.put(ada, at(board.board, 3))
    spot = Present(member_id=ada.actor.user_id, board_id=board.board, number=3)
    assert await presence.around(acting) == (spot,)
    assert await presence.around(ada) == ()
    await presence.put(ada, at(""))
    assert await presence.around(acting) == ()


async def test_who_may_not_see_a_board_does_not_see_who_is_on_it(acting: Acting) -> None:
    presence = Presence()
    create = CreateBoard(name="Private", kind=BoardKind.PRIVATE)
    await acting.execute(create)
    ada = await colleague(acting)
    await presence.put(acting, at(create.board_id))
    assert await presence.around(ada) == ()
    await acting.execute(ShareBoard(board_id=create.board_id, member_id=ada.actor.user_id))
    assert [one.member_id for one in await presence.around(ada)] == [acting.actor.user_id]


async def test_nobody_is_on_a_board_that_they_may_not_see(acting: Acting) -> None:
    presence = Presence()
    create = CreateBoard(name="Private", kind=BoardKind.PRIVATE)
    await acting.execute(create)
    ada = await colleague(acting)
    for board in (create.board_id, "nowhere"):
        await presence.put(ada, at(board))
        assert await presence.around(acting) == ()


async def test_another_organization_sees_nothing_of_it(acting: Acting) -> None:
    board, presence = await sample_board(acting), Presence()
    stranger = await new_organization(acting.engine, "Strangers")
    await presence.put(acting, at(board.board))
    assert await presence.around(stranger) == ()


async def test_who_says_nothing_any_more_is_gone(acting: Acting) -> None:
    watch = Watch()
    board, presence = await sample_board(acting), Presence(watch)
    ada = await colleague(acting)
    await presence.put(ada, at(board.board))
    watch.now = LIFE
    assert len(await presence.around(acting)) == 1
    watch.now = LIFE + 1
    assert await presence.around(acting) == ()


async def test_one_person_cannot_be_everywhere(acting: Acting) -> None:
    board, presence = await sample_board(acting), Presence()
    ada = await colleague(acting)
    for number in range(3 * MOST_DEVICES):
        await presence.put(ada, at(board.board, number, f"client {number}"))
    assert len(await presence.around(acting)) == MOST_DEVICES


@pytest.mark.parametrize("again", [False, True])
async def test_watchers_hear_of_moves_and_not_of_signs_of_life(acting: Acting, again: bool) -> None:
    board, presence = await sample_board(acting), Presence()
    ada, moved = await colleague(acting), asyncio.Event()
    await presence.put(ada, at(board.board, 1))
    stop = presence.watch(acting.actor.organization_id, moved)
    await presence.put(ada, at(board.board, 1 if again else 2))
    assert moved.is_set() is not again
    stop()


async def test_nothing_of_it_is_written(acting: Acting) -> None:
    board, presence = await sample_board(acting), Presence()
    ada = await colleague(acting)
    read = acting.session.read

    async def seq() -> int:
        from engine.model.actor import Role

        return await read(acting.actor, Role.GUEST, True, lambda reading: reading.last_seq())

    before = await seq()
    await presence.put(ada, at(board.board))
    await presence.around(acting)
    assert await seq() == before
