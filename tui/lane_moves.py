"""What it means to put cards into another lane: a place in a group, or another value in a column."""

from collections import defaultdict

from engine.api import Done
from engine.columns.registry import column_type
from engine.commands.items import MoveItems, SetValues
from engine.commands.registry import Command
from engine.model.column import Column
from engine.model.record import JSON
from tui.board_source import NO_LANE, BoardSource


async def move_to_lane(
    source: BoardSource, number: int, lane_key: str, after: int | None, origin: str | None = None
) -> Done | None:
    """Put the item, and the selection with it, into the lane: one gesture. `after` is the item to stand
    behind (None: the first place), `origin` the lane it is taken from. None comes back when nothing was done."""
    numbers = moved_with(source, number)
    if source.lane_by == "group":
        command = await _into_group(source, numbers, lane_key, after, origin)
        return None if command is None else await source.execute(command)
    column = source.column(source.lane_by)
    if column is None or lane_key == origin:
        return None
    commands = await _into_value_lane(source, column, numbers, lane_key, origin)
    return await source.execute(*commands) if commands else None


def moved_with(source: BoardSource, number: int) -> list[int]:
    """The selection in view order if the item belongs to it, else the item alone."""
    if number not in source.selected or len(source.selected) < 2:
        return [number]
    return list(
        dict.fromkeys(n for lane in source.lanes for n in lane.numbers if n in source.selected)
    )


async def _into_group(
    source: BoardSource, numbers: list[int], group_id: str, after: int | None, origin: str | None
) -> Command | None:
    if source.sorts and group_id == origin and len(numbers) == 1:
        source.live.tell("This view is sorted. Clear the sort to place items by hand.")
        return None
    place = await source.ids([after]) if after is not None and after not in numbers else []
    return MoveItems(
        item_ids=tuple(await source.ids(numbers)),
        group_id=group_id,
        after=place[0] if place else "" if after is None else None,
    )


async def _into_value_lane(
    source: BoardSource, column: Column, numbers: list[int], lane_key: str, origin: str | None
) -> list[Command]:
    """One command for each different value that comes out."""
    ids_by_value: dict[tuple[str, ...], list[str]] = defaultdict(list)
    many = column_type(column.type).many
    async for row in source.rows(numbers):
        value = row.item.values.get(column.id)
        before = tuple(map(str, value)) if isinstance(value, list) else ()
        after = _replaced(before, origin, lane_key) if many else _single(lane_key)
        if not many or after != before:
            ids_by_value[after].append(row.item.id)
    return [
        SetValues(item_ids=tuple(ids), values={column.id: _value(value, many=many)})
        for value, ids in ids_by_value.items()
    ]


def _replaced(values: tuple[str, ...], origin: str | None, lane_key: str) -> tuple[str, ...]:
    """The values with the origin's replaced by the lane's. An item of the selection that is not in the
    origin lane has its only value replaced, or gets one more."""
    taken = origin if origin in values else values[0] if len(values) == 1 else None
    kept = tuple(value for value in values if value not in (taken, lane_key))
    return (*kept, *_single(lane_key))


def _single(lane_key: str) -> tuple[str, ...]:
    return () if lane_key == NO_LANE else (lane_key,)


def _value(ids: tuple[str, ...], *, many: bool) -> JSON:
    if not ids:
        return None
    return list(ids) if many else ids[0]
