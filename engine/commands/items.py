"""Commands on items and subitems: add, rename, set values, move, put away, restore, duplicate."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from engine.clock import new_id
from engine.commands import texts
from engine.commands.copying import copy_item
from engine.commands.crossing import take_across
from engine.commands.registry import Command, handles
from engine.commands.states import restore, set_state
from engine.errors import Invalid, NotFound, Refused
from engine.model.board import Group
from engine.model.item import Item, Values
from engine.model.record import JSON, State
from engine.store.placing import container_of, places
from engine.store.unit_of_work import UnitOfWork


class NewItem(Struct, frozen=True, kw_only=True):
    id: str = field(default_factory=new_id)
    name: str
    values: Values = {}


class AddItems(Command, frozen=True, kw_only=True):
    """Into a group, or below `parent_id` as subitems. `after` is an item there, empty for the first place,
    None for the last."""

    OP: ClassVar[str] = "item.add@1"
    group_id: str
    parent_id: str | None = None
    items: tuple[NewItem, ...]
    after: str | None = None


class RenameItem(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "item.rename@1"
    item_id: str
    name: str


class SetValues(Command, frozen=True, kw_only=True):
    """The same values for one item or many; None clears a value."""

    OP: ClassVar[str] = "item.set@1"
    item_ids: tuple[str, ...]
    values: dict[str, JSON]


class MoveItems(Command, frozen=True, kw_only=True):
    """Into a group (`parent_id` None: also makes subitems items), behind `after`; the items keep the order they are named
    in. On another board they take along what hangs on them, and values whose columns have a counterpart there."""

    OP: ClassVar[str] = "item.move@1"
    item_ids: tuple[str, ...]
    group_id: str
    parent_id: str | None = None
    after: str | None = None


class ArchiveItems(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "item.archive@1"
    item_ids: tuple[str, ...]


class TrashItems(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "item.trash@1"
    item_ids: tuple[str, ...]


class RestoreItems(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "item.restore@1"
    item_ids: tuple[str, ...]


class DuplicateItems(Command, frozen=True, kw_only=True):
    """`copy_ids` are the new items' ids, one for each original; each copy stands below its original."""

    OP: ClassVar[str] = "item.duplicate@1"
    item_ids: tuple[str, ...]
    copy_ids: tuple[str, ...]


@handles(AddItems, role="member", audit="item.added")
def add_items(unit: UnitOfWork, command: AddItems) -> None:
    group = unit.get(Group, command.group_id)
    container = _container(unit, group, command.parent_id)
    wanted = group
    if command.parent_id is None and group.state is State.TRASHED:
        group, container = _instead(unit, group)
    keys = places(unit, Item, container, command.after, len(command.items))
    items = [
        Item(
            id=new.id, board_id=group.board_id, group_id=group.id, parent_id=command.parent_id,
            number=unit.next_item_number(), name=texts.name(new.name, "item"),
            values=filled_values(unit, group.board_id, new.values), position=key,
            created_at=unit.now, created_by=unit.actor.user_id,
            updated_at=unit.now, updated_by=unit.actor.user_id,
        )
        for new, key in zip(command.items, keys, strict=True)
    ]  # fmt: skip
    if len(items) == 1:
        unit.insert(items[0])
    else:
        unit.insert_many(Item, items)
    if group is not wanted and unit.concurrency is not None and items:
        unit.concurrency.tell(unit, items[0], "group_id", wanted.name, group.name)


def valid_values(unit: UnitOfWork, board_id: str, values: Mapping[str, JSON]) -> Values:
    """Each value in its column's canonical form; empty ones are None. Raises Invalid and NotFound."""
    valid: Values = {}
    readers = unit.readers(board_id)
    for column_id, value in values.items():
        reader = readers.get(column_id)
        if reader is None:
            raise NotFound(_why_no_column(unit, board_id, column_id))
        kind, at = reader
        valid[column_id] = None if value is None else kind.validate(value, at)
    return valid


def _why_no_column(unit: UnitOfWork, board_id: str, column_id: str) -> str:
    column = unit.trashed_column(board_id, column_id)
    if column is None:
        return f"This board has no column “{column_id}”."
    return f"The column “{column.title}” is in the trash: bring it back, or let this go."


def filled_values(unit: UnitOfWork, board_id: str, values: Mapping[str, JSON]) -> Values:
    """The valid values that are not empty: what a new item keeps."""
    if not values:
        return {}
    valid = valid_values(unit, board_id, values)
    return (
        valid if None not in valid.values() else {k: v for k, v in valid.items() if v is not None}
    )


