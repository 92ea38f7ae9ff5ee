"""What becomes of an edit whose editor was open while the same was changed elsewhere: it goes by what the editor showed
when it opened, so that nothing is written over unseen."""

from typing import Final, NamedTuple

from textual.screen import ScreenResultType

from engine.api import Expected
from engine.columns.column_type import Surroundings
from engine.columns.registry import column_type
from engine.commands.items import RenameItem, SetValues
from engine.commands.registry import Command
from engine.errors import ConneqtError, Invalid, NotFound, VersionMoved
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import clean_line
from engine.queries.item_detail import ItemDetail
from tui.live import Live
from tui.put_away import why_unchanged
from tui.screens.asking import Asking
from tui.widgets.confirm import Confirm
from tui.widgets.prompt import Answer
from tui.widgets.taken_away import TakenAway

GONE: Final = "This item is not there any more."
MOST_SHOWN: Final = 200


class Edited(NamedTuple):
    """What an editor is open on: an item as it was shown then, and one of its columns; without one, its name."""

    item: Item
    column: Column | None = None
    at: Surroundings = Surroundings()

    @property
    def title(self) -> str:
        return "The name" if self.column is None else f"“{self.column.title}”"

    def of(self, item: Item) -> JSON:
        return item.name if self.column is None else item.values.get(self.column.id)

    def text(self, value: JSON) -> str:
        if value is None:
            return ""
        return (
            str(value)
            if self.column is None
            else column_type(self.column.type).text(value, self.at)
        )

    def command(self, value: JSON) -> Command:
        if self.column is None:
            return RenameItem(item_id=self.item.id, name=str(value))
        return SetValues(item_ids=(self.item.id,), values={self.column.id: value})

    def together(self, mine: JSON, theirs: JSON) -> Answer[JSON] | None:
        """Both in one, as a server does it; None where only one of them can stand."""
        if self.column is None:
            return None
        kind = column_type(self.column.type)
        merged = kind.merge(self.of(self.item), mine, theirs)
        try:
            return merged and Answer(merged[0] and kind.validate(merged[0], self.at))
        except Invalid:  # together they are too long
            return None


class Meanwhile(Asking[ScreenResultType]):
    """A screen whose editors stay open for as long as somebody writes."""

    live: Live

    async def keep(self, edited: Edited, mine: JSON, *before: Command) -> bool:
        """Carry out what an editor came back with, if it still is to be. `before` is carried out with it."""
        while True:
            try:
                whole = await self.live.query(ItemDetail(item_id=edited.item.id))
            except NotFound:
                gone = GONE
            else:
                now, gone = whole.item, why_unchanged(whole.board)
            if gone:
                await self.app.push_screen(TakenAway(gone, edited.text(mine)))
                return False
            agreed = await self._agreed(edited, mine, edited.of(now))
            if agreed is None or (agreed.value == edited.of(now) and not before):
                return agreed is not None
            expected = Expected(kind=Item, id=now.id, versions=frozenset({now.seq}))
            try:
                done = await self.live.acting.execute(
                    *before, edited.command(agreed.value), expected=expected
                )
            except VersionMoved:
                continue
            except ConneqtError as error:
                self.live.tell(str(error), title=error.title, error=True)
                return False
            for note in done.notes:
                self.live.tell(note)
            return True

    async def _agreed(self, edited: Edited, mine: JSON, theirs: JSON) -> Answer[JSON] | None:
        """What is to stand; None where what came meanwhile does."""
        seen = edited.of(edited.item)
        if theirs in (seen, mine):
            return Answer(mine)
        if mine == seen:
            return None
        together = edited.together(mine, theirs)
        if together is not None:
            self.live.tell(f"{edited.title} was changed meanwhile: both are in it now.")
            return together
        shown = _shown(edited.text(theirs)) or "nothing"
        keeps = await self.ask(
            Confirm(
                f"{edited.title} was changed meanwhile, to: {shown}", yes="Keep mine",
                note=f"Yours: {_shown(edited.text(mine)) or 'nothing'}", by_letter=True,
            )
        )  # fmt: skip
        return Answer(mine) if keeps else None


def _shown(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…"
