"""What table and kanban tell the board screen: the cursor moved, and what the person asks for by mouse."""

from textual.message import Message


class CursorMoved(Message):
    """The cursor stands on another item, column or line."""


class OpenItem(Message):
    """Show this item's panel."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class EditCell(Message):
    """Edit the item's value in this column; `name` is its name."""

    def __init__(self, number: int, column_id: str) -> None:
        super().__init__()
        self.number = number
        self.column_id = column_id


class AddToLane(Message):
    """Add an item at the end of the lane with this key."""

    def __init__(self, lane_key: str) -> None:
        super().__init__()
        self.lane_key = lane_key


class ToggleLane(Message):
    """Collapse the lane, or open it again."""

    def __init__(self, lane_key: str) -> None:
        super().__init__()
        self.lane_key = lane_key


class ToggleSubitems(Message):
    """Show the item's subitems below it, or hide them again."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class SortBy(Message):
    """Sort by this column: ascending, then descending, then not at all."""

    def __init__(self, column_id: str) -> None:
        super().__init__()
        self.column_id = column_id


class ResizeColumn(Message):
    """Make the column this wide. `settled` is False while the mouse still drags."""

    def __init__(self, column_id: str, width: int, *, settled: bool) -> None:
        super().__init__()
        self.column_id = column_id
        self.width = width
        self.settled = settled


class DropColumn(Message):
    """Put the column behind another; `after` empty means the first place."""

    def __init__(self, column_id: str, after: str) -> None:
        super().__init__()
        self.column_id = column_id
        self.after = after


class DropItem(Message):
    """Put the item, and the selection with it, into this lane behind item `after` (None: the first place).
    `origin` is the lane that it is taken from, where it may be in several."""

    def __init__(
        self, number: int, lane_key: str, after: int | None, origin: str | None = None
    ) -> None:
        super().__init__()
        self.number = number
        self.lane_key = lane_key
        self.after = after
        self.origin = origin
