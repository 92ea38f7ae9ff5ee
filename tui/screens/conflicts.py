"""What a person can do about an edit that met somebody else's: take their own, or put it away."""

from typing import TYPE_CHECKING, Final

from engine.commands.conflicts import DismissConflict
from engine.commands.items import RenameItem, SetValues
from engine.commands.registry import Command
from engine.model.conflict import Conflict
from tui.sync_words import conflict_subject, conflict_values
from tui.widgets.choice import Choice, Choosable

if TYPE_CHECKING:
    from tui.screens.sync import SyncScreen

MET: Final = "Your edit met somebody else's"


async def decide_conflict(screen: "SyncScreen", one: Conflict) -> None:
    """Ask which of the two shall stand, and see to it."""
    names, live, mine = screen.names, screen.live, _putting_back(one)
    now = one.won if mine is None else names.stands(one.entity_id, one.field)
    options = [Choosable("away", "put it away", f"{names.value(one.field, now)} stays")]
    if mine is not None:
        options.insert(0, Choosable("mine", "take mine", names.value(one.field, one.lost)))
    values = (f"{who}: {value}" if who else value for who, value in conflict_values(one, names))
    note = "\n".join((conflict_subject(one, names), *values))
    title = MET if mine is None else "Which of the two shall stand?"
    match await screen.ask(Choice(title, options, note=note)):
        case "mine" if mine is not None:
            if await live.execute(mine) is not None:
                await live.execute(DismissConflict(conflict_id=one.id))
        case "away":
            await live.execute(DismissConflict(conflict_id=one.id))


def _putting_back(one: Conflict) -> Command | None:
    """What gives the field the value that gave way; None where it is not a field of an item."""
    if one.entity != "item":
        return None
    if one.field == "name":
        return RenameItem(item_id=one.entity_id, name=str(one.lost))
    if one.field.startswith("values."):
        return SetValues(
            item_ids=(one.entity_id,), values={one.field.removeprefix("values."): one.lost}
        )
    return None
