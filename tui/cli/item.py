"""`conneqtos item list` and `item show`."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any, Final

from engine.api import Acting
from engine.clock import as_datetime
from engine.model.item import Item
from engine.model.text import folded
from engine.model.view import Filter, Sort
from engine.queries.board_view import ItemRow, OpenBoard, RowOrder, RowWindow, Subitems
from engine.queries.item_detail import ItemDetail, ItemWhole
from tui.cli.choosing import column_named, frame_named, items_named
from tui.cli.opening import opened
from tui.cli.output import Rows, say, say_json
from tui.cli.values import Values

WINDOW: Final = 500
LEAST_NAME: Final = 24
FIELDS: Final = ("name", "number", "created", "updated")
"""What can be sorted by beside columns."""


async def list_items(arguments: Namespace) -> None:
    """Window by window: the first lines come at once, and memory does not grow with the board."""
    async with opened(arguments) as acting:
        values = Values(await frame_named(acting, arguments.board))
        board_id = values.frame.board.id
        numbers = await _order(acting, values, arguments)
        listing = Listing(acting, values, arguments.json, arguments.subitems)
        for start in range(0, max(len(numbers), 1), WINDOW):
            wanted = tuple(numbers[start : start + WINDOW])
            found = await acting.query(RowWindow(board_id=board_id, numbers=wanted))
            await listing.print([found[number] for number in wanted if number in found])


async def show(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        for item in await items_named(acting, arguments.items):
            whole = await acting.query(ItemDetail(item_id=item.id))
            frame = await acting.query(OpenBoard(board_id=item.board_id))
            values = Values(frame)
            if arguments.json:
                say_json(_whole_as_data(values, whole))
            else:
                _say_whole(values, whole)


class Listing:
    """Prints windows of items, with their subitems if wanted."""

    def __init__(self, acting: Acting, values: Values, as_json: bool, subitems: bool) -> None:
        self._acting = acting
        self._values = values
        self._as_json = as_json
        self._subitems = subitems
        titles = ["#", "Name", "Group", *values.titles.values()]
        empty, least = "No item to show.", {1: LEAST_NAME}
        self._rows = Rows(titles, right=values.right, empty=empty, least=least)

    async def print(self, rows: Sequence[ItemRow]) -> None:
        lines: list[list[str]] = []
        for row in rows:
            below = await self._below(row)
            if self._as_json:
                more = {"subitems": [self._values.as_data(item) for item in below]}
                say_json(self._values.as_data(row.item) | (more if self._subitems else {}))
                continue
            lines.append(self._line(row.item))
            lines += [self._line(item) for item in below]
        if not self._as_json:
            self._rows.print(lines)

    async def _below(self, row: ItemRow) -> list[Item]:
        if not self._subitems or not row.subitems:
            return []
        return [below.item for below in await self._acting.query(Subitems(parent_id=row.item.id))]

    def _line(self, item: Item) -> list[str]:
        for_people = self._rows.on_terminal
        cells = self._values.shown(item) if for_people else self._values.plain(item)
        name = f"↳ {item.name}" if item.parent_id and for_people else item.name
        return [str(item.number), name, self._values.group(item), *cells]


async def _order(acting: Acting, values: Values, arguments: Namespace) -> list[int]:
    """Row numbers in the order of the view; sorts order the whole board, across its groups."""
    sorts = tuple(_sort(values, word) for word in arguments.sort)
    order = await acting.query(
        RowOrder(
            board_id=values.frame.board.id, filter=Filter(words=arguments.filter), sorts=sorts,
            lane_by="" if sorts else "group",
        )
    )  # fmt: skip
    lanes = [""] if sorts else [group.id for group in values.frame.groups]
    return [number for lane in lanes for number in order.get(lane, ())]


def _sort(values: Values, word: str) -> Sort:
    title, _, direction = word.rpartition(":")
    if not title or folded(direction) not in ("asc", "desc"):
        title, direction = word, ""
    field, descending = folded(title.strip()), folded(direction) == "desc"
    if field in FIELDS and field not in map(folded, values.titles.values()):
        return Sort(field, descending)
    return Sort(column_named(values.frame, title).id, descending)


def _whole_as_data(values: Values, whole: ItemWhole) -> dict[str, Any]:
    names = values.people
    return {
        **values.as_data(whole.item),
        "board": whole.board.name,
        "parent": None if whole.parent is None else whole.parent.id,
        "state": whole.item.state.value,
        "created": when(whole.item.created_at),
        "updated": when(whole.item.updated_at),
        "subitems": [values.as_data(item) for item in whole.subitems],
        "comments": [
            {
                "id": comment.id, "author": names.get(comment.author_id, ""),
                "at": when(comment.created_at), "body": comment.body,
            }
            for comment in whole.comments
        ],
        "attachments": [
            {"id": file.id, "name": file.name, "size": file.size, "url": file.url}
            for file in whole.attachments
        ],
    }  # fmt: skip


def _say_whole(values: Values, whole: ItemWhole) -> None:
    item = whole.item
    say(f"{item.tag} {item.name}")
    place = [("Board", whole.board.name), ("Group", whole.group.name)]
    place += [("Parent", f"{whole.parent.tag} {whole.parent.name}")] if whole.parent else []
    place += [("State", item.state.value)] if item.state.value != "live" else []
    filled = [(title, text) for title, text in values.texts(item).items() if text is not None]
    for title, text in [*place, *filled]:
        say(f"  {title}: " + text.replace("\n", "\n    "))
    for subitem in whole.subitems:
        say(f"  ↳ {subitem.tag} {subitem.name}")
    for file in whole.attachments:
        say(f"  Attached: {file.url or f'{file.name} ({file.size:,} bytes)'}")
    for comment in whole.comments:
        author = values.people.get(comment.author_id, "somebody")
        say(f"  {author}, {when(comment.created_at)}:")
        say("    " + comment.body.replace("\n", "\n    "))


def when(at: int) -> str:
    """A time as ISO 8601 in UTC."""
    return as_datetime(at).isoformat(timespec="seconds").replace("+00:00", "Z")
