"""The board as kanban: lanes by a column or by group, with cards that show what is set, and moving them."""

from textual import events

from tui.widgets.card_content import DENSITIES
from tui.widgets.kanban_mouse import KanbanMouse


class KanbanView(KanbanMouse, can_focus=True):
    """Give it a loaded source, and call `show()` after every load. What it asks for comes as the messages
    of `board_messages`; it writes nothing itself."""

    def next_density(self) -> str:
        """From low cards to high ones and round again; comes back with the name of the new density."""
        names = list(DENSITIES)
        self.density = names[(names.index(self.density) + 1) % len(names)]
        self.forget_drawing()
        self.show()
        return self.density

    async def on_key(self, event: events.Key) -> None:
        """Esc gives up a drag before it means anything else."""
        if event.key == "escape" and self.dragging:
            event.stop()
            event.prevent_default()
            self.cancel_drag()
