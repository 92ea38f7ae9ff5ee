"""Cards put into other lanes of every kind, alone and as a selection; each move is one step of undo."""

from msgspec import Struct

from engine.api import Acting
from engine.commands.history import Undo
from engine.commands.items import SetValues
from engine.queries.history import UndoState
from tests.engine.boards import Sample, names, sample_board
from tests.tui.one_screen import OneScreen
from tui.board_source import NO_LANE, BoardSource
from tui.lane_moves import move_to_lane


class Moving(Struct):
    sample: Sample
    source: BoardSource
    numbers: list[int]


async def loaded(acting: Acting, lane_by: str = "group") -> Moving:
    sample = await sample_board(acting, items=4)
    source = BoardSource(OneScreen(acting).live, sample.board)
    source.lane_by = sample.columns.get(lane_by, "group")
    await source.load()
    numbers = sorted(number for lane in source.lanes for number in lane.numbers)
    return Moving(sample, source, numbers)


async def value(acting: Acting, moving: Moving, place: int, column: str) -> object:
    source = BoardSource(moving.source.live, moving.sample.board)
    await source.load()
    row = source.row(moving.numbers[place])
    assert row is not None
    return row.item.values.get(moving.sample.columns[column])


async def give(acting: Acting, moving: Moving, place: int, column: str, given: object) -> None:
    values = {moving.sample.columns[column]: given}
    await acting.execute(SetValues(item_ids=(moving.sample.items[place],), values=values))
    await moving.source.load()


async def test_another_group_takes_the_item_behind_the_one_it_was_put_to(acting: Acting) -> None:
    moving = await loaded(acting)
    first, second = moving.sample.groups
    one, two, three, _ = moving.numbers
    await move_to_lane(moving.source, one, second, None, first)
    await move_to_lane(moving.source, two, second, one, first)
    await move_to_lane(moving.source, three, second, None, first)
    assert await names(acting, moving.sample.board) == ["Item 4", "Item 3", "Item 1", "Item 2"]


async def test_a_status_lane_sets_the_value(acting: Acting) -> None:
    moving = await loaded(acting, "status")
    await move_to_lane(moving.source, moving.numbers[1], "doing", None, NO_LANE)
    assert await value(acting, moving, 1, "status") == "doing"


async def test_the_lane_of_no_label_empties_the_value(acting: Acting) -> None:
    moving = await loaded(acting, "status")
    await give(acting, moving, 0, "status", "done")
    await move_to_lane(moving.source, moving.numbers[0], NO_LANE, None, "done")
    assert await value(acting, moving, 0, "status") is None


async def test_a_tag_lane_replaces_only_the_tag_of_the_lane_it_came_from(acting: Acting) -> None:
    moving = await loaded(acting, "tags")
    await give(acting, moving, 0, "tags", ["red", "blue"])
    await move_to_lane(moving.source, moving.numbers[0], NO_LANE, None, "red")
    assert await value(acting, moving, 0, "tags") == ["blue"]
    await move_to_lane(moving.source, moving.numbers[0], "red", None, "blue")
    assert await value(acting, moving, 0, "tags") == ["red"]


async def test_a_selection_moves_together_and_comes_back_together(acting: Acting) -> None:
    moving = await loaded(acting, "tags")
    await give(acting, moving, 0, "tags", ["red", "blue"])
    await give(acting, moving, 1, "tags", ["red"])
    moving.source.selected = set(moving.numbers[:3])
    await move_to_lane(moving.source, moving.numbers[2], "blue", None, NO_LANE)
    assert [await value(acting, moving, place, "tags") for place in range(3)] == [
        ["red", "blue"],
        ["blue"],
        ["blue"],
    ]
    target = (await acting.query(UndoState())).undo
    assert target is not None
    await acting.execute(Undo(gesture=target.gesture))
    assert [await value(acting, moving, place, "tags") for place in range(3)] == [
        ["red", "blue"],
        ["red"],
        None,
    ]


async def test_an_item_outside_the_selection_moves_alone(acting: Acting) -> None:
    moving = await loaded(acting, "status")
    moving.source.selected = set(moving.numbers[:2])
    await move_to_lane(moving.source, moving.numbers[3], "stuck", None, NO_LANE)
    assert await value(acting, moving, 0, "status") is None
    assert await value(acting, moving, 3, "status") == "stuck"


async def test_dropping_a_card_where_it_was_does_nothing(acting: Acting) -> None:
    moving = await loaded(acting, "status")
    assert await move_to_lane(moving.source, moving.numbers[0], NO_LANE, None, NO_LANE) is None
