"""A small board on a real workspace, and its screen under a pilot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.columns import AddColumn
from engine.commands.groups import AddGroup
from engine.commands.items import AddItems, NewItem
from engine.queries.board_view import RowOrder, RowWindow
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import showing
from tui.screens.board import BoardScreen

NAMES = ("Write the landing page", "Book the venue", "Order the cake", "Send the invoices")


async def make_board(acting: Acting, names: tuple[str, ...] = NAMES) -> str:
    """Group “Planning” with the names, group “Later” empty; status, person, date and number columns."""
    await acting.execute(
        CreateBoard(
            board_id="board", name="Spring launch", group="Planning", group_id="planning",
            column_ids=("st", "pe", "du"),
        )
    )  # fmt: skip
    await acting.execute(AddColumn(board_id="board", column_id="nu", type="number", title="Budget"))
    await acting.execute(AddGroup(board_id="board", group_id="later", name="Later", color="green"))
    items = tuple(NewItem(id=f"i{at}", name=name) for at, name in enumerate(names))
    await acting.execute(AddItems(group_id="planning", items=items))
    return "board"


async def values(acting: Acting) -> dict[str, dict[str, object]]:
    """Values of all items by name, as the engine has them."""
    return {row.item.name: dict(row.item.values) for row in await rows(acting)}


async def names(acting: Acting, group: str = "planning") -> list[str]:
    """Names in a group in their order."""
    return [row.item.name for row in await rows(acting) if row.item.group_id == group]


async def rows(acting: Acting) -> list:  # type: ignore[type-arg]
    order = await acting.query(RowOrder(board_id="board"))
    numbers = tuple(number for lane in order.values() for number in lane)
    window = await acting.query(RowWindow(board_id="board", numbers=numbers))
    return [window[number] for number in numbers]


@asynccontextmanager
async def on_board(
    acting: Acting, *, size: tuple[int, int] = (120, 30), words: str = ""
) -> AsyncIterator[Pilot[None]]:
    """The board's screen, come to rest."""
    async with showing(acting, size=size) as pilot:
        await pilot.app.push_screen(BoardScreen(pilot.app.live, "board", words=words))  # type: ignore[attr-defined]
        await pilot.pause()
        await at_rest(pilot)
        yield pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until everything has come to rest."""
    await pilot.press(*keys)
    await pilot.pause()
    await at_rest(pilot)


def under_cursor(pilot: Pilot[None]) -> str:
    """The name of the item under the cursor."""
    row = pilot.app.screen.source.row(pilot.app.screen.source.cursor)  # type: ignore[attr-defined]
    return str(row.item.name)
