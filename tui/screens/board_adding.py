"""The board screen's actions that make items: below, above, at the end, as subitems, by pasting lines."""

from collections.abc import Awaitable, Callable

from textual import events, on
from textual.geometry import Region

from engine.columns.registry import column_type
from engine.commands.items import (
    AddItems,
    NewItem,
)
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import clean_line
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.screens.board_editing import item_name
from tui.widgets.board_messages import AddToLane
from tui.widgets.prompt import Prompt

MOST_PASTED = 1_000


class AddingActions(BoardBase):
    """New items get the value of the lane they are added to."""

    @asks
    async def action_add_below(self) -> None:
        await self.add_here()

    @asks
    async def action_add_above(self) -> None:
        await self.add_here(above=True)

    @asks
    async def action_add_subitem(self) -> None:
        row = await self.current()
        if row is None:
            return
        parent_number = self.source.parent_of(row.item.number) or row.item.number
        parent_id = row.item.parent_id or row.item.id

        async def add(name: str) -> None:
            command = AddItems(
                group_id=row.item.group_id, parent_id=parent_id, items=(NewItem(name=name),)
            )
            if await self.execute(command):
                await self.source.expand(parent_number)
                self.reload()

        await self._ask_names("New subitem", add)

    @on(AddToLane)
    def _add_to_lane(self, message: AddToLane) -> None:
        message.stop()
        self.run_worker(self.add_at_end(message.lane_key))

    async def add_here(self, *, above: bool = False) -> None:
        """New items below (or above) the one under the cursor; at the end of the lane elsewhere."""
        row = None if self.source.cursor is None else await self.current()
        key = self.shown.lane_key
        if key is None:
            self.live.tell("Add a group first: a board keeps its items in groups.")
        elif row is None:
            await self.add_at_end(key)
        else:
            item = row.item
            after = await self._neighbour_above(item) if above else item.id
            await self._add_names(key, item.group_id, item.parent_id, after)

    async def add_at_end(self, lane_key: str) -> None:
        """New items at the end of the lane, one after the other, until esc."""
        await self._add_names(lane_key, self.group_for(lane_key), None, None)

    async def _add_names(
        self, lane_key: str, group_id: str, parent_id: str | None, after: str | None
    ) -> None:
        behind = after

        async def add(name: str) -> None:
            nonlocal behind
            new = NewItem(name=name, values=self.lane_value(lane_key))
            if await self.execute(
                AddItems(group_id=group_id, parent_id=parent_id, items=(new,), after=behind)
            ):
                behind = None if after is None else new.id
                await self.follow_new(new.id, lane_key)
                await self.caught_up()

        await self._ask_names(f"New {self.source.frame.board.item_noun}", add)

    async def _ask_names(self, title: str, add: Callable[[str], Awaitable[None]]) -> None:
        """Name after name until esc, each handed to `add`."""

        async def added(name: str) -> None:
            await add(name)
            prompt.at = self._below_cursor()
            prompt.place()

        prompt = Prompt(
            item_name,
            title=title,
            hint="enter adds · esc done",
            at=self._below_cursor(),
            again=added,
        )
        await self.ask(prompt)

    def _below_cursor(self) -> Region:
        """The line below the cursor's item, for the name of the next one."""
        region = self.shown.cursor_region()
        return region if self.source.cursor is None else region.translate((0, 1))

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
