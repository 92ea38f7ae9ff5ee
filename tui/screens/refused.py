"""What a person can do about a command that the server refused: give it once more, as it was or with other words, or let
it go."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.geometry import Region

from engine.api import local_utc_offset
from engine.clock import as_datetime, system_clock
from engine.columns.column_type import Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.commands.items import SetValues
from engine.errors import ConneqtError, NotFound
from engine.model.column import Column
from engine.model.exchange import Sent
from engine.model.record import JSON
from engine.model.text import clean_line
from engine.queries.board_view import OpenBoard
from engine.queries.item_detail import FindItems
from engine.syncing import Held
from tui.sync_words import said
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.editors import editor_for
from tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from tui.screens.sync import SyncScreen

NOWHERE: Final = "It is kept nowhere else. This cannot be undone."
LINES: Final = {"name": "Name", "title": "Title"}
"""Arguments of commands that are a line of the person's own."""
TEXTS: Final = {"body": "Comment", "description": "Description"}
"""And those that may have many."""
MOST_NAMES: Final = 5
PLACE: Final = Region(4, 6, 40, 1)


class Cell(NamedTuple):
    """The one value that a command sets."""

    column: Column
    value: JSON
    at: Surroundings
    title: str


async def decide(screen: "SyncScreen", one: Held) -> None:
    """Ask what shall become of it, and do that; a fault is told, and it stays as it is."""
    cell = await _cell_of(screen, one.command)
    own, what = {**LINES, **TEXTS}, said(one.command, screen.names)
    said_there = {} if one.of_file else one.command.arguments
    words = [name for name in own if isinstance(said_there.get(name), str)]
    options = [
        Choosable("retry", "try again", "give it once more, as it was"),
        Choosable("let go", "let go", "put it away"),
    ]
    added = _added(said_there)
    if cell is not None or words or added:
        options.insert(0, Choosable("edit", "edit and try again", "change what it says first"))
    try:
        match await screen.ask(
            Choice("Refused by the server", options, note=f"{what}\n{clean_line(one.reason)}")
        ):
            case "edit" if cell is not None:
                await _edit_cell(screen, one, cell)
            case "edit" if added:
                await _edit_names(screen, one, added)
            case "edit":
                await _edit_words(screen, one, words[0])
            case "retry":
                await screen.device.retry(one.command.id)
            case "let go":
                note = f"{what}\n{NOWHERE}"
                if await screen.ask(Confirm("Let go of this?", yes="Let it go", note=note)):
                    await screen.device.let_go(one.command.id)
    except ConneqtError as error:
        screen.live.tell(str(error), title=error.title, error=True)


async def _edit_words(screen: "SyncScreen", one: Held, name: str) -> None:
    old = str(one.command.arguments[name])
    if name in TEXTS:
        column = Column(id="", board_id="", type="long_text", title=TEXTS[name])
        answer = await screen.ask(
            editor_for(column, old, Surroundings(), PLACE, f"{TEXTS[name]}: edit and try again")
        )
        if answer is not None:
            await screen.device.retry(one.command.id, {name: answer.value or ""})
        return

    async def work(typed: Mapping[str, str]) -> bool:
        await screen.device.retry(one.command.id, {name: typed[name]})
        return True

    await screen.ask(Form("Edit and try again", [Field(name, LINES[name], value=old)], work))


async def _edit_names(screen: "SyncScreen", one: Held, items: list[dict[str, JSON]]) -> None:
    """Of new items; whatever else they hold goes along."""

    async def work(typed: Mapping[str, str]) -> bool:
        named: list[JSON] = [{**item, "name": typed[str(at)]} for at, item in enumerate(items)]
        await screen.device.retry(one.command.id, {"items": named})
        return True

    fields = [
        Field(str(at), LINES["name"], value=str(item.get("name", "")))
        for at, item in enumerate(items)
    ]
    await screen.ask(Form("Edit and try again", fields, work))


def _added(arguments: Mapping[str, JSON]) -> list[dict[str, JSON]]:
    """The new items of a command; none where they are too many for a form."""
    items = arguments.get("items")
    found = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return found if len(found) <= MOST_NAMES else []


async def _edit_cell(screen: "SyncScreen", one: Held, cell: Cell) -> None:
    answer = await screen.ask(editor_for(cell.column, cell.value, cell.at, PLACE, cell.title))
    if answer is not None:
        await screen.device.retry(one.command.id, {"values": {cell.column.id: answer.value}})


async def _cell_of(screen: "SyncScreen", sent: Sent) -> Cell | None:
    """None where the command sets no value, or several, or its item or column is gone, or there is nothing to type."""
    values, ids = sent.arguments.get("values"), sent.arguments.get("item_ids")
    if sent.op != SetValues.OP or not isinstance(values, dict) or len(values) != 1:
        return None
    try:
        items = await screen.live.query(FindItems(ids=tuple(ids)))  # type: ignore[arg-type]
        frame = await screen.live.query(OpenBoard(board_id=items[0].board_id))
    except (NotFound, IndexError):
        return None
    ((column_id, value),) = values.items()
    column = next((one for one in frame.columns if one.id == column_id), None)
    if column is None or column_type(column.type).editor == "toggle":
        return None
    people = {member.id: member.name for member in frame.people}
    at = surroundings_for(column, people, _today(), local_utc_offset())
    named = items[0].name if len(items) == 1 else f"{len(items):,} items"
    return Cell(column, value, at, f"{column.title} of {named}")


def _today() -> date:
    return as_datetime(system_clock() + local_utc_offset() * 60_000).date()
