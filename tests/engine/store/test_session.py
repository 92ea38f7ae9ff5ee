"""What a command expects of a record is decided inside its transaction."""

import asyncio

import pytest

from engine.api import Acting, Expected
from engine.clock import new_id
from engine.commands.items import RenameItem, TrashItems
from engine.errors import NotFound, VersionMoved
from engine.model.actor import Role
from engine.model.item import Item
from engine.queries.item_detail import FindItems
from tests.engine.boards import sample_board


async def test_of_two_who_saw_the_same_version_one_writes(acting: Acting) -> None:
    (item,) = (await sample_board(acting, items=1)).items
    (seen,) = await acting.query(FindItems(ids=(item,)))
    expected = Expected(kind=Item, id=item, versions=frozenset({seen.seq}))

    async def rename(name: str) -> str:
        await acting.execute(RenameItem(item_id=item, name=name), expected=expected)
        return name

    ends = await asyncio.gather(rename("one"), rename("other"), return_exceptions=True)
    won = [end for end in ends if isinstance(end, str)]
    assert len(won) == 1 and sum(isinstance(end, VersionMoved) for end in ends) == 1
    assert [one.name for one in await acting.query(FindItems(ids=(item,)))] == won


async def test_nothing_of_a_gesture_is_done_where_the_first_expectation_fails(
    acting: Acting,
) -> None:
    board = await sample_board(acting, items=2)
    late = Expected(kind=Item, id=board.items[0], versions=frozenset({-1}))
    with pytest.raises(VersionMoved):
        await acting.execute(
            TrashItems(item_ids=(board.items[0],)),
            TrashItems(item_ids=(board.items[1],)),
            expected=late,
        )
    found = await acting.query(FindItems(ids=board.items))
    assert {one.state for one in found} == {"live"}


async def test_a_command_that_was_carried_out_is_not_refused_when_it_comes_again(
    acting: Acting,
) -> None:
    (item,) = (await sample_board(acting, items=1)).items
    (seen,) = await acting.query(FindItems(ids=(item,)))
    expected = Expected(kind=Item, id=item, versions=frozenset({seen.seq}))
    again = {"command_id": new_id(), "expected": expected}
    for _ in range(2):
        await acting.execute(RenameItem(item_id=item, name="once"), **again)
    assert (await acting.query(FindItems(ids=(item,))))[0].name == "once"


async def test_what_is_not_there_has_no_version(acting: Acting) -> None:
    nothing = Expected(kind=Item, id=new_id(), versions=frozenset({1}))
    with pytest.raises(NotFound):
        await acting.execute(TrashItems(item_ids=()), expected=nothing)


async def test_of_commands_that_are_given_at_once_each_has_its_own_place(acting: Acting) -> None:
    """seq is commit order (sync.md R1): whoever comes second waits, and is not refused."""
    board = await sample_board(acting, items=8)
    before = await _last_seq(acting)

    async def rename(turn: int) -> int:
        command = RenameItem(item_id=board.items[turn % 8], name=f"turn {turn}")
        return (await acting.execute(command)).seq

    for _ in range(2):  # the second time every connection of the pool is open
        seqs = await asyncio.gather(*(rename(turn) for turn in range(24)))
        assert sorted(seqs) == list(range(before + 1, before + 25))
        before += 24
    assert (await acting.verify_audit()).bad_number is None


async def _last_seq(acting: Acting) -> int:
    return await acting.session.read(acting.actor, Role.GUEST, True, lambda one: one.last_seq())
