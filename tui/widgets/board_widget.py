"""What the board screen asks of the widget that shows the board, be it table or kanban."""

from collections.abc import Iterable
from typing import Protocol

from textual.geometry import Region


class BoardWidget(Protocol):
    """Both draw from one source and keep its cursor and selection."""

    @property
    def column_id(self) -> str:
        """The column under the cursor; `name` where there is none."""

    @property
    def lane_key(self) -> str | None:
        """The lane that the cursor is in."""

    def show(self) -> None:
        """Draw what the source holds now; the cursor stays on its item."""

    def show_rows(self, numbers: Iterable[int]) -> None:
        """Draw these rows again, where they are on the screen."""

    def window(self) -> list[int]:
        """The numbers of the items on the screen and near it."""

    def follow(self, number: int, lane_key: str | None = None) -> None:
        """Put the cursor on this item when it is next shown."""

    def cursor_region(self) -> Region:
        """Where on the screen an editor for the cursor's cell opens."""

    async def move(self, by: int) -> None: ...
    async def move_page(self, pages: float) -> None: ...
    async def move_lane(self, by: int) -> None: ...
    async def go_first(self) -> None: ...
    async def go_last(self) -> None: ...
    async def go_to(self, number: int, lane_key: str | None = None) -> bool:
        """To this item; False if the view does not show it."""

    def move_column(self, by: int) -> None: ...
    def center(self) -> None: ...
    def toggle_mark(self) -> None:
        """Select the item under the cursor, or no longer."""

    def start_range(self) -> None:
        """Select from here to where the cursor goes; once more ends that."""

    def select(self, numbers: Iterable[int]) -> None:
        """Make these the selection."""
