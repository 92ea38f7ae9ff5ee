"""Sends only the cells that changed: Textual draws from a widget's left edge up to them.

On a kanban that is the difference between two cards and all lanes left of them.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate


class ExactUpdate(ChopsUpdate):
    """Draws the same as the update that it is made from, with each span cut at both ends."""

    @classmethod
    def of(cls, update: ChopsUpdate) -> "ExactUpdate":
        return cls(update.chops, update.spans, update.chop_ends)

    def render_segments(self, console: Console) -> str:
        """Raw data for the terminal."""
        move_to = Control.move_to
        parts: list[str] = []
        for y, x1, x2 in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or x >= x2 or end <= x1:
                    continue
                start = max(x, x1)
                cut = strip.crop(start - x, min(end, x2) - x)
                parts += (move_to(start, y).segment.text, cut.render(console))
        return "".join(parts)
