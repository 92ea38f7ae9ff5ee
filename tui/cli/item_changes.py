"""`conneqtos item add`, `set`, `move`, `done`, `delete`, `restore`: a call is one undo step."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Final

from engine.api import Acting
from engine.clock import new_id
from engine.commands.groups import AddGroup
from engine.commands.items import (
    AddItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.registry import Command
from engine.errors import Invalid, Refused, UsageError
from engine.model.item import Item
from engine.model.record import State
from tui.cli.asking import piped_lines
from tui.cli.choosing import frame_named, group_named, items_named, items_with
from tui.cli.opening import opened
from tui.cli.output import note, say, say_json
from tui.cli.values import Boards, Values

FIRST_GROUP: Final = "Items"
MOST_LISTED: Final = 10

Change = Callable[[Values, list[Item]], list[Command]]
"""The commands that do it to items of one board."""


async def add(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        values = Values(await frame_named(acting, arguments.board))
        name, set_values = values.parsed(arguments.set)
        if name is not None:
            raise UsageError("The name is the title itself, so --set name=… has no place here.")
        titles = piped_lines() if arguments.title == "-" else [arguments.title]
        if not titles:
            raise Invalid("The pipe brought no line, so no item was added.")
        group_id, first = _group_for(values, arguments.group)
        items = tuple(NewItem(name=title, values=set_values) for title in titles)
        await acting.execute(*first, AddItems(group_id=group_id, items=items))
        ids = [item.id for item in items]
        await _report(acting, ids, "Added", arguments)


async def set_values(arguments: Namespace) -> None:
    assignments = [word for word in arguments.words if "=" in word]
    named = [word for word in arguments.words if "=" not in word]
    if not named or not assignments:
        raise UsageError("Name at least one item and one COLUMN=TEXT: item set 12 Status=Done")

    def change(values: Values, items: list[Item]) -> list[Command]:
        name, wanted = values.parsed(assignments)
        ids = tuple(item.id for item in items)
        commands: list[Command] = [SetValues(item_ids=ids, values=wanted)] if wanted else []
        if name is not None:
            commands += [RenameItem(item_id=id, name=name) for id in ids]
        return commands

    await _change(arguments, named, change, "Changed")


async def move(arguments: Namespace) -> None:
    def change(values: Values, items: list[Item]) -> list[Command]:
        group = group_named(values.frame, arguments.group)
        return [MoveItems(item_ids=tuple(item.id for item in items), group_id=group.id)]

    await _change(arguments, arguments.items, change, "Moved", of=arguments.to_board)


async def finish(arguments: Namespace) -> None:
    def change(values: Values, items: list[Item]) -> list[Command]:
        column_id, label_id = _done_label(values)
        ids = tuple(item.id for item in items)
        return [SetValues(item_ids=ids, values={column_id: label_id})]

    await _change(arguments, arguments.items, change, "Finished")


async def delete(arguments: Namespace) -> None:
    def change(values: Values, items: list[Item]) -> list[Command]:
        return [TrashItems(item_ids=tuple(item.id for item in items))]

    await _change(arguments, arguments.items, change, "Moved to the trash")


async def restore(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        items = await items_named(acting, arguments.items)
        ids = [item.id for item in items]
        done = await acting.execute(RestoreItems(item_ids=tuple(ids)))
        for remark in done.notes:
            note(remark)
        await _report(acting, ids, "Restored", arguments)


async def _change(
    arguments: Namespace, words: Sequence[str], change: Change, verb: str, of: str | None = None
) -> None:
    """Do it to all items named, board by board, in one gesture; `of` names another board that the change is about."""
    async with opened(arguments) as acting:
        items = await items_named(acting, words)
        _refuse_put_away(items)
        boards = Boards(acting)
        by_board: dict[str, list[Item]] = {}
        for item in items:
            by_board.setdefault(item.board_id, []).append(item)
        commands: list[Command] = []
        for together in by_board.values():
            about = Values(await frame_named(acting, of)) if of else await boards.of(together[0])
            commands += change(about, together)
        done = await acting.execute(*commands)
        for remark in done.notes:
            note(remark)
        await _report(acting, [item.id for item in items], verb, arguments)


async def _report(acting: Acting, ids: list[str], verb: str, arguments: Namespace) -> None:
    """Say what became of the items, as they are now."""
    found = {item.id: item for item in await items_with(acting, ids=ids)}
    items = [found[id] for id in ids]
    if arguments.json:
        boards = Boards(acting)
        for item in items:
            say_json((await boards.of(item)).as_data(item))
    elif len(items) <= MOST_LISTED:
        for item in items:
            say(f"{verb}: {item.tag} {item.name}")
    else:
        say(f"{verb}: {len(items):,} items, {items[0].tag} to {items[-1].tag}")


def _group_for(values: Values, word: str | None) -> tuple[str, list[Command]]:
    """The group to add to, and what makes it where the board has none."""
    if word is not None:
        return group_named(values.frame, word).id, []
    if values.frame.groups:
        return values.frame.groups[0].id, []
    board_id, group_id = values.frame.board.id, new_id()
    return group_id, [AddGroup(board_id=board_id, group_id=group_id, name=FIRST_GROUP)]


def _done_label(values: Values) -> tuple[str, str]:
    for column in values.frame.columns:
        if column.type == "status":
            for label in values.around(column).labels:
                if label.done:
                    return column.id, label.id
    raise Refused(
        f"“{values.frame.board.name}” has no status column with a label that means done. "
        "Set the label itself: item set ID COLUMN=TEXT"
    )


def _refuse_put_away(items: list[Item]) -> None:
    for item in items:
        if item.state is not State.LIVE:
            where = "archived" if item.state is State.ARCHIVED else "in the trash"
            raise Refused(
                f"{item.tag} “{item.name}” is {where}. "
                f"Bring it back first: conneqtos item restore {item.number}"
            )
