"""What needs a column that lies in the trash is refused by its title, not by an id that nobody knows."""

import pytest

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.columns import TrashColumn
from engine.commands.items import AddItems, NewItem, SetValues
from engine.errors import Invalid, NotFound
from engine.model.view import Sort
from engine.queries.board_view import RowOrder

WHERE = "The column “Due” is in the trash: bring it back"


async def board_without_due(acting: Acting) -> None:
    await acting.execute(
        CreateBoard(board_id="b", name="Launch", group_id="g", column_ids=("st", "pe", "due")),
        AddItems(group_id="g", items=(NewItem(id="i", name="Write the notes"),)),
    )
    await acting.execute(TrashColumn(column_id="due"))


async def test_a_value_of_it_is_refused_by_its_title(acting: Acting) -> None:
    await board_without_due(acting)
    with pytest.raises(NotFound, match=WHERE):
        await acting.execute(SetValues(item_ids=("i",), values={"due": "2026-05-03"}))


async def test_an_order_by_it_is_refused_by_its_title(acting: Acting) -> None:
    await board_without_due(acting)
    with pytest.raises(Invalid, match=WHERE):
        await acting.query(RowOrder(board_id="b", sorts=(Sort(column="due"),)))


async def test_a_column_that_there_never_was_is_refused_by_its_id(acting: Acting) -> None:
    await board_without_due(acting)
    with pytest.raises(NotFound, match="no column “none”"):
        await acting.execute(SetValues(item_ids=("i",), values={"none": 1}))
