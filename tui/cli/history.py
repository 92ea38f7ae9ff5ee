"""`conneqtos undo` and `redo`: the last thing this person did, here or in the app."""

from argparse import Namespace

from engine.commands.history import Redo, Undo
from engine.errors import Refused
from engine.queries.history import UndoState
from tui.cli.opening import opened
from tui.cli.output import say


async def undo(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        deed = (await acting.query(UndoState())).undo
        if deed is None:
            raise Refused("There is nothing to undo.")
        done = await acting.execute(Undo(gesture=deed.gesture))
    say(f"Undone: {', '.join(done.notes)}")


async def redo(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        deed = (await acting.query(UndoState())).redo
        if deed is None:
            raise Refused("There is nothing to redo.")
        done = await acting.execute(Redo(gesture=deed.gesture))
    say(f"Done again: {', '.join(done.notes)}")
