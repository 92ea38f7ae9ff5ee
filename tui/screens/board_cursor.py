"""The board screen's actions that move the cursor and the selection, and change nothing on the board."""

from itertools import chain

from textual import on

from engine.errors import Invalid
from engine.queries.item_detail import FindItems
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.widgets.board_messages import CursorMoved
from tui.widgets.prompt import Prompt


class CursorActions(BoardBase):
    """Counts (`5j`) come as `count`."""

    @on(CursorMoved)
    def _cursor_moved(self, message: CursorMoved) -> None:
        message.stop()
        self.be_here()
        self.show_title()

    async def action_down(self, count: int = 1) -> None:
        await self.shown.move(count)

    async def action_up(self, count: int = 1) -> None:
        await self.shown.move(-count)

    def action_left(self, count: int = 1) -> None:
        self.shown.move_column(-count)

    def action_right(self, count: int = 1) -> None:
        self.shown.move_column(count)

    def action_first_column(self) -> None:
        self.shown.move_column(-1_000)

    def action_last_column(self) -> None:
        self.shown.move_column(1_000)

    async def action_screen_down(self, count: int = 1) -> None:
        await self.shown.move_page(count)

    async def action_screen_up(self, count: int = 1) -> None:
        await self.shown.move_page(-count)

    async def action_half_page_down(self, count: int = 1) -> None:
        await self.shown.move_page(count / 2)

    async def action_half_page_up(self, count: int = 1) -> None:
        await self.shown.move_page(-count / 2)

    async def action_first(self) -> None:
        await self.shown.go_first()

    async def action_last(self) -> None:
        await self.shown.go_last()

    async def action_next_group(self, count: int = 1) -> None:
        await self.shown.move_lane(count)

    async def action_previous_group(self, count: int = 1) -> None:
        await self.shown.move_lane(-count)

    def action_center(self) -> None:
        self.shown.center()

    # -- going to an item -------------------------------------------------------------------------

    @asks
    async def action_go_to_number(self) -> None:
        """Ask for a number and go there."""
        answer = await self.ask(
            Prompt(_item_number, title="Go to item", hint="its number, like 12")
        )
        if answer is not None:
            await self.go_to(answer.value, f"#{answer.value}")

    async def go_to(self, number: int, tag: str) -> None:
        """To this item if the view shows it; says so if it does not."""
        if not await self.shown.go_to(number):
            self.live.tell(f"{tag} is not on this board, or the filter hides it.", error=True)

    async def action_set_mark(self, letter: str) -> None:
        """Remember the item under the cursor under a letter, as long as the board is open. By its id: what was made
        offline gets another number."""
        row = await self.current()
        if row is not None:
            self.marks[letter] = row.item.id
            self.live.tell(f"Mark {letter} is set on {row.item.tag}.")

    async def action_go_to_mark(self, letter: str) -> None:
        marked = self.marks.get(letter)
        found = await self.live.query(FindItems(ids=(marked,))) if marked else []
        if found:
            await self.go_to(found[0].number, found[0].tag)
        else:
            self.live.tell(f"There is no mark {letter} on this board. m {letter} sets it.")

    # -- selecting --------------------------------------------------------------------------------

    async def action_select(self, count: int = 1) -> None:
        """Turn the selection of this item (and those below it) over, and go on."""
        for _ in range(count):
            self.shown.toggle_mark()
            await self.shown.move(1)
        self.show_title()

    def action_select_range(self) -> None:
        self.shown.start_range()
        self.show_title()

    def action_select_group(self) -> None:
        """All items of the lane under the cursor, besides those selected already."""
        lane = next((lane for lane in self.source.lanes if lane.key == self.shown.lane_key), None)
        if lane is not None:
            self.select({*self.source.selected, *lane.numbers})

    def action_select_all(self) -> None:
        """All items that the filter shows."""
        self.select(set(chain.from_iterable(lane.numbers for lane in self.source.lanes)))

    def action_select_none(self) -> None:
        self.select(())

    def select(self, numbers: "set[int] | tuple[()]") -> None:
        self.shown.select(numbers)
        self.show_title()


def _item_number(text: str) -> int:
    digits = text.strip().lstrip("#")
    if not digits.isdecimal():
        raise Invalid(f"“{text.strip()}” is not a number. Type the item’s number, like 12.")
    return int(digits)
