"""The last gate before the terminal: what other people wrote cannot speak to it.

Text is cleaned where it enters the engine. Whatever slipped past (an older file, a file name, a message of
the system) loses its controls, escape sequences and bidi characters here, in every widget alike.
"""

from functools import lru_cache
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from engine.model.text import clean_text
from tui.glyphs import in_ascii

_LINE_CONTROLS: Final = dict.fromkeys(map(ord, "\n\t"))


@lru_cache(8192)
def safe(text: str) -> str:
    """The text without anything that a terminal would obey, taking exactly as many cells as before."""
    if text.isprintable():  # one C loop, and true of nearly everything
        return text
    kept = clean_text(text).translate(_LINE_CONTROLS)
    return set_cell_size(kept, cell_len(text))


class SafeText(LineFilter):
    """Passes every piece of every line through `safe`; without `unicode` also into ASCII. Drops links,
    whose addresses the terminal would be handed as they are."""

    def __init__(self, *, unicode: bool) -> None:
        super().__init__()
        self._say = safe if unicode else _safe_ascii

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        say = self._say
        return [
            Segment(
                say(text), style if style is None or not style.link else style.update_link(None)
            )
            for text, style, _ in segments
        ]


@lru_cache(8192)
def _safe_ascii(text: str) -> str:
    return in_ascii(safe(text))
