"""Items go to another board with all that hangs on them, come back by an undo, and meet on every device."""

import pytest

from engine.api import Acting
from engine.commands.boards import EditBoard, ShareBoard
from engine.commands.columns import AddColumn, TrashColumn
from engine.commands.comments import AddComment, EditComment
from engine.commands.history import Undo
from engine.commands.items import AddItems, MoveItems, NewItem, SetValues
from engine.errors import ConneqtError, Forbidden, NotFound
from engine.model.actor import Role
from engine.model.board import BoardKind
from engine.queries.item_detail import ItemDetail, ItemHistory, ItemWhole
from tests.engine.boards import Sample, names, sample_board
from tests.engine.members import colleague
from tests.engine.syncing.conftest import Laptops, laptops
from tests.engine.syncing.devices import rows_of
from tests.engine.syncing.test_forgetting import beside, older

__all__ = ["laptops"]


@pytest.fixture
async def boards(acting: Acting) -> tuple[Sample, Sample]:
    """One with an item full of things, and an empty one; the first has a column that the second has not."""
    here, there = await sample_board(acting, items=2), await sample_board(acting, items=0, name="B")
    extra = AddColumn(board_id=here.board, type="number", title="Only here")
    await acting.execute(extra)
    item = here.items[0]
    values = {
        here.columns["status"]: "done", here.columns["number"]: "12", here.columns["tags"]: ["red"],
        here.columns["people"]: [acting.actor.user_id], extra.column_id: "7",
    }  # fmt: skip
    await acting.execute(SetValues(item_ids=(item,), values=values))
    below = NewItem(name="Below", values={here.columns["text"]: "said"})
    await acting.execute(AddItems(group_id=here.groups[0], parent_id=item, items=(below,)))
    await acting.execute(AddComment(item_id=item, body="A word"))
    return here, there


async def whole(acting: Acting, item: str) -> ItemWhole:
    return await acting.query(ItemDetail(item_id=item))


async def test_it_has_the_same_values_in_the_columns_of_the_same_title_and_type(
    acting: Acting, boards: tuple[Sample, Sample]
) -> None:
    here, there = boards
    number = (await whole(acting, here.items[0])).item.number
    await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[1]))
    assert await names(acting, here.board) == ["Item 2"]
    found = await whole(acting, here.items[0])
    assert (found.board.id, found.group.id) == (there.board, there.groups[1])
    assert found.item.number == number
    assert found.item.values == {
        there.columns["status"]: "done", there.columns["number"]: "12",
        there.columns["tags"]: ["red"], there.columns["people"]: [acting.actor.user_id],
    }  # fmt: skip
    (below,) = found.subitems
    assert below.values == {there.columns["text"]: "said"} and below.board_id == there.board


async def test_what_has_no_column_there_is_said_in_a_comment(
    acting: Acting, boards: tuple[Sample, Sample]
) -> None:
    here, there = boards
    await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    said = [one.body for one in (await whole(acting, here.items[0])).comments]
    assert said == ["A word", "Without a column on this board:\nOnly here: 7"]


async def test_undo_brings_it_back_whole(acting: Acting, boards: tuple[Sample, Sample]) -> None:
    here, there = boards
    before = await rows_of(acting)
    done = await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    await acting.execute(Undo(gesture=done.gesture))
    after = await rows_of(acting)
    moved = ("seq", "stamps", "updated_at")
    assert {id: {k: v for k, v in row.items() if k not in moved} for id, row in before.items()} == {
        id: {k: v for k, v in row.items() if k not in moved} for id, row in after.items()
    }


async def test_its_history_goes_along(acting: Acting, boards: tuple[Sample, Sample]) -> None:
    here, there = boards
    await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    happened = await acting.query(ItemHistory(item_id=here.items[0]))
    assert happened[0].deed.op == MoveItems.OP
    assert len(happened) == 3


@pytest.mark.parametrize("role", [Role.VIEWER, None])
async def test_only_who_may_write_on_both_boards(
    acting: Acting, boards: tuple[Sample, Sample], role: Role | None
) -> None:
    here, there = boards
    ada = await colleague(acting, role=Role.GUEST)
    for board, place in ((here, Role.MEMBER), (there, role)):
        await acting.execute(EditBoard(board_id=board.board, kind=BoardKind.SHAREABLE))
        if place is not None:
            share = ShareBoard(board_id=board.board, member_id=ada.actor.user_id, role=place)
            await acting.execute(share)
    with pytest.raises(ConneqtError) as raised:
        await ada.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    assert raised.type is (NotFound if role is None else Forbidden)