@handles(RenameItem, role="member", audit="item.renamed")
def rename_item(unit: UnitOfWork, command: RenameItem) -> None:
    item = unit.get(Item, command.item_id)
    unit.update(item, name=texts.name(command.name, "item"))


@handles(SetValues, role="member", audit="item.changed")
def set_values(unit: UnitOfWork, command: SetValues) -> None:
    checked: dict[str, Values] = {}
    for item in _items(unit, command.item_ids):
        if item.board_id not in checked:
            checked[item.board_id] = valid_values(unit, item.board_id, command.values)
        unit.set_values(item, checked[item.board_id])


@handles(MoveItems, role="member", audit="item.moved")
def move_items(unit: UnitOfWork, command: MoveItems) -> None:
    group = unit.get(Group, command.group_id)
    if command.after in command.item_ids:
        raise Invalid("An item cannot be moved behind itself.")
    container = _container(unit, group, command.parent_id)
    items = _items(unit, command.item_ids)
    keys = places(unit, Item, container, command.after, len(items))
    for item, key in zip(items, keys, strict=True):
        _check_move(unit, item, command.parent_id)
        if item.board_id != group.board_id:
            take_across(unit, item, group, command.parent_id, key)
            continue
        unit.update(item, group_id=group.id, parent_id=command.parent_id, position=key)
        if item.group_id != group.id:
            for subitem in unit.list(Item, parent_id=item.id):
                unit.update(subitem, group_id=group.id)


@handles(ArchiveItems, role="member", audit="item.archived")
def archive_items(unit: UnitOfWork, command: ArchiveItems) -> None:
    for item in _items(unit, command.item_ids):
        set_state(unit, item, State.ARCHIVED)


@handles(TrashItems, role="member", audit="item.trashed")
def trash_items(unit: UnitOfWork, command: TrashItems) -> None:
    for item in _items(unit, command.item_ids):
        set_state(unit, item, State.TRASHED)


@handles(RestoreItems, role="member", audit="item.restored")
def restore_items(unit: UnitOfWork, command: RestoreItems) -> None:
    for item in _items(unit, command.item_ids):
        restore(unit, item)


@handles(DuplicateItems, role="member", audit="item.duplicated")
def duplicate_items(unit: UnitOfWork, command: DuplicateItems) -> None:
    if len(command.item_ids) != len(command.copy_ids):
        raise Invalid("Duplicating needs one new id for each item.")
    for item, copy_id in zip(_items(unit, command.item_ids), command.copy_ids, strict=True):
        (key,) = places(unit, Item, container_of(item), item.id, 1)
        copy_item(unit, item, copy_id, group_id=item.group_id, position=key)


def _items(unit: UnitOfWork, ids: tuple[str, ...]) -> list[Item]:
    if not ids:
        raise Invalid("No item was named.")
    return [unit.get(Item, id) for id in dict.fromkeys(ids)]


def _instead(unit: UnitOfWork, trashed: Group) -> tuple[Group, dict[str, str | None]]:
    """Nobody sees what comes into a group that somebody else put into the trash meanwhile: the first live group takes
    it, if there is one (sync.md §4)."""
    live = unit.list(
        Group, board_id=trashed.board_id, state=State.LIVE.value, order_by=("position",)
    )
    if not live:
        return trashed, {"group_id": trashed.id, "parent_id": None}
    unit.note(f"“{trashed.name}” is in the trash; this was added to “{live[0].name}”.")
    return live[0], {"group_id": live[0].id, "parent_id": None}


def _container(unit: UnitOfWork, group: Group, parent_id: str | None) -> dict[str, str | None]:
    if parent_id is None:
        return {"group_id": group.id, "parent_id": None}
    parent = unit.get(Item, parent_id)
    if parent.parent_id is not None:
        raise Refused("A subitem cannot have subitems of its own.")
    if parent.group_id != group.id:
        raise Invalid("A subitem stands in its item's group.")
    return {"parent_id": parent_id}


def _check_move(unit: UnitOfWork, item: Item, parent_id: str | None) -> None:
    if parent_id == item.id:
        raise Invalid("An item cannot be its own subitem.")
    if parent_id is not None and unit.count(Item, parent_id=item.id):
        raise Refused(f"“{item.name}” has subitems, so it cannot become one itself.")
