"""What table and kanban show of a board: its frame, the order of its rows, and the rows of the window.

Both widgets read from one source, so that filter, sort, cursor and selection are the same in both. A row
is known by its item's number, which never changes. Rows are fetched for the window only.
"""

from array import array
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Final

from engine.api import Done, local_utc_offset
from engine.clock import as_datetime, system_clock
from engine.columns.column_type import Piece, Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.commands.registry import Command
from engine.model.actor import Role
from engine.model.change import Announcement
from engine.model.column import Column
from engine.model.item import Item
from engine.model.total import Total
from engine.model.view import Filter, Sort
from engine.queries.board_view import (
    BoardFrame,
    ItemRow,
    LaneTotals,
    OpenBoard,
    RowOrder,
    RowWindow,
    Subitems,
)
from engine.queries.item_detail import ItemDetail
from tui.live import Live
from tui.put_away import why_unchanged

FIRST_PAINT: Final = 2_000
FIRST_ROWS: Final = 80
KEPT_ROWS: Final = 4_000
FETCHED_AT_ONCE: Final = 1_000
NO_LANE: Final = ""
ITEM_FIELDS: Final = frozenset({"group", "name", "created", "updated", "number"})
PLACE: Final = ("group_id", "parent_id", "position", "state")
"""Fields of an item that say where it stands."""


class Lane:
    """One stretch of rows: a group, or all items with one label or person. `numbers` are in view order."""

    def __init__(self, key: str, title: str, color: str, numbers: "array[int]") -> None:
        self.key = key
        self.title = title
        self.color = color
        self.numbers = numbers


