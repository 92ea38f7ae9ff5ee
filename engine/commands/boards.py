"""Commands on boards: create, edit, move, archive, trash, restore, duplicate, share."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id, short_id
from engine.columns.registry import column_type
from engine.commands import texts
from engine.commands.copying import copy_contents
from engine.commands.registry import Command, handles
from engine.commands.states import restore, set_state
from engine.errors import Invalid
from engine.model.actor import Role
from engine.model.board import Board, BoardKind, BoardMember, Group
from engine.model.column import Column
from engine.model.organization import Member
from engine.model.record import State
from engine.store.placing import places
from engine.store.unit_of_work import UnitOfWork

STARTING_COLUMNS = (("status", "Status"), ("people", "Person"), ("date", "Due"))


class CreateBoard(Command, frozen=True, kw_only=True):
    """With `columns`, (type, title) pairs, and a first group unless `group` is empty."""

    OP: ClassVar[str] = "board.create@1"
    board_id: str = field(default_factory=new_id)
    name: str
    description: str = ""
    kind: BoardKind = BoardKind.MAIN
    item_noun: str = "item"
    columns: tuple[tuple[str, str], ...] = STARTING_COLUMNS
    column_ids: tuple[str, ...] = field(
        default_factory=lambda: tuple(short_id() for _ in STARTING_COLUMNS)
    )
    group: str = "Items"
    group_id: str = field(default_factory=new_id)


class EditBoard(Command, frozen=True, kw_only=True):
    """Fields that are None stay as they are."""

    OP: ClassVar[str] = "board.edit@1"
    board_id: str
    name: str | None = None
    description: str | None = None
    kind: BoardKind | None = None
    item_noun: str | None = None


class MoveBoard(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "board.move@1"
    board_id: str
    after: str | None


class ArchiveBoard(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "board.archive@1"
    board_id: str


class TrashBoard(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "board.trash@1"
    board_id: str


class RestoreBoard(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "board.restore@1"
    board_id: str


class DuplicateBoard(Command, frozen=True, kw_only=True):
    """`copy_id` is the new board's id; ids of its contents are derived from it."""

    OP: ClassVar[str] = "board.duplicate@1"
    board_id: str
    copy_id: str = field(default_factory=new_id)
    with_items: bool = True


class ShareBoard(Command, frozen=True, kw_only=True):
    """Give a member a place on the board, or another role there."""

    OP: ClassVar[str] = "board.share@1"
    board_id: str
    member_id: str
    role: Role = Role.MEMBER


