"""Items and subitems through the door, on both databases."""

import pytest

from engine.api import Acting
from engine.clock import new_id
from engine.commands.items import (
    AddItems,
    ArchiveItems,
    DuplicateItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.errors import Invalid, NotFound, Refused
from engine.model.record import State
from engine.queries.item_detail import ItemDetail, ItemHistory
from engine.queries.trash import Trash
from tests.engine.boards import names, sample_board


async def test_new_items_stand_where_they_were_put(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    await acting.execute(
        AddItems(group_id=board.groups[0], items=(NewItem(name="first"),), after="")
    )
    await acting.execute(
        AddItems(group_id=board.groups[0], items=(NewItem(name="middle"),), after=board.items[0])
    )
    await acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="last"),)))
    assert await names(acting, board.board) == ["first", "Item 1", "middle", "Item 2", "last"]


async def test_items_are_numbered_once_and_for_all(acting: Acting) -> None:
    board = await sample_board(acting, items=3)
    numbers = [(await acting.query(ItemDetail(item_id=id))).item.number for id in board.items]
    assert numbers == [1, 2, 3]


async def test_values_are_kept_in_canonical_form_and_stamped(acting: Acting) -> None:
    board = await sample_board(acting)
    number, text = board.columns["number"], board.columns["text"]
    done = await acting.execute(
        SetValues(item_ids=(board.items[0],), values={number: "12.50", text: "  a\x1b[31m  b "})
    )
    item = (await acting.query(ItemDetail(item_id=board.items[0]))).item
    assert item.values == {number: "12.5", text: "a b"}
    assert item.stamps[number][0] == done.seq


async def test_one_command_sets_values_of_many_items(acting: Acting) -> None:
    board = await sample_board(acting)
    status = board.columns["status"]
    await acting.execute(SetValues(item_ids=tuple(board.items), values={status: "done"}))
    for id in board.items:
        assert (await acting.query(ItemDetail(item_id=id))).item.values[status] == "done"


async def test_an_empty_value_leaves_nothing_behind(acting: Acting) -> None:
    board = await sample_board(acting)
    number = board.columns["number"]
    await acting.execute(SetValues(item_ids=(board.items[0],), values={number: "1"}))
    await acting.execute(SetValues(item_ids=(board.items[0],), values={number: None}))
    assert (await acting.query(ItemDetail(item_id=board.items[0]))).item.values == {}


async def test_a_value_that_its_column_refuses_changes_nothing(acting: Acting) -> None:
    board = await sample_board(acting)
    wrong = SetValues(
        item_ids=tuple(board.items),
        values={board.columns["text"]: "fine", board.columns["status"]: "no such label"},
    )
    with pytest.raises(Invalid):
        await acting.execute(wrong)
    assert (await acting.query(ItemDetail(item_id=board.items[0]))).item.values == {}


async def test_a_value_for_a_column_of_another_board_is_refused(acting: Acting) -> None:
    board = await sample_board(acting)
    other = await sample_board(acting, name="Other")
    with pytest.raises(NotFound):
        await acting.execute(
            SetValues(item_ids=(board.items[0],), values={other.columns["text"]: "x"})
        )


async def test_items_move_together_and_keep_their_order(acting: Acting) -> None:
    board = await sample_board(acting)
    await acting.execute(
        MoveItems(
            item_ids=(board.items[3], board.items[0]),
            group_id=board.groups[0],
            after=board.items[1],
        )
    )
    assert await names(acting, board.board) == ["Item 2", "Item 4", "Item 1", "Item 3", "Item 5"]
    await acting.execute(MoveItems(item_ids=(board.items[1],), group_id=board.groups[1]))
    assert (await names(acting, board.board))[-1] == "Item 2"


async def test_subitems_go_with_their_item(acting: Acting) -> None:
    board = await sample_board(acting)
    parent = board.items[0]
    await acting.execute(
        AddItems(
            group_id=board.groups[0], parent_id=parent, items=(NewItem(name="a"), NewItem(name="b"))
        )
    )
    await acting.execute(MoveItems(item_ids=(parent,), group_id=board.groups[1]))
    detail = await acting.query(ItemDetail(item_id=parent))
    assert [subitem.name for subitem in detail.subitems] == ["a", "b"]
    assert {subitem.group_id for subitem in detail.subitems} == {board.groups[1]}


async def test_a_subitem_has_no_subitems(acting: Acting) -> None:
    board = await sample_board(acting)
    sub = NewItem(name="sub")
    await acting.execute(AddItems(group_id=board.groups[0], parent_id=board.items[0], items=(sub,)))
    with pytest.raises(Refused):
        await acting.execute(
            AddItems(group_id=board.groups[0], parent_id=sub.id, items=(NewItem(name="x"),))
        )
    with pytest.raises(Refused):
        await acting.execute(
            MoveItems(
                item_ids=(board.items[0],), group_id=board.groups[0], parent_id=board.items[1]
            )
        )


async def test_a_copy_has_values_and_subitems_and_stands_below(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    await acting.execute(
        SetValues(item_ids=(board.items[0],), values={board.columns["number"]: "7"}),
        AddItems(group_id=board.groups[0], parent_id=board.items[0], items=(NewItem(name="sub"),)),
    )
    copy = new_id()
    await acting.execute(DuplicateItems(item_ids=(board.items[0],), copy_ids=(copy,)))
    assert await names(acting, board.board) == ["Item 1", "Item 1", "Item 2"]
    detail = await acting.query(ItemDetail(item_id=copy))
    assert detail.item.values == {board.columns["number"]: "7"}
    assert [subitem.name for subitem in detail.subitems] == ["sub"]


async def test_what_is_put_away_leaves_the_board_and_comes_back(acting: Acting) -> None:
    board = await sample_board(acting, items=3)
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(ArchiveItems(item_ids=(board.items[1],)))
    assert await names(acting, board.board) == ["Item 3"]
    assert [entry.name for entry in await acting.query(Trash())] == ["Item 1"]
    archive = await acting.query(Trash(state=State.ARCHIVED))
    assert [entry.name for entry in archive] == ["Item 2"]
    await acting.execute(RestoreItems(item_ids=(board.items[0], board.items[1])))
    assert await names(acting, board.board) == ["Item 1", "Item 2", "Item 3"]


async def test_a_name_is_cleaned_and_never_empty(acting: Acting) -> None:
    board = await sample_board(acting)
    await acting.execute(RenameItem(item_id=board.items[0], name="a\u202eb\x00\nc"))
    assert (await acting.query(ItemDetail(item_id=board.items[0]))).item.name == "ab c"
    with pytest.raises(Invalid):
        await acting.execute(RenameItem(item_id=board.items[0], name=" \x1b[2J "))


async def test_history_tells_old_and_new_values(acting: Acting) -> None:
    board = await sample_board(acting)
    number = board.columns["number"]
    await acting.execute(SetValues(item_ids=(board.items[0],), values={number: "1"}))
    await acting.execute(SetValues(item_ids=(board.items[0],), values={number: "2"}))
    latest = (await acting.query(ItemHistory(item_id=board.items[0])))[0]
    assert latest.deed.audit_name == "item.changed"
    assert latest.changes[0].before == {f"values.{number}": "1"}
    assert latest.changes[0].after == {f"values.{number}": "2"}
