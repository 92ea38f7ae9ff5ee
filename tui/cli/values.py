"""Items as the command line shows and takes them: values as text, by the title of their column."""

from typing import Any, Final

from engine.api import Acting, local_utc_offset
from engine.clock import as_datetime, system_clock
from engine.columns.column_type import Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.errors import UsageError
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import folded
from engine.queries.board_view import BoardFrame, OpenBoard
from tui.cli.choosing import column_named, titles

NAME: Final = "name"
"""The word that sets an item's own name, where no column has that title."""


class Values:
    """Reads and writes the values of one board's items against its columns, people and today."""

    def __init__(self, frame: BoardFrame) -> None:
        self.frame = frame
        self.titles = titles(frame.columns)
        self.people = {member.id: member.name for member in frame.people}
        self._groups = {group.id: group.name for group in frame.groups}
        offset = local_utc_offset()
        today = as_datetime(system_clock() + offset * 60_000).date()
        self._around = {
            column.id: surroundings_for(column, self.people, today, offset)
            for column in frame.columns
        }
        kinds = [column_type(column.type) for column in frame.columns]
        self.right = [0, *(place for place, kind in enumerate(kinds, start=3) if kind.align_right)]

    def around(self, column: Column) -> Surroundings:
        return self._around[column.id]

    def texts(self, item: Item) -> dict[str, str | None]:
        """By column title, every column; None where the item has no value."""
        return {
            self.titles[column.id]: self._text(column, item.values.get(column.id))
            for column in self.frame.columns
        }

    def plain(self, item: Item) -> list[str]:
        """One cell a column, as `item set` takes it."""
        return [text or "" for text in self.texts(item).values()]

    def shown(self, item: Item) -> list[str]:
        """One cell a column, as the table shows it."""
        return [self._shown(column, item.values.get(column.id)) for column in self.frame.columns]

    def group(self, item: Item) -> str:
        return self._groups.get(item.group_id, "")

    def as_data(self, item: Item) -> dict[str, Any]:
        """What `--json` prints of an item."""
        return {
            "id": item.id,
            "number": item.number,
            "name": item.name,
            "group": self.group(item),
            "values": self.texts(item),
        }

    def parsed(self, assignments: list[str]) -> tuple[str | None, dict[str, JSON]]:
        """What COLUMN=TEXT words mean: a new name or None, and values by column id."""
        name: str | None = None
        values: dict[str, JSON] = {}
        own_titles = set(map(folded, self.titles.values()))
        for assignment in assignments:
            title, found, text = assignment.partition("=")
            if not found:
                raise UsageError(
                    f"“{assignment}” is not COLUMN=TEXT. Write for example: Status=Done"
                )
            if folded(title.strip()) == NAME and NAME not in own_titles:
                name = text
                continue
            column = column_named(self.frame, title.strip())
            values[column.id] = column_type(column.type).parse(text, self.around(column))
        return name, values

    def _text(self, column: Column, value: JSON) -> str | None:
        if value is None:
            return None
        return column_type(column.type).text(value, self.around(column))

    def _shown(self, column: Column, value: JSON) -> str:
        if value is None:
            return ""
        pieces = column_type(column.type).render(value, self.around(column))
        return "".join(piece.text for piece in pieces)


class Boards:
    """The values of items of any number of boards; each board is read once."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._known: dict[str, Values] = {}

    async def of(self, item: Item) -> Values:
        if item.board_id not in self._known:
            frame = await self._acting.query(OpenBoard(board_id=item.board_id))
            self._known[item.board_id] = Values(frame)
        return self._known[item.board_id]