async def test_devices_that_see_both_one_or_the_other_board_meet_again(
    acting: Acting, boards: tuple[Sample, Sample], laptops: Laptops
) -> None:
    here, there = boards
    both, first = await laptops(), await laptops(name="Ada", role=Role.GUEST)
    second = await laptops(name="Guest", role=Role.GUEST)
    await acting.execute(EditBoard(board_id=here.board, kind=BoardKind.SHAREABLE))
    await acting.execute(ShareBoard(board_id=here.board, member_id=first.acting.actor.user_id))
    await acting.execute(EditBoard(board_id=there.board, kind=BoardKind.SHAREABLE))
    await acting.execute(ShareBoard(board_id=there.board, member_id=second.acting.actor.user_id))
    for one in (both, first, second):
        await one.sync()
    text = here.columns["long_text"]
    await first.acting.execute(SetValues(item_ids=(here.items[0],), values={text: "ADAS WORDS"}))
    await first.sync()
    await both.sync()
    await both.acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    for one in (both, first, second):
        await one.sync()
        assert await rows_of(one.acting) == await rows_of(one.member)
    assert f"item:{here.items[0]}" not in await rows_of(first.acting)
    assert await beside(first, "ADAS WORDS") == {}
    assert (await whole(second.acting, here.items[0])).item.board_id == there.board


@pytest.mark.parametrize("skew", [0, -1_500])
async def test_a_device_can_undo_it_after_the_server_has_done_it_too(
    acting: Acting, boards: tuple[Sample, Sample], laptops: Laptops, skew: int
) -> None:
    here, there = boards
    one = await laptops(skew=skew)
    await one.sync()
    moving = MoveItems(item_ids=(here.items[0],), group_id=there.groups[0])
    done = await one.acting.execute(moving)
    await one.sync()
    await one.acting.execute(Undo(gesture=done.gesture))
    await one.sync()
    assert [comment.body for comment in (await whole(acting, here.items[0])).comments] == ["A word"]


async def test_what_had_no_column_there_can_be_edited_before_the_server_has_heard_of_it(
    acting: Acting, boards: tuple[Sample, Sample], laptops: Laptops
) -> None:
    here, there = boards
    one = await laptops(skew=-1_500)
    await one.sync()
    await one.acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    said = (await whole(one.acting, here.items[0])).comments[-1]
    await one.acting.execute(EditComment(comment_id=said.id, body="In my own words"))
    await one.sync()
    assert (await whole(acting, here.items[0])).comments[-1].body == "In my own words"


@pytest.mark.parametrize("order", [0, 1])
async def test_boards_that_are_read_one_by_one_lose_nothing_on_the_way(
    acting: Acting, boards: tuple[Sample, Sample], laptops: Laptops, order: int
) -> None:
    here, there = boards
    one = await laptops()
    await one.sync()
    await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    scopes = [f"board:{here.board}", f"board:{there.board}"]
    for scope in (scopes[order], scopes[1 - order]):
        await one.device.apply([await one.remote.answer(await one.device.pulling((scope,)))])
    assert await rows_of(one.acting) == await rows_of(acting)


async def test_it_may_move_while_everything_is_read_anew(
    acting: Acting, boards: tuple[Sample, Sample], laptops: Laptops
) -> None:
    here, there = boards
    one = await laptops()
    await one.sync()
    await older(one)
    await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    for scope in (f"board:{there.board}", f"board:{here.board}"):
        await one.device.apply([await one.remote.answer(await one.device.pulling((scope,)))])
    assert await rows_of(one.acting) == await rows_of(acting)


async def test_values_of_a_column_that_is_in_the_trash_are_said_in_the_comment(
    acting: Acting, boards: tuple[Sample, Sample]
) -> None:
    here, there = boards
    (column,) = [
        id
        for id in (await whole(acting, here.items[0])).item.values
        if id not in here.columns.values()
    ]
    await acting.execute(TrashColumn(column_id=column))
    await acting.execute(MoveItems(item_ids=(here.items[0],), group_id=there.groups[0]))
    assert "Only here: 7" in [c.body for c in (await whole(acting, here.items[0])).comments][-1]
