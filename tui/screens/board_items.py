"""The board screen's actions on whole items: move, copy, duplicate, put away, undo, show subitems."""

from collections.abc import Sequence

from textual import on

from engine.clock import new_id
from engine.columns.registry import column_type
from engine.commands.items import (
    ArchiveItems,
    DuplicateItems,
    MoveItems,
    TrashItems,
)
from engine.model.item import Item
from engine.model.text import clean_line
from engine.queries.board_view import OpenBoard
from engine.queries.home import Boards
from tui.lane_moves import move_to_lane
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.widgets.board_messages import DropItem, ToggleSubitems
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm

MOST_COPIED = 20_000
ELSEWHERE = "elsewhere"


class ItemActions(BoardBase):
    """`chosen()` says which items an action is about: the selection, or the one under the cursor."""

    async def action_move_down(self, count: int = 1) -> None:
        await self.move_by(count)

    async def action_move_up(self, count: int = 1) -> None:
        await self.move_by(-count)

    async def move_by(self, by: int) -> None:
        """The chosen items so many places down in their lane (up if negative); at its end to the next lane."""
        if self.kanban is not None and self.kind == "kanban":
            self.kanban.shift_card(by)
            return
        if not self._may_move():
            return
        numbers = self.in_order(self.chosen())
        if not numbers:
            return
        target = self.source.lane_of(numbers[-1] if by > 0 else numbers[0], self.shown.lane_key)
        if target is None:
            return
        lane, row = target
        rest = [n for n in self.source.lanes[lane].numbers if n not in set(numbers)]
        first = row + 1 - len(numbers) if by > 0 else row
        wanted = max(first, 0) + by
        if wanted > len(rest) and lane + 1 < len(self.source.lanes):
            await self.move_to(lane + 1, None, numbers)
        elif wanted < 0 and lane > 0:
            above = self.source.lanes[lane - 1].numbers
            await self.move_to(lane - 1, above[-1] if above else None, numbers)
        else:
            wanted = min(max(wanted, 0), len(rest))
            await self.move_to(lane, rest[wanted - 1] if wanted else None, numbers)

    async def move_to(self, lane: int, after: int | None, numbers: Sequence[int]) -> None:
        """Into this lane behind item `after` (None: to its first place)."""
        key = self.source.lanes[lane].key
        ids = await self.source.ids(numbers)
        behind = "" if after is None else "".join(await self.source.ids([after]))
        if not ids or behind in ids:
            return
        if await self.execute(MoveItems(item_ids=tuple(ids), group_id=key, after=behind)):
            if self.source.cursor is not None:
                self.shown.follow(self.source.cursor, key)
            await self.caught_up()

    @asks
    async def action_move_to_group(self) -> None:
        """Choose a group, and its first or last place, or another board, and move the chosen items there."""
        numbers = self.in_order(self.chosen())
        if not numbers:
            return
        places = [
            Choosable(f"{place}:{group.id}", f"{group.name}, {words}")
            for group in self.source.frame.groups
            for place, words in (("last", "at the end"), ("first", "at the top"))
        ]
        places.append(Choosable(ELSEWHERE, "another board…"))
        what = self.noun(len(numbers))
        chosen = await self.ask(Choice(f"Move {what} to", places))
        ids = tuple(await self.source.ids(numbers))
        if not chosen or not ids:
            return
        if chosen == ELSEWHERE:
            await self._move_to_board(ids, what)
            return
        place, _, group_id = chosen.partition(":")
        after = "" if place == "first" else None
        await self.execute(MoveItems(item_ids=ids, group_id=group_id, after=after))

    async def _move_to_board(self, ids: tuple[str, ...], what: str) -> None:
        """Choose a board and one of its groups; the items go behind all that are there."""
        others = {
            one.board.id: one.board.name
            for one in await self.live.query(Boards())
            if one.board.id != self.source.board_id
        }
        if not others:
            self.live.tell("There is no other board.")
            return
        boards = [Choosable(id, clean_line(name)) for id, name in others.items()]
        board_id = await self.ask(Choice(f"Move {what} to", boards))
        if not board_id:
            return
        frame = await self.live.query(OpenBoard(board_id=board_id))
        groups = [Choosable(group.id, clean_line(group.name)) for group in frame.groups]
        name = clean_line(others[board_id])
        group_id = await self.ask(Choice(f"Into which group of “{name}”?", groups))
        if group_id and await self.execute(MoveItems(item_ids=ids, group_id=group_id)):
            self.live.tell(f"Moved {what} to “{name}”. u undoes it.")

    @on(DropItem)
    def _drop_item(self, message: DropItem) -> None:
        message.stop()
        if self.source.lane_by != "group" or self._may_move():
            self.run_worker(
                move_to_lane(
                    self.source, message.number, message.lane_key, message.after, message.origin
                )
            )

    def _may_move(self) -> bool:
        if self.source.sorts:
            self.live.tell(
                "The view is sorted, so items have no place of their own. Take the sort off first."
            )
            return False
        if self.source.lane_by != "group":
            self.live.tell("Lanes are made of a column here: edit the value to move the item.")
            return False
        return True

    @asks
    async def action_copy(self) -> None:
        """The cell under the cursor, or the selected rows with tabs between their values."""
        if not self.source.selected:
            row = await self.current()
            if row is not None:
                self.copy_text(self._cell_text(row.item, self.shown.column_id), "The cell")
            return
        if len(self.source.selected) > MOST_COPIED:
            self.live.tell(f"Up to {MOST_COPIED:,} rows can be copied. Export the view instead.")
            return
        lines = [self._row_text(None)]
        async for row in self.source.rows(self.in_order(self.source.selected)):
            lines.append(self._row_text(row.item))
        self.copy_text("\n".join(lines), self.noun(len(lines) - 1))

    def _cell_text(self, item: Item, column_id: str) -> str:
        column = self.source.column(column_id)
        if column is None:
            return item.name
        value = item.values.get(column.id)
        if value is None:
            return ""
        return column_type(column.type).text(value, self.source.surroundings(column))

    def _row_text(self, item: Item | None) -> str:
        columns = [column for column in self.source.frame.columns if column.id not in self.hidden]
        if item is None:
            return "\t".join(["Name", *(column.title for column in columns)])
        cells = [self._cell_text(item, column.id) for column in columns]
        return "\t".join(clean_line(text) for text in (item.name, *cells))

    @asks
    async def action_trash(self) -> None:
        await self._put_away("the trash", "Trash")

    @asks
    async def action_archive(self) -> None:
        await self._put_away("the archive", "Archive")

    async def _put_away(self, where: str, yes: str) -> None:
        numbers = self.chosen()
        if not numbers:
            self.live.tell("Put the cursor on an item first.")
            return
        count = self.noun(len(numbers))
        if len(numbers) > 1:
            question = Confirm(f"Move {count} to {where}?", yes=yes, note="u brings them back.")
            if not await self.ask(question):
                return
        ids = tuple(await self.source.ids(numbers))
        command = TrashItems(item_ids=ids) if yes == "Trash" else ArchiveItems(item_ids=ids)
        if await self.execute(command):
            self.source.selected -= set(numbers)
            self.live.tell(f"{count} moved to {where}. u undoes it.")

    @asks
    async def action_duplicate(self) -> None:
        ids = await self.source.ids(self.in_order(self.chosen()))
        copies = tuple(new_id() for _ in ids)
        if ids and await self.execute(DuplicateItems(item_ids=tuple(ids), copy_ids=copies)):
            await self.follow_new(copies[0], self.shown.lane_key)

    async def action_undo(self) -> None:
        await self.live.undo()

    async def action_redo(self) -> None:
        await self.live.redo()

    @asks
    async def action_toggle_subitems(self) -> None:
        if self.source.cursor is not None:
            parent = self.source.parent_of(self.source.cursor)
            await self.toggle_subitems(parent or self.source.cursor)

    @on(ToggleSubitems)
    def _toggle_subitems(self, message: ToggleSubitems) -> None:
        message.stop()
        self.run_worker(self.toggle_subitems(message.number))

    async def toggle_subitems(self, number: int) -> None:
        if number in self.source.expanded:
            self.source.collapse(number)
            self.shown.follow(number)
        else:
            await self.source.expand(number)
        self.shown.show()
