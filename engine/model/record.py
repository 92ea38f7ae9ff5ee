"""What every stored record has in common."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

if TYPE_CHECKING:
    JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]
else:
    JSON = Any  # msgspec cannot check a type that contains itself


Number = Annotated[int, Meta(ge=0, lt=1 << 53)]
"""As it comes in from elsewhere: both databases, and every reader of JSON, can keep it."""

Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""Of a device, a command or a gesture, as it comes in from elsewhere."""

TRASH_DAYS: Final = 30
"""How long something lies in the trash before it goes for good."""


class State(StrEnum):
    """Where a board, group or item stands: in use, put away, or in the trash (restorable for 30 days)."""

    LIVE = "live"
    ARCHIVED = "archived"
    TRASHED = "trashed"


class Record(Struct, frozen=True, kw_only=True):
    """A row of one organization. The organization is not a field: the unit of work adds and checks it.

    `seq` is the organization's number of the command that last wrote the row; the unit of work sets it.
    """

    id: str
    seq: int = 0
