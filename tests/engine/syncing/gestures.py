"""One command of each kind that a device gives by itself, about whatever its store has just then."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from engine.api import Acting
from engine.clock import new_id
from engine.commands.attachments import (
    AttachLink,
    RemoveAttachment,
    RenameAttachment,
    RestoreAttachment,
)
from engine.commands.boards import (
    ArchiveBoard,
    CreateBoard,
    DuplicateBoard,
    EditBoard,
    MoveBoard,
    RestoreBoard,
    TrashBoard,
)
from engine.commands.columns import AddColumn, EditColumn, MoveColumn, RestoreColumn, TrashColumn
from engine.commands.comments import AddComment, DeleteComment, EditComment, RestoreComment
from engine.commands.conflicts import DismissConflict
from engine.commands.exports import NoteBoardExport
from engine.commands.groups import (
    AddGroup,
    ArchiveGroup,
    DuplicateGroup,
    EditGroup,
    MoveGroup,
    RestoreGroup,
    TrashGroup,
)
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.items import (
    AddItems,
    ArchiveItems,
    DuplicateItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.registry import Command
from engine.commands.views import DeleteView, SaveView, SetPreference
from engine.errors import ConneqtError
from engine.model.actor import Role
from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import Record, State
from engine.model.view import View, ViewKind
from engine.store.reading import Reading

KINDS: Final[tuple[type[Record], ...]] = (
    Board, Group, Column, Item, Comment, Attachment, View, Conflict, Member,
)  # fmt: skip


class Seen(Struct, frozen=True, kw_only=True):
    """What a store has, by kind. Of boards, groups and columns: in the trash or not; and those on live boards."""

    records: dict[type[Record], list[Any]]
    live: dict[type[Record], list[Any]]


class Pick:
    """Chooses among what there is by two numbers; raises LookupError where there is nothing to choose from."""

    def __init__(self, seen: Seen, first: int, second: int, says: str) -> None:
        self.seen, self.first, self.second = seen, first, second
        self.word = f"w{first}"
        self.says = f"{says} w{second}".strip()

    def live(self, kind: type[Record]) -> Any:
        """On a live board, and itself not in the trash."""
        return _one_of(self.seen.live[kind], self.first)

    def other(self, kind: type[Record]) -> Any:
        return _one_of(self.seen.live[kind], self.second)

    def any(self, kind: type[Record]) -> Any:
        return _one_of(self.seen.records[kind], self.first)

    def spare(self, kind: type[Record], kept: int) -> Any:
        """Only where more than `kept` are live: else a life would be over soon."""
        if len(self.seen.live[kind]) <= kept:
            raise LookupError
        return self.live(kind)

    def after(self, kind: type[Record]) -> str | None:
        return ("", None, self.other(kind).id)[self.second % 3]

    def new(self) -> NewItem:
        return NewItem(name=self.word)


def _one_of(found: list[Any], number: int) -> Any:
    if not found:
        raise LookupError
    return found[number % len(found)]


async def seen(acting: Acting) -> Seen:
    """Nothing where the actor may not (any more)."""

    def read(reading: Reading) -> Seen:
        records = {kind: reading.list(kind) for kind in KINDS}
        boards = {one.id for one in records[Board] if one.state is State.LIVE}
        live = {
            kind: [
                one
                for one in found
                if getattr(one, "state", State.LIVE) is State.LIVE
                and getattr(one, "board_id", one.id if kind is Board else None) in boards
            ]
            for kind, found in records.items()
        }
        return Seen(records=records, live=live)

    try:
        return await acting.session.read(acting.actor, Role.GUEST, True, read)
    except ConneqtError:
        return Seen(records={kind: [] for kind in KINDS}, live={kind: [] for kind in KINDS})


def some_command(found: Seen, kind: int, first: int, second: int, says: str = "") -> Command | None:
    """One of all kinds; `says` is in what this person writes to others. None where there is nothing to do it to."""
    maker = OFTEN[kind % len(OFTEN)] if kind % 2 else ALL[kind // 2 % len(ALL)]
    try:
        return maker(Pick(found, first, second, says))
    except LookupError:
        return None


def _set_values(p: Pick) -> Command:
    column = p.other(Column)
    on = [one for one in p.seen.live[Item] if one.board_id == column.board_id]
    return SetValues(
        item_ids=(_one_of(on, p.first).id,), values={column.id: _value(column, p, p.first)}
    )


def _clear_values(p: Pick) -> Command:
    ids = tuple({p.live(Item).id, p.other(Item).id})
    return SetValues(item_ids=ids, values={p.other(Column).id: None})


def _value(column: Column, p: Pick, pick: int) -> Any:
    values: dict[str, list[Any]] = {
        "number": ["1", "2.5", "-7"], "text": ["a", "b", p.word], "checkbox": [True],
        "long_text": ["one two three", "one TWO three", "ONE two three", "one two THREE"],
        "tags": [["red"], ["blue"], ["blue", "red"]], "date": [{"from": "2026-05-03"}],
        "people": [[one.id] for one in p.seen.records[Member]],
    }  # fmt: skip
    return _one_of(values.get(column.type, [None]), pick)


def _import(p: Pick) -> Command:
    board = p.live(Board)
    group = Group(id=new_id(), board_id=board.id, name=p.word, position="")
    return ImportPart(board_id=board.id, groups=(group,))


MAKERS: Final[dict[type[Command], Callable[[Pick], Command]]] = {
    RenameItem: lambda p: RenameItem(item_id=p.live(Item).id, name=p.word),
    SetValues: _set_values,
    AddItems: lambda p: AddItems(group_id=p.other(Group).id, items=(p.new(), p.new()), after=p.after(Item)),
    MoveItems: lambda p: MoveItems(item_ids=(p.live(Item).id,), group_id=p.other(Group).id, after=p.after(Item)),
    TrashItems: lambda p: TrashItems(item_ids=(p.live(Item).id,)),
    ArchiveItems: lambda p: ArchiveItems(item_ids=(p.live(Item).id,)),
    RestoreItems: lambda p: RestoreItems(item_ids=(p.any(Item).id,)),
    DuplicateItems: lambda p: DuplicateItems(item_ids=(p.live(Item).id,), copy_ids=(new_id(),)),
    AddComment: lambda p: AddComment(item_id=p.live(Item).id, body=p.says),
    EditComment: lambda p: EditComment(comment_id=p.live(Comment).id, body=p.says),
    DeleteComment: lambda p: DeleteComment(comment_id=p.live(Comment).id),
    RestoreComment: lambda p: RestoreComment(comment_id=p.any(Comment).id),
    AttachLink: lambda p: AttachLink(item_id=p.live(Item).id, url="https://example.org/", name=p.word),
    RenameAttachment: lambda p: RenameAttachment(attachment_id=p.live(Attachment).id, name=p.word),
    RemoveAttachment: lambda p: RemoveAttachment(attachment_id=p.live(Attachment).id),
    RestoreAttachment: lambda p: RestoreAttachment(attachment_id=p.any(Attachment).id),
    AddGroup: lambda p: AddGroup(board_id=p.live(Board).id, name=p.word, after=p.after(Group)),
    EditGroup: lambda p: EditGroup(group_id=p.live(Group).id, name=p.word),
    MoveGroup: lambda p: MoveGroup(group_id=p.live(Group).id, after=p.after(Group)),
    DuplicateGroup: lambda p: DuplicateGroup(group_id=p.live(Group).id, copy_id=new_id()),
    TrashGroup: lambda p: TrashGroup(group_id=p.spare(Group, 2).id),
    ArchiveGroup: lambda p: ArchiveGroup(group_id=p.spare(Group, 2).id),
    RestoreGroup: lambda p: RestoreGroup(group_id=p.any(Group).id),
    AddColumn: lambda p: AddColumn(board_id=p.live(Board).id, type=p.other(Column).type, title=p.word),
    EditColumn: lambda p: EditColumn(column_id=p.live(Column).id, title=p.word),
    MoveColumn: lambda p: MoveColumn(column_id=p.live(Column).id, after=p.after(Column)),
    TrashColumn: lambda p: TrashColumn(column_id=p.spare(Column, 8).id),
    RestoreColumn: lambda p: RestoreColumn(column_id=p.any(Column).id),
    CreateBoard: lambda p: CreateBoard(name=p.word, group="First"),
    EditBoard: lambda p: EditBoard(board_id=p.live(Board).id, name=p.word),
    MoveBoard: lambda p: MoveBoard(board_id=p.live(Board).id, after=p.after(Board)),
    DuplicateBoard: lambda p: DuplicateBoard(board_id=p.live(Board).id, copy_id=new_id(), with_items=True),
    TrashBoard: lambda p: TrashBoard(board_id=p.spare(Board, 2).id),
    ArchiveBoard: lambda p: ArchiveBoard(board_id=p.spare(Board, 2).id),
    RestoreBoard: lambda p: RestoreBoard(board_id=p.any(Board).id),
    ImportBoard: lambda p: ImportBoard(board_id=new_id(), name=p.word),
    ImportPart: _import,
    SaveView: lambda p: SaveView(board_id=p.live(Board).id, name=p.word, kind=ViewKind.TABLE),
    DeleteView: lambda p: DeleteView(view_id=p.live(View).id),
    SetPreference: lambda p: SetPreference(name="last:board", value=p.live(Board).id),
    NoteBoardExport: lambda p: NoteBoardExport(board_id=p.live(Board).id, format="csv"),
    DismissConflict: lambda p: DismissConflict(conflict_id=p.any(Conflict).id),
}  # fmt: skip
ALL: Final = tuple(MAKERS.values())

OFTEN: Final[tuple[Callable[[Pick], Command], ...]] = (
    *(MAKERS[kind] for kind in (RenameItem, SetValues, MoveItems, AddItems, AddComment, TrashItems)),
    _set_values,
    _clear_values,
    lambda p: AddItems(group_id=p.live(Item).group_id, parent_id=p.live(Item).id, items=(p.new(),)),
    lambda p: MoveItems(
        item_ids=tuple({p.live(Item).id, p.other(Item).id}), group_id=p.other(Group).id, after=""
    ),
)  # fmt: skip
"""What people do most, and what meets most often."""
