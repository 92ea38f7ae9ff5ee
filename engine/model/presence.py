"""Who else is where: said as long as it is so, and written down nowhere (docs/guide/sync.md)."""

from typing import Annotated, Final

from msgspec import Struct

from engine.model.marks import SUBJECT
from engine.model.record import Number

HERE: Final = "here"
"""The event on the line for news that says who else is where."""


class Where(Struct, frozen=True, kw_only=True):
    """A device says where its person is: a board ("" for none), and the number of the item that the cursor is on (0 for
    none). `client` tells the devices of one person apart."""

    client: str
    board_id: str = ""
    number: Number = 0


class Present(Struct, frozen=True, kw_only=True):
    """Somebody who is on a board now."""

    member_id: Annotated[str, SUBJECT]
    board_id: str
    number: int = 0


class Here(Struct, frozen=True, kw_only=True):
    """All others that the person may know of."""

    people: tuple[Present, ...] = ()
