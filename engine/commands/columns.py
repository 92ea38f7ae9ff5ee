"""Commands on columns: add, edit, move, remove, restore."""

from typing import ClassVar

from msgspec import field

from engine.clock import short_id
from engine.columns.registry import column_type
from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.commands.states import restore, set_state
from engine.errors import Invalid, Refused
from engine.model.board import Board
from engine.model.column import Column
from engine.model.record import JSON, Number, State
from engine.store.placing import places
from engine.store.unit_of_work import UnitOfWork

MOST_COLUMNS = 200
WIDEST = 200


class AddColumn(Command, frozen=True, kw_only=True):
    """`settings` None means the type's own first settings."""

    OP: ClassVar[str] = "column.add@1"
    board_id: str
    column_id: str = field(default_factory=short_id)
    type: str
    title: str
    settings: dict[str, JSON] | None = None
    after: str | None = None


class EditColumn(Command, frozen=True, kw_only=True):
    """Fields that are None stay as they are; `width` 0 means the type's own."""

    OP: ClassVar[str] = "column.edit@1"
    column_id: str
    title: str | None = None
    settings: dict[str, JSON] | None = None
    width: Number | None = None


class MoveColumn(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "column.move@1"
    column_id: str
    after: str | None


class TrashColumn(Command, frozen=True, kw_only=True):
    """Its values stay with the items and come back with it."""

    OP: ClassVar[str] = "column.trash@1"
    column_id: str


class RestoreColumn(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "column.restore@1"
    column_id: str


@handles(AddColumn, role="member", audit="column.added")
def add_column(unit: UnitOfWork, command: AddColumn) -> None:
    board = unit.get(Board, command.board_id)
    if len(unit.columns(board.id)) >= MOST_COLUMNS:
        raise Refused(f"“{board.name}” has {MOST_COLUMNS} columns, which is the most.")
    kind = column_type(command.type)
    settings = kind.default_settings() if command.settings is None else command.settings
    unit.insert(
        Column(
            id=command.column_id, board_id=board.id, type=command.type,
            title=texts.name(command.title, "column", 120),
            settings=kind.validate_settings(settings),
            position=places(unit, Column, {"board_id": board.id}, command.after, 1)[0],
        )
    )  # fmt: skip


@handles(EditColumn, role="member", audit="column.changed")
def edit_column(unit: UnitOfWork, command: EditColumn) -> None:
    column = unit.get(Column, command.column_id)
    wanted: dict[str, object] = {}
    if command.title is not None:
        wanted["title"] = texts.name(command.title, "column", 120)
    if command.settings is not None:
        wanted["settings"] = column_type(column.type).validate_settings(command.settings)
    if command.width is not None:
        if not 0 <= command.width <= WIDEST:
            raise Invalid(f"A column can be up to {WIDEST} cells wide.")
        wanted["width"] = command.width
    unit.update(column, **wanted)


@handles(MoveColumn, role="member", audit="column.moved")
def move_column(unit: UnitOfWork, command: MoveColumn) -> None:
    column = unit.get(Column, command.column_id)
    if command.after != column.id:
        (key,) = places(unit, Column, {"board_id": column.board_id}, command.after, 1)
        unit.update(column, position=key)


@handles(TrashColumn, role="member", audit="column.trashed")
def trash_column(unit: UnitOfWork, command: TrashColumn) -> None:
    set_state(unit, unit.get(Column, command.column_id), State.TRASHED)


@handles(RestoreColumn, role="member", audit="column.restored")
def restore_column(unit: UnitOfWork, command: RestoreColumn) -> None:
    restore(unit, unit.get(Column, command.column_id))
