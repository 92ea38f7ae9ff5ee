"""A board that is read anew, or later than others, is as it was until then: nothing vanishes, and edits still compete."""

import pytest

from engine.api import Acting
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from engine.model.exchange import user_scope
from tests.engine.boards import names, sample_board
from tests.engine.syncing.conftest import Laptops
from tests.engine.syncing.devices import Laptop, rows_of
from tests.engine.syncing.test_forgetting import older


async def read_people(one: Laptop) -> None:
    """What is read first: people and the list of boards, and no board."""
    pull = await one.device.pulling((user_scope(one.acting.actor.user_id),))
    await one.device.apply([await one.remote.answer(pull)])


@pytest.mark.parametrize("seen", [False, True])
async def test_an_edit_of_rows_from_before_an_update_competes_with_what_was_not_seen(
    seen: bool, acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    await acting.execute(RenameItem(item_id=board.items[0], name="theirs"))
    if seen:
        await one.sync()
    await older(one)
    await read_people(one)
    await one.acting.execute(RenameItem(item_id=board.items[0], name="mine"))
    await one.sync()
    state = await one.device.state()
    assert state is not None and state.conflicts == (0 if seen else 1)


async def test_a_list_edited_before_it_is_read_anew_keeps_what_others_added(
    acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    tags, ids = board.columns["tags"], (board.items[0],)
    await acting.execute(SetValues(item_ids=ids, values={tags: ["red"]}))
    await one.sync()
    await acting.execute(SetValues(item_ids=ids, values={tags: ["red", "blue"]}))
    await older(one)
    await read_people(one)
    await one.acting.execute(SetValues(item_ids=ids, values={tags: []}))
    await one.sync()
    assert (await rows_of(acting))[f"item:{board.items[0]}"]["values"].get(tags) == ["blue"]


async def test_what_was_taken_does_not_vanish_by_a_pull_of_other_scopes(
    acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    await one.acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="mine"),)))
    await one.acting.execute(RenameItem(item_id=board.items[0], name="edited"))
    push = await one.device.outgoing()
    assert push is not None
    await one.remote.decide(push)  # and the answer is lost
    await read_people(one)
    assert {"mine", "edited"} <= set(await names(one.acting, board.board))
    await one.sync()
    assert await one.device.waiting() == []


async def test_a_board_made_here_is_no_reason_to_compete(acting: Acting, laptops: Laptops) -> None:
    await sample_board(acting)
    one = await laptops()
    await one.sync()
    board = await sample_board(one.acting, name="Offline")
    await one.acting.execute(RenameItem(item_id=board.items[0], name="mine"))
    waiting = await one.device.waiting()
    assert waiting[-1].command.base > 0
