"""The board screen's actions on the order of its items: by one column, or by several."""

from collections.abc import Iterator

from textual import on

from engine.model.view import Sort
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.widgets.board_messages import SortBy
from tui.widgets.choice import Choice, Choosable

ITEM_FIELDS = (
    Choosable("name", "Name"),
    Choosable("created", "Created", "when it was made"),
    Choosable("updated", "Updated", "when it was last changed"),
    Choosable("number", "Number"),
)
NO_SORT = Choosable("-", "As on the board", "no sort")


class SortingActions(BoardBase):
    """A sort is how one person looks at the board; the order of the board itself stays."""

    def action_sort(self) -> None:
        """By the column under the cursor alone: up, then down, then not at all."""
        self.sort_by(self.shown.column_id)

    @on(SortBy)
    def _sort_by(self, message: SortBy) -> None:
        message.stop()
        self.sort_by(message.column_id)

    def sort_by(self, column_id: str) -> None:
        sorts = self.source.sorts
        alone = sorts if len(sorts) == 1 and sorts[0].column == column_id else ()
        self.order_by(turned(alone, column_id))

    def order_by(self, sorts: tuple[Sort, ...]) -> None:
        self.source.sorts = sorts
        self.reload()

    @asks
    async def action_sort_by(self) -> None:
        """Choose columns one after the other: the first sorts first, the next what is equal in it."""
        hint = "enter: up, down, off · the first chosen sorts first · esc done"
        while True:
            chosen = await self.ask(Choice("Sort by", list(self._sortable()), hint=hint))
            if chosen is None:
                return
            if chosen == NO_SORT.id:
                self.order_by(())
                return
            self.order_by(turned(self.source.sorts, chosen))

    def _sortable(self) -> Iterator[Choosable]:
        """What sorts now, in its order; then everything that could."""
        columns = [Choosable(column.id, column.title) for column in self.source.frame.columns]
        known = {one.id: one for one in (*columns, *ITEM_FIELDS)}
        for place, sort in enumerate(self.source.sorts, 1):
            if sort.column in known:
                way = "down" if sort.descending else "up"
                yield known.pop(sort.column)._replace(note=f"{place} · {way}")
        if self.source.sorts:
            yield NO_SORT
        yield from known.values()


def turned(sorts: tuple[Sort, ...], column_id: str) -> tuple[Sort, ...]:
    """The column sorts up after the others; if it did, down in its place; if it did that, not any more."""
    for place, sort in enumerate(sorts):
        if sort.column == column_id:
            down = () if sort.descending else (Sort(column_id, descending=True),)
            return (*sorts[:place], *down, *sorts[place + 1 :])
    return (*sorts, Sort(column_id))
