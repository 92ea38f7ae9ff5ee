"""Commands on groups: add, edit, move, archive, trash, restore, duplicate."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands import texts
from engine.commands.copying import copy_group
from engine.commands.registry import Command, handles
from engine.commands.states import restore, set_state
from engine.model.board import Board, Group
from engine.model.record import State
from engine.store.placing import places
from engine.store.unit_of_work import UnitOfWork


class AddGroup(Command, frozen=True, kw_only=True):
    """`after` is a group's id, empty for the first place, None for the last."""

    OP: ClassVar[str] = "group.add@1"
    board_id: str
    group_id: str = field(default_factory=new_id)
    name: str
    color: str = "blue"
    after: str | None = None


class EditGroup(Command, frozen=True, kw_only=True):
    """Fields that are None stay as they are."""

    OP: ClassVar[str] = "group.edit@1"
    group_id: str
    name: str | None = None
    color: str | None = None
    collapsed: bool | None = None


class MoveGroup(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "group.move@1"
    group_id: str
    after: str | None


class ArchiveGroup(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "group.archive@1"
    group_id: str


class TrashGroup(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "group.trash@1"
    group_id: str


class RestoreGroup(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "group.restore@1"
    group_id: str


class DuplicateGroup(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "group.duplicate@1"
    group_id: str
    copy_id: str = field(default_factory=new_id)


@handles(AddGroup, role="member", audit="group.added")
def add_group(unit: UnitOfWork, command: AddGroup) -> None:
    board = unit.get(Board, command.board_id)
    unit.insert(
        Group(
            id=command.group_id, board_id=board.id, name=texts.name(command.name, "group"),
            color=texts.color(command.color), created_at=unit.now,
            position=places(unit, Group, {"board_id": board.id}, command.after, 1)[0],
        )
    )  # fmt: skip


@handles(EditGroup, role="member", audit="group.changed")
def edit_group(unit: UnitOfWork, command: EditGroup) -> None:
    group = unit.get(Group, command.group_id)
    wanted: dict[str, object] = {}
    if command.name is not None:
        wanted["name"] = texts.name(command.name, "group")
    if command.color is not None:
        wanted["color"] = texts.color(command.color)
    if command.collapsed is not None:
        wanted["collapsed"] = command.collapsed
    unit.update(group, **wanted)


@handles(MoveGroup, role="member", audit="group.moved")
def move_group(unit: UnitOfWork, command: MoveGroup) -> None:
    group = unit.get(Group, command.group_id)
    if command.after != group.id:
        (key,) = places(unit, Group, {"board_id": group.board_id}, command.after, 1)
        unit.update(group, position=key)


@handles(ArchiveGroup, role="member", audit="group.archived")
def archive_group(unit: UnitOfWork, command: ArchiveGroup) -> None:
    set_state(unit, unit.get(Group, command.group_id), State.ARCHIVED)


@handles(TrashGroup, role="member", audit="group.trashed")
def trash_group(unit: UnitOfWork, command: TrashGroup) -> None:
    set_state(unit, unit.get(Group, command.group_id), State.TRASHED)


@handles(RestoreGroup, role="member", audit="group.restored")
def restore_group(unit: UnitOfWork, command: RestoreGroup) -> None:
    restore(unit, unit.get(Group, command.group_id))


@handles(DuplicateGroup, role="member", audit="group.duplicated")
def duplicate_group(unit: UnitOfWork, command: DuplicateGroup) -> None:
    copy_group(unit, unit.get(Group, command.group_id), command.copy_id)
