"""The trash and the archive: what was put away, how long it stays, bringing it back, deleting it for good."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.attachments import RestoreAttachment
from engine.commands.boards import RestoreBoard
from engine.commands.columns import RestoreColumn
from engine.commands.comments import RestoreComment
from engine.commands.groups import RestoreGroup
from engine.commands.items import RestoreItems
from engine.commands.registry import Command
from engine.commands.trash import EmptyTrash
from engine.model.record import State
from engine.model.text import clean_line
from engine.queries.trash import PutAway, Trash
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.spoken_time import spoken_time
from tui.widgets.card_content import Line, Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, beside

DAY: Final = 86_400_000
KIND_WIDTH: Final = 12
TIME_WIDTH: Final = 18
LEFT_WIDTH: Final = 14

RESTORES: Final[dict[str, Callable[[str], Command]]] = {
    "board": lambda id: RestoreBoard(board_id=id),
    "group": lambda id: RestoreGroup(group_id=id),
    "column": lambda id: RestoreColumn(column_id=id),
    "item": lambda id: RestoreItems(item_ids=(id,)),
    "comment": lambda id: RestoreComment(comment_id=id),
    "attachment": lambda id: RestoreAttachment(attachment_id=id),
}


class TrashScreen(Listing):
    """One of the two at a time; tab shows the other."""

    scope = "trash"
    hints = ("restore", "delete", "empty", "switch", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.state = State.TRASHED
        self.away: dict[State, list[PutAway]] = {State.TRASHED: [], State.ARCHIVED: []}

    async def load(self) -> None:
        for state in self.away:
            self.away[state] = await self.live.query(Trash(state=state))

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        trashed, archived = (len(self.away[state]) for state in (State.TRASHED, State.ARCHIVED))
        if self.state is State.TRASHED:
            return "Trash", "kept for 30 days", f"{trashed:,} here · {archived:,} in the archive"
        return "Archive", "kept for ever", f"{archived:,} here · {trashed:,} in the trash"

    def entries_for(self, width: int) -> Sequence[Entry]:
        here = self.away[self.state]
        shown = [away for away in here if self.fits(away.name, away.where, away.entity)]
        if shown:
            return [AIR, *self._entries(shown, width)]
        return [AIR, Entry("", beside((), self._why_empty(bool(here)), ("dim",), width))]

    def _why_empty(self, hidden: bool) -> str:
        if hidden:
            return "Nothing here has these words. esc shows all."
        if self.state is State.TRASHED:
            return (
                "The trash is empty. What you delete stays here for 30 days. tab shows the archive."
            )
        return "The archive is empty. tab shows the trash."

    def _entries(self, shown: Sequence[PutAway], width: int) -> Iterator[Entry]:
        for away in shown:
            yield Entry(f"{away.entity}:{away.id}", (tuple(self._runs(away, width)),))

    def _runs(self, away: PutAway, width: int) -> Line:
        where = away.where if away.entity != "board" else ""
        times = TIME_WIDTH + (LEFT_WIDTH if self.state is State.TRASHED else 0)
        room = max(width - KIND_WIDTH - times, 10)
        where_width = room // 3 if width >= 90 else 0
        name = drawn_to(clean_line(away.name), room - where_width - 2)
        runs = [
            Run(drawn(away.entity, KIND_WIDTH), "dim"),
            Run(drawn(name, room - where_width), "title"),
            Run(drawn(drawn_to(where, max(where_width - 2, 1)), where_width), "dim"),
            Run(drawn(spoken_time(away.at, system_clock(), local_utc_offset()), TIME_WIDTH), "dim"),
        ]
        if self.state is State.TRASHED:
            runs.append(Run(_days_left(away), "text"))
        return tuple(run for run in runs if run.text)

    @property
    def away_here(self) -> PutAway | None:
        kind, id = self.here
        found = (one for one in self.away[self.state] if (one.entity, one.id) == (kind, id))
        return next(found, None)

    # -- actions ----------------------------------------------------------------------------------

    async def action_open(self) -> None:
        await self.action_restore()

    async def action_restore(self) -> None:
        away = self.away_here
        if away is not None and await self.live.execute(RESTORES[away.entity](away.id)):
            self.live.tell(f"Restored: {away.entity} “{clean_line(away.name)[:60]}”.")

    def action_switch(self) -> None:
        trashed = self.state is State.TRASHED
        self.state = State.ARCHIVED if trashed else State.TRASHED
        self.draw()

    @asks
    async def action_delete(self) -> None:
        away = self.away_here
        if away is None:
            return
        if self.state is State.ARCHIVED:
            self.live.tell("Only what is in the trash can be deleted for good. Restore it first.")
            return
        name = clean_line(away.name)[:60]
        question = f"Delete the {away.entity} “{name}” for good?"
        note, board = "This cannot be undone.", away.entity == "board"
        if await self.ask(Confirm(question, yes="Delete", note=note, by_letter=board)):
            await self._purge([away])

    @asks
    async def action_empty(self) -> None:
        here = self.away[State.TRASHED]
        if not here:
            self.live.tell("The trash is empty already.")
            return
        question = f"Delete everything in the trash ({len(here):,}) for good?"
        note = "This cannot be undone."
        if await self.ask(Confirm(question, yes="Delete all", note=note, by_letter=True)):
            await self._purge(here)

    async def _purge(self, chosen: Sequence[PutAway]) -> None:
        named = tuple((away.entity, away.id) for away in chosen)
        if await self.live.execute(EmptyTrash(records=named)):
            self.live.tell(f"Deleted for good: {len(chosen):,}.")


def _days_left(away: PutAway) -> str:
    days = -(-(away.until - system_clock()) // DAY)
    if days <= 0:
        return "goes today"
    return f"{days} day{'' if days == 1 else 's'} left"
