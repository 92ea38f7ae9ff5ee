"""Every column type there is: one line each."""

from engine.columns.checkbox import Checkbox
from engine.columns.column_type import ColumnType
from engine.columns.date import Date
from engine.columns.link import Link
from engine.columns.long_text import LongText
from engine.columns.number import Number
from engine.columns.people import People
from engine.columns.sentences import quoted
from engine.columns.status import Status
from engine.columns.tags import Tags
from engine.columns.text import Text
from engine.errors import Invalid

_TYPES: tuple[ColumnType, ...] = (
    Text(),
    LongText(),
    Number(),
    Date(),
    Status(),
    People(),
    Tags(),
    Checkbox(),
    Link(),
)

COLUMN_TYPES: dict[str, ColumnType] = {kind.key: kind for kind in _TYPES}
"""By key, in the order in which they are offered."""


def column_type(key: str) -> ColumnType:
    """The type that `Column.type` names; raises Invalid for an unknown one."""
    kind = COLUMN_TYPES.get(key)
    if kind is None:
        known = ", ".join(COLUMN_TYPES)
        raise Invalid(f"There is no column type {quoted(key)}. There are: {known}.")
    return kind
