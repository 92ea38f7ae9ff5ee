"""Boards for tests, made through the door as anybody would."""

from msgspec import Struct

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.columns import AddColumn
from engine.commands.groups import AddGroup
from engine.commands.items import AddItems, NewItem
from engine.model.record import JSON
from engine.queries.board_view import OpenBoard, RowOrder, RowWindow

TYPES = ("status", "people", "date", "number", "text", "long_text", "tags", "checkbox", "link")
TAGS: JSON = [
    {"id": "red", "name": "Red", "color": "red", "done": False},
    {"id": "blue", "name": "Blue", "color": "blue", "done": False},
]


class Sample(Struct, kw_only=True):
    """Ids of a board with a column of every type, two groups, and items in the first."""

    board: str
    groups: tuple[str, str]
    columns: dict[str, str]
    items: list[str]


async def sample_board(acting: Acting, *, items: int = 5, name: str = "Plan") -> Sample:
    create = CreateBoard(name=name, columns=(), column_ids=(), group="First")
    second = AddGroup(board_id=create.board_id, name="Second")
    columns = {
        kind: AddColumn(
            board_id=create.board_id, type=kind, title=kind.capitalize(),
            settings={"labels": TAGS} if kind == "tags" else None,
        )
        for kind in TYPES
    }  # fmt: skip
    await acting.execute(create, second, *columns.values())
    new = tuple(NewItem(name=f"Item {number}") for number in range(1, items + 1))
    if new:
        await acting.execute(AddItems(group_id=create.group_id, items=new))
    return Sample(
        board=create.board_id,
        groups=(create.group_id, second.group_id),
        columns={kind: command.column_id for kind, command in columns.items()},
        items=[item.id for item in new],
    )


async def names(acting: Acting, board_id: str, **view: object) -> list[str]:
    """Item names in view order, lane after lane in the order of groups or of keys."""
    order = await acting.query(RowOrder(board_id=board_id, **view))  # type: ignore[arg-type]
    frame = await acting.query(OpenBoard(board_id=board_id))
    keys = [group.id for group in frame.groups if group.id in order] or sorted(order)
    numbers = [number for key in keys for number in order[key]]
    rows = await acting.query(RowWindow(board_id=board_id, numbers=tuple(numbers)))
    return [rows[number].item.name for number in numbers]
