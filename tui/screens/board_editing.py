"""The board screen's actions that change what is in a cell: edit, rename, clear, repeat."""

from collections.abc import Sequence
from typing import Final

from textual import on

from engine.columns.labels import as_setting, labels_of
from engine.columns.registry import column_type
from engine.commands.columns import EditColumn
from engine.commands.items import SetValues
from engine.commands.registry import Command
from engine.errors import Invalid
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import clean_line
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.screens.meanwhile import Edited, Meanwhile
from tui.widgets.board_messages import EditCell
from tui.widgets.prompt import Prompt
from tui.widgets.table_columns import NAME_COLUMN

LOOKS_ONLY: Final = "You may look at this board, but not change it."


class EditingActions(BoardBase, Meanwhile[None]):
    """One edit is one command and one step of undo, however many items it is about."""

    @asks
    async def action_edit(self) -> None:
        """Edit the cell under the cursor, in all selected items at once."""
        await self.edit(self.shown.column_id, self.chosen())

    @asks
    async def action_rename(self) -> None:
        await self.edit(NAME_COLUMN, self.chosen()[:1])

    @on(EditCell)
    def _edit_cell(self, message: EditCell) -> None:
        message.stop()
        self.run_worker(self.edit(message.column_id, [message.number]))

    async def edit(self, column_id: str, numbers: Sequence[int]) -> None:
        """Open the column's editor over the cursor's cell and carry out what comes of it."""
        row = await self.current()
        column = self.source.column(column_id)
        if row is None or not numbers:
            return
        if not self.source.can_edit:
            self.live.tell(self.source.why_unchanged or LOOKS_ONLY, error=True)
        elif column is None:
            await self._rename(row.item)
        elif column_type(column.type).editor == "toggle":
            await self.set_value(column, None if row.item.values.get(column.id) else True, numbers)
        else:
            await self._edit_value(column, row.item, numbers)

    async def _rename(self, item: Item) -> None:
        answer = await self.ask(
            Prompt(item_name, text=item.name, title="Name", at=self.shown.cursor_region())
        )
        if answer is not None and answer.value != item.name:
            await self.keep(Edited(item), answer.value)

    async def _edit_value(self, column: Column, item: Item, numbers: Sequence[int]) -> None:
        from tui.widgets.editor_labels import NewLabel  # no editor is needed before the first edit
        from tui.widgets.editors import editor_for

        title = column.title
        if len(numbers) > 1:
            title = f"{column.title} of {self.noun(len(numbers))}"
        at = self.source.surroundings(column)
        answer = await self.ask(
            editor_for(column, item.values.get(column.id), at, self.shown.cursor_region(), title)
        )
        before = []
        if isinstance(answer, NewLabel):
            labels = (*labels_of(column.settings), answer.label)
            settings = {**column.settings, "labels": as_setting(labels)}
            before.append(EditColumn(column_id=column.id, settings=settings))
        if answer is not None and [*numbers] == [item.number]:
            if await self.keep(Edited(item, column, at), answer.value, *before):
                self.last_edit = (column.id, answer.value)
        elif answer is not None:
            await self.set_value(column, answer.value, numbers, *before)

    async def set_value(
        self, column: Column, value: JSON, numbers: Sequence[int], *before: Command
    ) -> None:
        """One step of undo, however many items; `before` is carried out with it."""
        ids = await self.source.ids(numbers)
        if ids and await self.execute(
            *before, SetValues(item_ids=tuple(ids), values={column.id: value})
        ):
            self.last_edit = (column.id, value)
            if len(ids) > 1:
                self.live.tell(f"{column.title} of {self.noun(len(ids))} is set. u undoes it.")

    @asks
    async def action_repeat(self) -> None:
        """Set the value that was set last, here."""
        if self.last_edit is None:
            self.live.tell("Nothing to repeat yet: . sets again the value that was set last.")
            return
        column = self.source.column(self.last_edit[0])
        if column is not None:
            await self.set_value(column, self.last_edit[1], self.chosen())

    @asks
    async def action_clear_value(self) -> None:
        """Empty the cell under the cursor, in all selected items."""
        column = self.source.column(self.shown.column_id)
        if column is None:
            self.live.tell("An item keeps its name. Choose another column to clear its value.")
        else:
            await self.set_value(column, None, self.chosen())


def item_name(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid("A name needs at least one letter.")
    return name
