"""The item panel: one item with its values, subitems, files, comments and history, beside the board."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from engine.columns.registry import column_type
from tui.keys import bindings_for, keymap
from tui.screens.asking import asks
from tui.screens.item_comments import CommentActions
from tui.screens.item_fields import FieldActions
from tui.screens.item_files import FileActions
from tui.widgets.comments import Composer
from tui.widgets.entry_list import EntryList
from tui.widgets.status_line import StatusLine

WIDE_SCREEN = 100
"""Cells from which on the panel leaves the board in view."""
HINTS = ("open", "comment", "attach", "history", "next", "close", "help")
"""Actions whose keys the status line shows, the most helpful first."""


class ItemScreen(FieldActions, CommentActions, FileActions):
    """One list of entries: j and k go through all of it, enter does what the entry is there for."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("item", keymap())]
    scope = "item"

    def compose(self) -> ComposeResult:
        with Vertical(id="item-panel"):
            yield Static("", id="item-path", markup=False)
            yield EntryList()
            yield Composer()
            yield StatusLine(*HINTS)

    def on_mount(self) -> None:
        self.set_class(self.app.size.width >= WIDE_SCREEN, "wide")
        self.draft, _ = self.kept_draft()
        self.entries.focus()
        self.reload("name")

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE_SCREEN, "wide")
        if self.source.loaded:
            self.call_after_refresh(self.show_item)

    @property
    def may_change(self) -> bool:
        """Whether this person may change the item; not known before it is read."""
        return not self.source.loaded or self.source.can_edit

    async def show_item(self) -> None:
        await super().show_item()
        self.query_one(StatusLine).show()

    # -- going ----------------------------------------------------------------------------------

    def action_down(self, count: int = 1) -> None:
        self.entries.move(count)

    def action_up(self, count: int = 1) -> None:
        self.entries.move(-count)

    def action_first(self) -> None:
        self.entries.go_first()

    def action_last(self) -> None:
        self.entries.go_last()

    def action_page_down(self, count: int = 1) -> None:
        self.entries.move_page(count)

    def action_page_up(self, count: int = 1) -> None:
        self.entries.move_page(-count)

    def action_next_section(self) -> None:
        self.entries.move_section(1)

    def action_previous_section(self) -> None:
        self.entries.move_section(-1)

    async def action_next(self, count: int = 1) -> None:
        await self.go_beside(count)

    async def action_previous(self, count: int = 1) -> None:
        await self.go_beside(-count)

    async def go_beside(self, by: int) -> None:
        """To a neighbour, with the cursor on the same field."""
        neighbour = await self.source.neighbour(by)
        if neighbour is None:
            self.live.tell("This is the last item." if by > 0 else "This is the first item.")
        else:
            await self.go_to_item(neighbour, self.entries.key)

    async def go_to_item(self, item_id: str, key: str) -> None:
        await self.keep_draft()
        self.source.item_id = item_id
        self.draft, _ = self.kept_draft()
        self.reload(key)
        await self.all_shown()

    def action_history(self) -> None:
        """Show the history instead of the item, or the item again."""
        self.shows_history = not self.shows_history
        self.reload()

    async def action_close(self) -> None:
        """One level back: from the history to the item, from a subitem to its item, then to the board."""
        if self.shows_history:
            self.action_history()
            return
        parent = self.source.whole.parent if self.source.loaded else None
        if parent is not None:
            await self.go_to_item(parent.id, f"subitem:{self.source.item_id}")
            return
        await self.keep_draft()
        self.dismiss(self.source.item.number if self.source.loaded else None)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text becomes a comment to go on with."""
        event.stop()
        if self.may_edit():
            text, comment_id = self.kept_draft()
            self.open_composer(f"{text}{event.text}", comment_id)
            self.run_worker(self.keep_draft())

    def on_click(self, event: events.Click) -> None:
        """A click beside the panel closes it."""
        if event.widget is self:
            self.run_worker(self.action_close())

    # -- acting on the entry under the cursor -----------------------------------------------------

    @on(EntryList.Chosen)
    async def _chosen(self, message: EntryList.Chosen) -> None:
        message.stop()
        await self.action_open()

    @asks
    async def action_open(self) -> None:
        """What enter does: edit a value, open a subitem, save a file, add to a section."""
        kind, id = self.here
        subitem, attachment = self.subitem_here(), self.attachment_here()
        if subitem is not None:
            await self.go_to_item(subitem.id, "name")
        elif attachment is not None:
            await self.save_file(attachment)
        elif kind == "add":
            await self.add_to(id)
        else:
            await self.edit_here()

    async def add_to(self, section: str) -> None:
        """What the last line of a section does."""
        adding = {"subitem": self.add_subitems, "file": self.attach, "comment": self.write_comment}
        await adding[section]()

    @asks
    async def action_edit(self) -> None:
        await self.edit_here()

    @asks
    async def action_edit_outside(self) -> None:
        """Edit the long text under the cursor in the person's own editor."""
        kind, id = self.here
        column = self.source.column(id)
        if kind == "column" and column is not None and column.type == "long_text":
            await self.edit_text_outside(column)
        else:
            self.live.tell("Put the cursor on a long text first.")

    async def edit_here(self) -> None:
        """Edit the value, name or text under the cursor."""
        kind, id = self.here
        subitem, attachment, comment = (
            self.subitem_here(),
            self.attachment_here(),
            self.comment_here(),
        )
        if kind == "name":
            await self.rename(self.source.item, "Name")
        elif kind == "column":
            await self.edit_column(id)
        elif subitem is not None:
            await self.rename(subitem, "Name of the subitem")
        elif attachment is not None:
            await self.rename_file(attachment)
        elif comment is not None:
            self.edit_comment(comment)

    @asks
    async def action_tick(self) -> None:
        """Turn the subitem or the checkbox under the cursor; elsewhere the item itself."""
        kind, id = self.here
        subitem, column = self.subitem_here(), self.source.column(id)
        if subitem is not None:
            await self.tick(subitem)
        elif kind == "column" and column is not None and column.type == "checkbox":
            await self.edit_column(id)
        else:
            await self.tick(self.source.item)

    @asks
    async def action_clear(self) -> None:
        kind, id = self.here
        if kind == "column":
            await self.clear_column(id)

    @asks
    async def action_delete(self) -> None:
        """Put the subitem, file or comment under the cursor into the trash."""
        subitem, attachment, comment = (
            self.subitem_here(),
            self.attachment_here(),
            self.comment_here(),
        )
        if subitem is not None:
            await self.trash_subitem(subitem)
        elif attachment is not None:
            await self.remove_file(attachment)
        elif comment is not None:
            await self.delete_comment(comment)
        else:
            self.live.tell("Put the cursor on a subitem, a file or a comment to remove it.")

    def action_copy(self) -> None:
        """Copy what the entry under the cursor says."""
        text = self.text_here()
        if text:
            self.live.copy(text)

    def text_here(self) -> str:
        """The whole text of the entry under the cursor, not only what is drawn."""
        kind, id = self.here
        column, comment = self.source.column(id), self.comment_here()
        attachment, subitem = self.attachment_here(), self.subitem_here()
        if kind == "column" and column is not None:
            value = self.source.item.values.get(column.id)
            at = self.source.surroundings(column)
            return "" if value is None else column_type(column.type).text(value, at)
        if comment is not None:
            return comment.body
        if attachment is not None:
            return attachment.url or attachment.name
        return subitem.name if subitem is not None else self.source.item.name

    async def action_undo(self) -> None:
        await self.live.undo()

    async def action_redo(self) -> None:
        await self.live.redo()