class BoardSource:
    """Call `load` first and after every change; then `ensure` what is about to be drawn."""

    def __init__(self, live: Live, board_id: str) -> None:
        self.live = live
        self.board_id = board_id
        self.frame: BoardFrame
        self.loaded = False  # until then there is no frame
        self.filter = Filter()
        self.sorts: tuple[Sort, ...] = ()
        self.lane_by = "group"
        self.lanes: list[Lane] = []
        self.complete = True  # False while only the first rows of a large board are known
        self.cursor: int | None = None
        self.selected: set[int] = set()
        self.collapsed: set[str] = set()
        self.totals: dict[str, dict[str, Total]] = {}
        self._rows: dict[int, ItemRow] = {}
        self._subitems: dict[int, list[ItemRow]] = {}
        self._surroundings: dict[str, Surroundings] = {}

    # -- loading ------------------------------------------------------------------------------

    async def load(self, *, first_paint: bool = False, window: Iterable[int] = ()) -> None:
        """Read frame and order again, and the rows of `window` with them (the first rows if it is empty): what
        is shown changes at once, not in steps. With `first_paint` only so many rows that a screen is full at
        once; call again without it for the rest."""
        frame = await self.live.query(OpenBoard(board_id=self.board_id))
        self._forget_missing_columns(frame)
        asked = self._question()
        order = await self.live.query(
            RowOrder(
                board_id=self.board_id, filter=self.filter, sorts=self.sorts,
                lane_by=self.lane_by, limit=FIRST_PAINT if first_paint else None,
            )
        )  # fmt: skip
        rows = await self._fetch(tuple(window) or _first_of(order))
        if asked != self._question():
            return  # filter or sort moved on while this was read: a later load brings the answer
        self.frame = frame
        self.loaded = True
        self._surroundings.clear()
        self._rows = rows
        self.lanes = [
            Lane(key, title, color, order.get(key, array("q")))
            for key, title, color in self._lane_frames(order)
        ]
        self.complete = not first_paint or sum(map(len, order.values())) < FIRST_PAINT
        for number in list(self._subitems):
            await self.expand(number)

    async def follow(self, announcement: Announcement) -> frozenset[int] | None:
        """Take over a commit that only changed the contents of rows known here; comes back with their
        numbers. None where it may have changed more, or the order: then load again."""
        numbers = self._known(announcement)
        if numbers is None or self._ordered_by_content():
            return None
        fresh = await self._fetch(tuple(numbers))
        if not all(
            number in fresh
            and number in self._rows
            and _same_place(fresh[number], self._rows[number])
            for number in numbers
        ):
            return None
        self._rows |= fresh
        return numbers

    async def ensure(self, numbers: Iterable[int]) -> bool:
        """Fetch the rows of these numbers that are not known yet; True when there were any."""
        missing = tuple(number for number in numbers if number not in self._rows)
        if not missing:
            return False
        fresh = await self._fetch(missing)
        if len(self._rows) > KEPT_ROWS:
            self._rows = {}
        self._rows |= fresh
        return True

    async def ids(self, numbers: Iterable[int]) -> list[str]:
        """The ids of these items, in this order; those that are gone by now are left out."""
        found: list[str] = []
        async for row in self.rows(numbers):
            found.append(row.item.id)
        return found

    async def rows(self, numbers: Iterable[int]) -> AsyncIterator[ItemRow]:
        """These rows one by one, however many: never more than a part of them is held at once."""
        wanted = iter(numbers)
        while part := tuple(islice(wanted, FETCHED_AT_ONCE)):
            known = {number: row for number in part if (row := self.row(number)) is not None}
            known |= await self._fetch(tuple(number for number in part if number not in known))
            for number in part:
                if number in known:
                    yield known[number]

    async def number_of(self, item_id: str) -> int:
        """The number of an item that was just made."""
        return (await self.live.query(ItemDetail(item_id=item_id))).item.number

    async def load_totals(self, columns: Iterable[str]) -> None:
        """Footers: what each lane sums up to in these columns, by one scan of the board."""
        self.totals = await self.live.query(
            LaneTotals(
                board_id=self.board_id, filter=self.filter, lane_by=self.lane_by,
                columns=tuple(columns),
            )
        )  # fmt: skip

    async def expand(self, number: int) -> None:
        """Fetch the subitems of a row; `subitems` then gives them."""
        await self.ensure([number])
        row = self._rows.get(number)
        found = [] if row is None else await self.live.query(Subitems(parent_id=row.item.id))
        if found:
            self._subitems[number] = found
        else:
            self._subitems.pop(number, None)

    def collapse(self, number: int) -> None:
        self._subitems.pop(number, None)

    # -- reading what is loaded ---------------------------------------------------------------

    def row(self, number: int) -> ItemRow | None:
        """The row, if it was fetched; subitems of expanded rows are found too."""
        found = self._rows.get(number)
        if found is None:
            for rows in self._subitems.values():
                for row in rows:
                    if row.item.number == number:
                        return row
        return found

    def subitems(self, number: int) -> list[ItemRow]:
        """The subitems shown below a row; none while it is not expanded."""
        return self._subitems.get(number, [])

    def parent_of(self, number: int) -> int | None:
        """The number of the expanded row whose subitem this is; None for items."""
        for parent, rows in self._subitems.items():
            if any(row.item.number == number for row in rows):
                return parent
        return None

    def lane_of(self, number: int, preferred: str | None = None) -> tuple[int, int] | None:
        """Lane and row where an item stands (in the lane with the preferred key, if it is in several)."""
        order = sorted(range(len(self.lanes)), key=lambda at: self.lanes[at].key != preferred)
        for lane in order:
            numbers = self.lanes[lane].numbers
            if number in numbers:
                return lane, numbers.index(number)
        return None

    @property
    def can_edit(self) -> bool:
        """Whether this person may change the board's contents."""
        return self.frame.role.covers(Role.MEMBER) and not self.why_unchanged

    @property
    def why_unchanged(self) -> str:
        """The sentence for a board that was put away while it was shown."""
        return why_unchanged(self.frame.board)

    async def execute(self, *commands: Command) -> Done | None:
        """Carry out one gesture. None when it failed, or is not to be, and that was told."""
        if self.why_unchanged:
            self.live.tell(self.why_unchanged, error=True)
            return None
        return await self.live.execute(*commands)

    @property
    def expanded(self) -> frozenset[int]:
        return frozenset(self._subitems)

    @property
    def count(self) -> int:
        """How many items the view shows (an item in two lanes counts twice)."""
        return sum(len(lane.numbers) for lane in self.lanes)

    def pieces(self, column: Column, item: Item) -> tuple[Piece, ...]:
        """What the item's cell in this column shows; nothing where there is no value."""
        value = item.values.get(column.id)
        if value is None:
            return ()
        return column_type(column.type).render(value, self.surroundings(column))

    def surroundings(self, column: Column) -> Surroundings:
        """What values of this column are read against; made once a load."""
        if column.id not in self._surroundings:
            offset = local_utc_offset()
            today = as_datetime(system_clock() + offset * 60_000).date()
            people = {member.id: member.name for member in self.frame.people}
            self._surroundings[column.id] = surroundings_for(column, people, today, offset)
        return self._surroundings[column.id]

    def column(self, column_id: str) -> Column | None:
        return next((column for column in self.frame.columns if column.id == column_id), None)

    # -- inside -------------------------------------------------------------------------------

    def _lane_frames(self, order: "dict[str, array[int]]") -> list[tuple[str, str, str]]:
        """Key, title and colour of each lane: all of them, also the empty ones, but no lane twice."""
        if self.lane_by == "group":
            return [(group.id, group.name, group.color) for group in self.frame.groups]
        column = self.column(self.lane_by)
        assert column is not None  # _forget_missing_columns
        at = self.surroundings(column)
        frames = [(label.id, label.name, label.color) for label in at.labels]
        if not frames:
            colors = {member.id: member.color for member in self.frame.people}
            frames = [(id, name, colors[id]) for id, name in at.people.items() if id in order]
        if order.get(NO_LANE):
            frames.append((NO_LANE, f"No {column.title.lower()}", "grey"))
        return frames

    def _forget_missing_columns(self, frame: BoardFrame) -> None:
        """A column that was removed elsewhere takes its sort, condition and lanes with it."""
        known = {column.id for column in frame.columns} | ITEM_FIELDS
        self.sorts = tuple(sort for sort in self.sorts if sort.column in known)
        kept = tuple(c for c in self.filter.conditions if c.column in known)
        self.filter = Filter(words=self.filter.words, conditions=kept)
        if self.lane_by not in known:
            self.lane_by = "group"

    def _question(self) -> tuple[Filter, tuple[Sort, ...], str]:
        return self.filter, self.sorts, self.lane_by

    def _ordered_by_content(self) -> bool:
        return self._question() != (Filter(), (), "group")

    async def _fetch(self, numbers: tuple[int, ...]) -> dict[int, ItemRow]:
        if not numbers:
            return {}
        return await self.live.query(RowWindow(board_id=self.board_id, numbers=numbers))

    def _known(self, announcement: Announcement) -> frozenset[int] | None:
        """The numbers of the announced items, if nothing but items of known rows was announced."""
        ids = {id for entity, id in announcement.records if entity == "item"}
        if not ids or len(ids) != len(announcement.records):
            return None
        numbers = frozenset(n for n, row in self._rows.items() if row.item.id in ids)
        return numbers if len(numbers) == len(ids) else None


def _first_of(order: "dict[str, array[int]]") -> tuple[int, ...]:
    """The first rows of each lane: what a first screen shows."""
    return tuple({number for numbers in order.values() for number in numbers[:FIRST_ROWS]})


def _same_place(one: ItemRow, other: ItemRow) -> bool:
    return all(getattr(one.item, field) == getattr(other.item, field) for field in PLACE)
