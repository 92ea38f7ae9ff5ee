"""The item panel's actions on its name, its values and its subitems."""

from engine.columns.labels import as_setting, labels_of
from engine.columns.registry import column_type
from engine.commands.columns import EditColumn
from engine.commands.items import AddItems, NewItem, SetValues, TrashItems
from engine.errors import ConneqtError
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import JSON
from tui.external_editor import edit_outside
from tui.screens.asking import asks
from tui.screens.board_editing import item_name
from tui.screens.item_base import ItemBase
from tui.screens.meanwhile import Edited, Meanwhile
from tui.widgets.prompt import Prompt


class FieldActions(ItemBase, Meanwhile[int | None]):
    """Each edit is one command and one step of undo."""

    async def edit_column(self, column_id: str) -> None:
        """Open the column's editor over its value and carry out what comes of it."""
        column = self.source.column(column_id)
        if column is None or not self.may_edit():
            return
        item = self.source.item
        value = item.values.get(column.id)
        if column_type(column.type).editor == "toggle":
            await self._set(column, None if value else True)
            return
        from tui.widgets.editor_labels import NewLabel
        from tui.widgets.editors import editor_for

        at = self.source.surroundings(column)
        answer = await self.ask(
            editor_for(column, value, at, self.entries.cell_region(), column.title)
        )
        if isinstance(answer, NewLabel):
            labels = (*labels_of(column.settings), answer.label)
            settings = {**column.settings, "labels": as_setting(labels)}
            labelled = EditColumn(column_id=column.id, settings=settings)
            await self.keep(Edited(item, column, at), answer.value, labelled)
        elif answer is not None and answer.value != value:
            await self.keep(Edited(item, column, at), answer.value)

    async def edit_text_outside(self, column: Column) -> None:
        """An editor that ends badly leaves the text as it was."""
        if not self.may_edit():
            return
        kind, at = column_type(column.type), self.source.surroundings(column)
        item = self.source.item
        value = item.values.get(column.id)
        try:
            text = await edit_outside(self.app, "" if value is None else kind.text(value, at))
            parsed = value if text is None else kind.parse(text.rstrip("\n"), at)
        except ConneqtError as error:
            self.live.tell(str(error), title=error.title, error=True)
            return
        if parsed != value:
            await self.keep(Edited(item, column, at), parsed)

    async def clear_column(self, column_id: str) -> None:
        column = self.source.column(column_id)
        if column is not None and self.may_edit():
            await self._set(column, None)

    async def _set(self, column: Column, value: JSON) -> None:
        await self.execute(SetValues(item_ids=(self.source.item_id,), values={column.id: value}))

    async def rename(self, item: Item, title: str) -> None:
        """Edit a name where it stands."""
        if not self.may_edit():
            return
        answer = await self.ask(
            Prompt(item_name, text=item.name, title=title, at=self.entries.cell_region())
        )
        if answer is not None and answer.value != item.name:
            await self.keep(Edited(item), answer.value)

    @asks
    async def action_rename(self) -> None:
        self.entries.go_to("name")
        await self.rename(self.source.item, "Name")

    @asks
    async def action_add_subitem(self) -> None:
        await self.add_subitems()

    async def add_subitems(self) -> None:
        """Ask for subitems one after the other, until esc."""
        if self.source.item.parent_id is not None:
            self.live.tell("A subitem cannot have subitems of its own.")
            return
        if not self.may_edit():
            return
        self.entries.go_to("add:subitem")
        await self.ask(
            Prompt(
                item_name, title="New subitem", hint="enter add · esc done",
                at=self.entries.cell_region(), again=self._add_subitem,
            )
        )  # fmt: skip

    async def _add_subitem(self, name: str) -> None:
        item = self.source.item
        new = NewItem(name=name)
        await self.execute(AddItems(group_id=item.group_id, parent_id=item.id, items=(new,)))

    async def tick(self, item: Item) -> None:
        """Mark an item done, or open again."""
        values = self.source.tick(item)
        if values is None:
            self.live.tell(
                "This board has no column that says done: add a checkbox, or a status with a label "
                "that means done."
            )
        elif self.may_edit():
            await self.execute(SetValues(item_ids=(item.id,), values=values))

    async def trash_subitem(self, item: Item) -> None:
        if self.may_edit() and await self.execute(TrashItems(item_ids=(item.id,))):
            self.live.tell(f"“{item.name}” moved to the trash. u undoes it.")
