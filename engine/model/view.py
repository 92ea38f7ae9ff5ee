"""A way to see a board: kind, filter, sort, lanes, columns and widths."""

from enum import StrEnum

from msgspec import Struct

from engine.model.record import JSON, Record


class ViewKind(StrEnum):
    TABLE = "table"
    KANBAN = "kanban"


class Condition(Struct, frozen=True):
    """`column` (an id, or `name`), an operator that the column's type offers, and its operand as the user wrote it."""

    column: str
    operator: str
    operand: str = ""


class Sort(Struct, frozen=True):
    """By a column id, `name`, `created` or `updated`. Empty values come last either way."""

    column: str
    descending: bool = False


class Filter(Struct, frozen=True):
    """What an item must meet: each of `words` somewhere in it, and every condition."""

    words: str = ""
    conditions: tuple[Condition, ...] = ()


class View(Record, frozen=True, kw_only=True):
    """`lane_by` is `group` or the id of a status, people or tags column."""

    board_id: str
    name: str
    kind: ViewKind = ViewKind.TABLE
    filter: Filter = Filter()
    sorts: tuple[Sort, ...] = ()
    lane_by: str = "group"
    hidden: tuple[str, ...] = ()
    card_fields: tuple[str, ...] | None = None
    collapsed_lanes: tuple[str, ...] = ()
    settings: dict[str, JSON] = {}
    position: str = ""
