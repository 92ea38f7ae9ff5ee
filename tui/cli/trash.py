"""`conneqtos trash`: list, restore and empty what was put away."""

from argparse import Namespace
from collections.abc import Callable
from typing import Final

from engine import filing
from engine.api import Acting
from engine.commands.attachments import RestoreAttachment
from engine.commands.boards import RestoreBoard
from engine.commands.columns import RestoreColumn
from engine.commands.comments import RestoreComment
from engine.commands.groups import RestoreGroup
from engine.commands.items import RestoreItems
from engine.commands.registry import Command
from engine.commands.trash import EmptyTrash
from engine.errors import Cancelled, NotFound, UsageError
from engine.model.record import State
from engine.queries.trash import PutAway, Trash
from tui.cli.asking import confirmed, somebody_is_there
from tui.cli.item import when
from tui.cli.opening import opened
from tui.cli.output import Rows, note, say, say_json

RESTORES: Final[dict[str, Callable[[str], Command]]] = {
    "board": lambda id: RestoreBoard(board_id=id),
    "group": lambda id: RestoreGroup(group_id=id),
    "column": lambda id: RestoreColumn(column_id=id),
    "item": lambda id: RestoreItems(item_ids=(id,)),
    "comment": lambda id: RestoreComment(comment_id=id),
    "attachment": lambda id: RestoreAttachment(attachment_id=id),
}


async def list_trash(arguments: Namespace) -> None:
    state = State.ARCHIVED if arguments.archived else State.TRASHED
    async with opened(arguments) as acting:
        found = await acting.query(Trash(state=state))
    if arguments.json:
        for away in found:
            kept = None if arguments.archived else when(away.until)
            say_json(
                {
                    "id": away.id, "what": away.entity, "name": away.name, "board": away.where,
                    "at": when(away.at), "until": kept,
                }
            )  # fmt: skip
        return
    empty = "The archive is empty." if arguments.archived else "The trash is empty."
    rows = Rows(["Id", "What", "Name", "Board", "Since"], empty=empty, least={0: 26, 2: 16})
    rows.print([[a.id, a.entity, a.name, a.where, when(a.at)[:10]] for a in found])


async def restore(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        found = await acting.query(Trash()) + await acting.query(Trash(state=State.ARCHIVED))
        chosen = _named(found, arguments.ids)
        done = await acting.execute(*(RESTORES[away.entity](away.id) for away in chosen))
    for away in chosen:
        say(f"Restored: {away.entity} {away.name}")
    for remark in done.notes:
        note(remark)


async def empty(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        found = await acting.query(Trash())
        chosen = _named(found, arguments.ids) if arguments.ids else found
        if chosen:
            _ask(len(chosen), arguments.yes)
            await _purge(acting, chosen)
            await filing.collect_files(acting)
    say(f"Removed for good: {len(chosen):,}" if chosen else "The trash is empty.")


async def _purge(acting: Acting, chosen: list[PutAway]) -> None:
    await acting.execute(EmptyTrash(records=tuple((away.entity, away.id) for away in chosen)))


def _ask(count: int, yes: bool) -> None:
    if yes:
        return
    if not somebody_is_there():
        raise UsageError("Nobody is there to ask. Say --yes to remove it for good.")
    if not confirmed(f"Remove {count:,} from the trash for good? This cannot be undone."):
        raise Cancelled("Nothing was removed.")


def _named(found: list[PutAway], ids: list[str]) -> list[PutAway]:
    known = {away.id: away for away in found}
    for id in ids:
        if id not in known:
            raise NotFound(f"There is no “{id}” there. See: conneqtos trash list")
    return [known[id] for id in dict.fromkeys(ids)]
