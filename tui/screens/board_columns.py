"""The board screen's actions on columns: resize, move, hide, add, rename, remove."""

from collections.abc import Sequence

from textual import on

from engine.columns.registry import COLUMN_TYPES, column_type
from engine.commands.columns import AddColumn, EditColumn, MoveColumn, TrashColumn
from engine.errors import Invalid
from engine.model.column import Column
from engine.model.text import clean_line
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.widgets.board_messages import DropColumn, ResizeColumn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.prompt import Prompt
from tui.widgets.table_columns import NAME_COLUMN, NARROWEST, WIDEST

STEP = 2
"""Cells that one key makes a column wider or narrower."""


class ColumnActions(BoardBase):
    """Widths and hidden columns are the person's own; titles, types and order are the board's."""

    # -- widths and hidden ones -------------------------------------------------------------------

    def action_widen(self, count: int = 1) -> None:
        self._widen(STEP * count)

    def action_narrow(self, count: int = 1) -> None:
        self._widen(-STEP * count)

    def _widen(self, by: int) -> None:
        column = self.source.column(self.shown.column_id)
        if column is None:
            width = self.table.drawing.name_width
        else:
            width = self.table.plan.width(column)
        self.resize(NAME_COLUMN if column is None else column.id, width + by)
        self.remember()

    @on(ResizeColumn)
    def _resize_column(self, message: ResizeColumn) -> None:
        message.stop()
        self.resize(message.column_id, message.width)
        if message.settled:
            self.remember()

    def resize(self, column_id: str, width: int) -> None:
        self.widths[column_id] = min(max(width, NARROWEST), WIDEST)
        self.table.forget_drawing()

    def action_hide_column(self) -> None:
        column = self.source.column(self.shown.column_id)
        if column is None:
            self.live.tell("The name is always shown. Choose another column to hide it.")
            return
        self.hidden.add(column.id)
        self.table.forget_drawing()
        self.live.tell(f"{column.title} is hidden. It is shown again from the list of columns.")
        self.remember()

    @asks
    async def action_show_columns(self) -> None:
        """Choose columns to show or hide, one after the other."""
        while True:
            options = [
                Choosable(
                    column.id, column.title, "hidden" if column.id in self.hidden else "shown"
                )
                for column in self.source.frame.columns
            ]
            chosen = await self.ask(
                Choice("Columns", options, hint="enter shows or hides · esc done")
            )
            if chosen is None:
                return
            self.hidden ^= {chosen}
            self.table.forget_drawing()
            self.show_view()
            self.remember()

    # -- order ----------------------------------------------------------------------------------

    async def shift_column(self, by: int) -> None:
        """The column under the cursor so many places to the right."""
        columns = self.table.plan.columns
        column = self.source.column(self.shown.column_id)
        if column is None:
            self.live.tell("The name stays first. Choose another column to move it.")
            return
        at = columns.index(column)
        if 0 <= at + by < len(columns):
            before = columns[at + 1] if by > 0 else (columns[at - 2] if at > 1 else None)
            if await self.move_column(column, before):
                self.shown.move_column(by)

    @on(DropColumn)
    def _drop_column(self, message: DropColumn) -> None:
        message.stop()
        column = self.source.column(message.column_id)
        if column is not None:
            self.run_worker(self.move_column(column, self.source.column(message.after)))

    async def move_column(self, column: Column, before: Column | None) -> bool:
        """Behind another column, or to the first place."""
        after = "" if before is None else before.id
        return await self.execute(MoveColumn(column_id=column.id, after=after))

    # -- adding, renaming, removing -----------------------------------------------------------------

    @asks
    async def action_add_column(self) -> None:
        """Pick a type and name the column; it stands behind the one under the cursor."""
        types = [Choosable(kind.key, kind.title, kind.hint) for kind in COLUMN_TYPES.values()]
        key = await self.ask(Choice("New column: which kind?", types))
        if key is None:
            return
        title = column_type(key).title
        answer = await self.ask(
            Prompt(_title, title="Name of the column", text=title, hint="enter adds it")
        )
        if answer is None:
            return
        here = self.source.column(self.shown.column_id)
        command = AddColumn(
            board_id=self.source.board_id,
            type=key,
            title=answer.value,
            after=here.id if here else None,
        )
        if await self.execute(command):
            await self.caught_up()
            self._go_to_column(command.column_id)

    @asks
    async def action_rename_column(self) -> None:
        column = self.source.column(self.shown.column_id)
        if column is None:
            self.live.tell("Choose the column to rename first.")
            return
        answer = await self.ask(Prompt(_title, title="Name of the column", text=column.title))
        if answer is not None:
            await self.execute(EditColumn(column_id=column.id, title=answer.value))

    async def action_remove_column(self) -> None:
        """Its values stay in the trash for 30 days, and undo brings it back at once."""
        column = self.source.column(self.shown.column_id)
        if column is None:
            self.live.tell("The name cannot be removed. Choose another column.")
        elif await self.execute(TrashColumn(column_id=column.id)):
            self.live.tell(f"{column.title} moved to the trash. u undoes it.")

    def _go_to_column(self, column_id: str) -> None:
        ids: Sequence[str] = [column.id for column in self.table.plan.columns]
        if column_id in ids:
            self.table.go_column(ids.index(column_id) + 1)


def _title(text: str) -> str:
    title = clean_line(text)
    if not title:
        raise Invalid("A column needs a name.")
    return title
