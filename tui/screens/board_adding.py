"""The board screen's actions that make items: below, above, at the end, as subitems, by pasting lines."""

from textual import events, on, work

from engine.columns.registry import column_type
from engine.commands.items import (
    AddItems,
    NewItem,
)
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import clean_line
from tui.screens.board_base import BoardBase
from tui.screens.board_editing import item_name
from tui.widgets.board_messages import AddToLane
from tui.widgets.prompt import Prompt

MOST_PASTED = 1_000


class AddingActions(BoardBase):
    """New items get the value of the lane they are added to."""

    @work
    async def action_add_below(self) -> None:
        await self.add_here()

    @work
    async def action_add_above(self) -> None:
        await self.add_here(above=True)

    @work
    async def action_add_subitem(self) -> None:
        row = await self.current()
        if row is None:
            return
        parent = row.item.parent_id or row.item.id
        number = self.source.parent_of(row.item.number) or row.item.number
        name = await self._ask_name("New subitem")
        if name is not None and await self.execute(
            AddItems(group_id=row.item.group_id, parent_id=parent, items=(NewItem(name=name),))
        ):
            await self.source.expand(number)
            self.reload()

    @on(AddToLane)
    def _add_to_lane(self, message: AddToLane) -> None:
        message.stop()
        self.run_worker(self.add_at_end(message.lane_key))

    async def add_here(self, *, above: bool = False) -> None:
        """A new item below (or above) the one under the cursor; at the end of the lane elsewhere."""
        row = None if self.source.cursor is None else await self.current()
        key = self.shown.lane_key
        if key is None:
            self.live.tell("Add a group first: a board keeps its items in groups.")
        elif row is None:
            await self.add_at_end(key)
        else:
            after = await self._neighbour_above(row.item) if above else row.item.id
            await self._add(key, row.item.group_id, row.item.parent_id, after)

    async def add_at_end(self, lane_key: str) -> None:
        """Ask for names at the end of the lane, one after the other, until esc."""
        group_id = self.group_for(lane_key)
        while await self._add(lane_key, group_id, None, None):
            await self.caught_up()

    async def _add(
        self, lane_key: str, group_id: str, parent_id: str | None, after: str | None
    ) -> bool:
        name = await self._ask_name(f"New {self.source.frame.board.item_noun}")
        if name is None:
            return False
        new = NewItem(name=name, values=self.lane_value(lane_key))
        added = await self.execute(
            AddItems(group_id=group_id, parent_id=parent_id, items=(new,), after=after)
        )
        if added:
            await self.follow_new(new.id, lane_key)
        return added

    async def _ask_name(self, title: str) -> str | None:
        at = self.shown.cursor_region()
        answer = await self.app.push_screen_wait(
            Prompt(item_name, title=title, hint="enter add · esc done", at=at)
        )
        return None if answer is None else answer.value

    async def _neighbour_above(self, item: Item) -> str:
        """The id of the item above in the same group, or "" for the first place."""
        found = self.source.lane_of(item.number, self.shown.lane_key)
        if found is None or found[1] == 0:
            return ""
        above = self.source.lanes[found[0]].numbers[found[1] - 1]
        return "".join(await self.source.ids([above]))

    def group_for(self, lane_key: str) -> str:
        """The group that new items of a lane go to: the lane itself, or the first group of the board."""
        if self.source.lane_by == "group":
            return lane_key
        row = None if self.source.cursor is None else self.source.row(self.source.cursor)
        return row.item.group_id if row else self.source.frame.groups[0].id

    def lane_value(self, lane_key: str) -> dict[str, JSON]:
        """What an item of the lane has in the column that makes the lanes."""
        column = self.source.column(self.source.lane_by)
        if column is None or not lane_key:
            return {}
        return {column.id: [lane_key] if column_type(column.type).many else lane_key}

    def on_paste(self, event: events.Paste) -> None:
        """Each line that is pasted becomes an item, all of them one step of undo."""
        event.stop()
        names = [line for text in event.text.splitlines() if (line := clean_line(text))]
        if names:
            self.run_worker(self.add_pasted(names))

    async def add_pasted(self, names: list[str]) -> None:
        key = self.shown.lane_key
        if key is None or not self.source.can_edit:
            self.live.tell("There is no group here to paste items into.", error=True)
            return
        if len(names) > MOST_PASTED:
            self.live.tell(
                f"{len(names):,} lines are too many to paste; up to {MOST_PASTED:,} become items. "
                "Import them as a CSV file instead.",
                error=True,
            )
            return
        row = None if self.source.cursor is None else await self.current()
        top = row.item if row is not None and row.item.parent_id is None else None
        new = tuple(NewItem(name=name, values=self.lane_value(key)) for name in names)
        group_id = self.group_for(key) if top is None else top.group_id
        after = None if top is None else top.id
        if await self.execute(AddItems(group_id=group_id, items=new, after=after)):
            self.live.tell(f"{self.noun(len(new))} added. u undoes it.")
            await self.follow_new(new[0].id, key)
