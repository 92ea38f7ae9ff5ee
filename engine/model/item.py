"""Items and subitems, and what hangs on them: comments and attachments."""

from typing import Annotated, Final

from engine.model.marks import PERSONAL, SUBJECT
from engine.model.record import JSON, Record, State

Values = dict[str, JSON]
"""An item's values by column id, each in the form its column type keeps (engine.columns)."""


PENDING_NUMBERS: Final = 1 << 40
"""Item numbers from here on are a device's own until its server has given one."""


class Item(Record, frozen=True, kw_only=True):
    """One row of a board. A subitem names its `parent_id` and stands in its parent's group.

    `number` is the item's number in the organization (shown as #12, and the address of its row in views).
    `stamps` holds `[seq, at]` by column id for each value set after the item was made.
    """

    board_id: str
    group_id: str
    parent_id: str | None = None
    number: int = 0
    name: Annotated[str, PERSONAL] = ""
    values: Annotated[Values, PERSONAL] = {}
    stamps: dict[str, tuple[int, int]] = {}
    position: str = ""
    state: State = State.LIVE
    state_at: int = 0
    created_at: int = 0
    created_by: Annotated[str, SUBJECT] = ""
    updated_at: int = 0
    updated_by: Annotated[str, SUBJECT] = ""

    @property
    def tag(self) -> str:
        """The number as it is shown; a mark where the server has not given one yet."""
        return f"#{self.number}" if self.number < PENDING_NUMBERS else "#…"


class Comment(Record, frozen=True, kw_only=True):
    """`author_name` is kept for comments brought in from elsewhere, whose author has no account here."""

    board_id: str
    item_id: str
    author_id: Annotated[str, SUBJECT]
    body: Annotated[str, PERSONAL]
    created_at: int = 0
    edited_at: int = 0
    state: State = State.LIVE
    state_at: int = 0


class Attachment(Record, frozen=True, kw_only=True):
    """A file by SHA-256 `digest` of its plain bytes, or a link (`url` set, `digest` empty)."""

    board_id: str
    item_id: str
    name: Annotated[str, PERSONAL]
    digest: str = ""
    size: int = 0
    url: Annotated[str, PERSONAL] = ""
    created_at: int = 0
    created_by: Annotated[str, SUBJECT] = ""
    state: State = State.LIVE
    state_at: int = 0
