"""Copies of items, groups and whole boards. Ids of copies are derived, so that every run makes the same."""

from collections.abc import Mapping

from msgspec.structs import replace

from engine.clock import derived_id
from engine.model.board import Group
from engine.model.item import Attachment, Item
from engine.model.record import State
from engine.model.view import View
from engine.store.placing import places
from engine.store.unit_of_work import UnitOfWork


def copy_item(
    unit: UnitOfWork, item: Item, copy_id: str, *, group_id: str, position: str,
    parent_id: str | None = None,
) -> Item:  # fmt: skip
    """The item with its values, subitems and attachments, but not its comments: they were said of the original."""
    copy = unit.insert(
        replace(
            item, id=copy_id, group_id=group_id, parent_id=parent_id or item.parent_id,
            number=unit.next_item_number(), position=position, stamps={},
            created_at=unit.now, created_by=unit.actor.user_id,
            updated_at=unit.now, updated_by=unit.actor.user_id,
        )
    )  # fmt: skip
    for attachment in unit.list(Attachment, item_id=item.id, state=State.LIVE):
        unit.insert(
            replace(
                attachment, id=derived_id(copy_id, attachment.id), item_id=copy_id,
                created_at=unit.now, created_by=unit.actor.user_id,
            )
        )  # fmt: skip
    for subitem in unit.list(Item, parent_id=item.id, state=State.LIVE, order_by=("position",)):
        copy_item(
            unit, subitem, derived_id(copy_id, subitem.id), group_id=group_id,
            position=subitem.position, parent_id=copy_id,
        )  # fmt: skip
    return copy


def copy_group(unit: UnitOfWork, group: Group, copy_id: str) -> None:
    """The group with its live items, right below the original."""
    (key,) = places(unit, Group, {"board_id": group.board_id}, group.id, 1)
    unit.insert(replace(group, id=copy_id, name=f"{group.name} (copy)", position=key))
    _copy_items(unit, group.id, copy_id)


def copy_contents(unit: UnitOfWork, board_id: str, copy_id: str, *, with_items: bool) -> None:
    """A board's columns, views, groups and (if wanted) live items into an empty board."""
    new_ids: dict[str, str] = {}
    for column in unit.columns(board_id).values():
        new_ids[column.id] = derived_id(copy_id, column.id)[-10:]
        unit.insert(replace(column, id=new_ids[column.id], board_id=copy_id))
    for view in unit.list(View, board_id=board_id):
        unit.insert(_copy_view(view, copy_id, new_ids))
    for group in unit.list(Group, board_id=board_id, state=State.LIVE, order_by=("position",)):
        group_id = derived_id(copy_id, group.id)
        unit.insert(replace(group, id=group_id, board_id=copy_id))
        if with_items:
            _copy_items(unit, group.id, group_id, board_id=copy_id, new_ids=new_ids)


def _copy_view(view: View, board_id: str, new_ids: Mapping[str, str]) -> View:
    def new(column: str) -> str:
        return new_ids.get(column, column)

    return replace(
        view,
        id=derived_id(board_id, view.id),
        board_id=board_id,
        filter=replace(
            view.filter,
            conditions=tuple(replace(c, column=new(c.column)) for c in view.filter.conditions),
        ),
        sorts=tuple(replace(sort, column=new(sort.column)) for sort in view.sorts),
        lane_by=new(view.lane_by),
        hidden=tuple(map(new, view.hidden)),
        card_fields=None if view.card_fields is None else tuple(map(new, view.card_fields)),
    )


def _copy_items(
    unit: UnitOfWork, group_id: str, new_group_id: str, *, board_id: str | None = None,
    new_ids: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    items = unit.list(Item, group_id=group_id, state=State.LIVE, order_by=("position",))
    parents = {item.id for item in items if item.parent_id is None}
    copies = [
        replace(
            item,
            id=derived_id(new_group_id, item.id),
            board_id=board_id or item.board_id,
            group_id=new_group_id,
            parent_id=item.parent_id and derived_id(new_group_id, item.parent_id),
            number=unit.next_item_number(),
            values=_with_new_ids(item, new_ids),
            stamps={},
            created_at=unit.now, created_by=unit.actor.user_id,
            updated_at=unit.now, updated_by=unit.actor.user_id,
        )
        for item in sorted(items, key=lambda item: item.parent_id is not None)
        if item.parent_id is None or item.parent_id in parents
    ]  # fmt: skip
    unit.insert_many(Item, copies)


def _with_new_ids(item: Item, new_ids: Mapping[str, str] | None) -> dict[str, object]:
    if new_ids is None:
        return dict(item.values)
    return {new_ids[id]: value for id, value in item.values.items() if id in new_ids}