class UnshareBoard(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "board.unshare@1"
    board_id: str
    member_id: str


@handles(CreateBoard, role="member", within_board=False, audit="board.created")
def create_board(unit: UnitOfWork, command: CreateBoard) -> None:
    if len(command.column_ids) != len(command.columns):
        raise Invalid("A new board needs one id for each of its columns.")
    board = new_board(unit, command.board_id, command.name, command.kind)
    unit.update(
        board,
        description=texts.body(command.description, "description"),
        item_noun=texts.name(command.item_noun, "noun", 40),
    )
    keys = places(unit, Column, {"board_id": board.id}, None, len(command.columns))
    made = zip(command.columns, command.column_ids, keys, strict=True)
    for (type_key, title), column_id, key in made:
        unit.insert(
            Column(
                id=column_id, board_id=board.id, type=type_key, title=texts.name(title, "column"),
                settings=column_type(type_key).default_settings(), position=key,
            )
        )  # fmt: skip
    if command.group:
        unit.insert(
            Group(
                id=command.group_id, board_id=board.id, name=texts.name(command.group, "group"),
                position=places(unit, Group, {"board_id": board.id}, None, 1)[0],
                created_at=unit.now,
            )
        )  # fmt: skip


def new_board(unit: UnitOfWork, board_id: str, name: str, kind: BoardKind) -> Board:
    """An empty board behind all others; its maker has a place on it if it is not open to all."""
    board = unit.insert(
        Board(
            id=board_id, name=texts.name(name, "board"), kind=kind,
            position=places(unit, Board, {}, None, 1)[0], created_at=unit.now,
            created_by=unit.actor.user_id,
        )
    )  # fmt: skip
    if kind is not BoardKind.MAIN:
        seat(unit, board_id, unit.member.id, Role.OWNER)
    return board


def seat(unit: UnitOfWork, board_id: str, member_id: str, role: Role) -> None:
    """Give a member a place on a board, or change the role of the place they have."""
    id = f"{board_id}:{member_id}"
    place = unit.find(BoardMember, id)
    if place is None:
        unit.insert(BoardMember(id=id, board_id=board_id, member_id=member_id, role=role))
    else:
        unit.update(place, role=role)


@handles(EditBoard, role="member", audit="board.changed")
def edit_board(unit: UnitOfWork, command: EditBoard) -> None:
    board = unit.get(Board, command.board_id)
    wanted: dict[str, object] = {}
    if command.name is not None:
        wanted["name"] = texts.name(command.name, "board")
    if command.description is not None:
        wanted["description"] = texts.body(command.description, "description")
    if command.item_noun is not None:
        wanted["item_noun"] = texts.name(command.item_noun, "noun", 40)
    if command.kind is not None and command.kind is not board.kind:
        if command.kind is not BoardKind.MAIN:
            seat(unit, board.id, unit.member.id, Role.OWNER)
        wanted["kind"] = command.kind
    unit.update(board, **wanted)


@handles(MoveBoard, role="member", audit="board.moved")
def move_board(unit: UnitOfWork, command: MoveBoard) -> None:
    board = unit.get(Board, command.board_id)
    if command.after != board.id:
        unit.update(board, position=places(unit, Board, {}, command.after, 1)[0])


@handles(ArchiveBoard, role="member", audit="board.archived")
def archive_board(unit: UnitOfWork, command: ArchiveBoard) -> None:
    set_state(unit, unit.get(Board, command.board_id), State.ARCHIVED)


@handles(TrashBoard, role="member", audit="board.trashed")
def trash_board(unit: UnitOfWork, command: TrashBoard) -> None:
    set_state(unit, unit.get(Board, command.board_id), State.TRASHED)


@handles(RestoreBoard, role="member", audit="board.restored")
def restore_board(unit: UnitOfWork, command: RestoreBoard) -> None:
    restore(unit, unit.get(Board, command.board_id))


@handles(DuplicateBoard, role="member", audit="board.duplicated")
def duplicate_board(unit: UnitOfWork, command: DuplicateBoard) -> None:
    original = unit.get(Board, command.board_id)
    copy = new_board(unit, command.copy_id, f"{original.name} (copy)", original.kind)
    unit.update(copy, description=original.description, item_noun=original.item_noun)
    (key,) = places(unit, Board, {}, original.id, 1)
    unit.update(unit.get(Board, copy.id), position=key)
    copy_contents(unit, original.id, copy.id, with_items=command.with_items)


@handles(ShareBoard, role="admin", on_server=True, audit="board.shared", offline=False)
def share_board(unit: UnitOfWork, command: ShareBoard) -> None:
    board = unit.get(Board, command.board_id)
    member = unit.get(Member, command.member_id)
    if member.role is Role.GUEST and board.kind is not BoardKind.SHAREABLE:
        raise Invalid(
            f"{member.name} is a guest, and “{board.name}” is not a shareable board. "
            "Make the board shareable first."
        )
    seat(unit, board.id, member.id, command.role)


@handles(UnshareBoard, role="admin", on_server=True, audit="board.unshared", offline=False)
def unshare_board(unit: UnitOfWork, command: UnshareBoard) -> None:
    board = unit.get(Board, command.board_id)
    place = unit.get(BoardMember, f"{board.id}:{command.member_id}")
    unit.delete(place)
