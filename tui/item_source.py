"""What the item panel shows: the item with all that hangs on it, read together, and its neighbours."""

from collections.abc import Sequence

from engine.api import local_utc_offset
from engine.clock import as_datetime, system_clock
from engine.columns.column_type import Piece, Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.model.actor import Role
from engine.model.column import Column
from engine.model.item import Comment, Item
from engine.model.record import JSON
from engine.queries.board_view import BoardFrame, OpenBoard, RowOrder
from engine.queries.item_detail import (
    FindItems,
    Happening,
    ItemDetail,
    ItemHistory,
    ItemWhole,
)
from tui.live import Live
from tui.put_away import why_unchanged

HISTORY_SHOWN = 400


class ItemSource:
    """Call `load` first and after every change. `numbers` is the order in which items follow each other;
    the board's own order if it is not given."""

    def __init__(self, live: Live, item_id: str, numbers: Sequence[int] | None = None) -> None:
        self.live = live
        self.item_id = item_id
        self.whole: ItemWhole
        self.frame: BoardFrame
        self.history: list[Happening] = []
        self.now = system_clock()
        self.utc_offset = local_utc_offset()
        self._numbers = numbers
        self._names: dict[str, str] = {}
        self._surroundings: dict[str, Surroundings] = {}

    async def load(self, *, history: bool = False) -> None:
        """Read all again. Raises NotFound when the item is gone for good."""
        whole = await self.live.query(ItemDetail(item_id=self.item_id))
        frame = await self.live.query(OpenBoard(board_id=whole.item.board_id))
        if history:
            self.history = await self.live.query(
                ItemHistory(item_id=self.item_id, limit=HISTORY_SHOWN)
            )
        self.whole, self.frame = whole, frame
        self.now, self.utc_offset = system_clock(), local_utc_offset()
        self._names = {member.id: member.name for member in frame.people}
        self._surroundings.clear()

    @property
    def loaded(self) -> bool:
        return hasattr(self, "whole")

    @property
    def item(self) -> Item:
        return self.whole.item

    @property
    def can_edit(self) -> bool:
        """Whether this person may change the item."""
        return self.frame.role.covers(Role.MEMBER) and not self.why_unchanged

    @property
    def why_unchanged(self) -> str:
        """The sentence for an item whose board was put away."""
        return why_unchanged(self.frame.board)

    def is_own(self, comment: Comment) -> bool:
        return comment.author_id == self.live.acting.actor.user_id

    def person(self, member_id: str) -> str:
        return self._names.get(member_id, "somebody")

    def group_name(self, group_id: str) -> str:
        return next((g.name for g in self.frame.groups if g.id == group_id), "a group put away")

    def column(self, column_id: str) -> Column | None:
        return next((column for column in self.frame.columns if column.id == column_id), None)

    def surroundings(self, column: Column) -> Surroundings:
        """What values of this column are read against; made once a load."""
        if column.id not in self._surroundings:
            today = as_datetime(self.now + self.utc_offset * 60_000).date()
            self._surroundings[column.id] = surroundings_for(
                column, self._names, today, self.utc_offset
            )
        return self._surroundings[column.id]

    def pieces(self, column: Column, value: JSON) -> tuple[Piece, ...]:
        """What a value of this column looks like; nothing for an empty one."""
        if value is None:
            return ()
        return column_type(column.type).render(value, self.surroundings(column))

    def tick(self, item: Item) -> dict[str, JSON] | None:
        """The values that make an item done, or open again; None where the board has no column for that:
        a status with a label that means done, or a checkbox."""
        for column in self.frame.columns:
            done = [label.id for label in self.surroundings(column).labels if label.done]
            if column.type == "status" and done:
                return {column.id: None if self.is_done(item) else done[0]}
        for column in self.frame.columns:
            if column.type == "checkbox":
                return {column.id: None if item.values.get(column.id) else True}
        return None

    def is_done(self, item: Item) -> bool:
        """As `tick` understands it."""
        for column in self.frame.columns:
            labels = self.surroundings(column).labels
            if column.type == "status" and any(label.done for label in labels):
                value = item.values.get(column.id)
                return any(label.done and label.id == value for label in labels)
        checks = [column.id for column in self.frame.columns if column.type == "checkbox"]
        return bool(checks) and bool(item.values.get(checks[0]))

    async def place(self) -> tuple[int, int]:
        """The item's place among its neighbours, from 1, and how many there are; 0 where it is not one."""
        numbers = await self._order()
        here = self.item.number
        return (numbers.index(here) + 1 if here in numbers else 0), len(numbers)

    async def neighbour(self, by: int) -> str | None:
        """The id of the item so many places further; None at the ends."""
        numbers = await self._order()
        if self.item.number not in numbers:
            return None
        place = numbers.index(self.item.number) + by
        if not 0 <= place < len(numbers):
            return None
        found = await self.live.query(FindItems(numbers=(numbers[place],)))
        return found[0].id if found else None

    async def _order(self) -> Sequence[int]:
        """Subitems follow each other in their item, items in the view they were opened from."""
        if self.whole.parent is not None:
            parent = await self.live.query(ItemDetail(item_id=self.whole.parent.id))
            return [item.number for item in parent.subitems]
        if self._numbers is None:
            order = await self.live.query(RowOrder(board_id=self.item.board_id))
            lanes = (order.get(group.id, ()) for group in self.frame.groups)
            self._numbers = [number for lane in lanes for number in lane]
        return self._numbers
