"""Sends only the cells that changed, and those of one style together.

Textual draws from a widget's left edge up to what changed; and it draws a row from left to right, with each
label's colours and the way back from them. A page of a table has a dozen styles in it, but five hundred
changes between them: drawn style by style it is half as long (docs/benchmarks.md).
"""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip


class Run(NamedTuple):
    """A piece of a line in one style, at a place of the screen."""

    y: int
    x: int
    text: str
    style: Style | None


class ExactUpdate(ChopsUpdate):
    """Draws the same as the update that it is made from."""

    @classmethod
    def of(cls, update: ChopsUpdate) -> "ExactUpdate":
        return cls(update.chops, update.spans, update.chop_ends)

    def render_segments(self, console: Console) -> str:
        """Raw data for the terminal."""
        by_style: dict[Style | None, list[Run]] = {}
        for run in self._runs():
            by_style.setdefault(run.style, []).append(run)
        parts: list[str] = []
        for style, runs in by_style.items():
            at = (-1, -1)
            for run in runs:
                if at != (run.y, run.x):
                    parts.append(_go_to(run, at))
                parts.append(_render(style, run.text, console))
                at = (run.y, run.x + cell_len(run.text)) if run.text.isascii() else (-1, -1)
        return "".join(parts)

    def _runs(self) -> Iterator[Run]:
        for y, x1, x2 in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is not None and x < x2 and end > x1:
                    start = max(x, x1)
                    yield from _joined(y, start, strip.crop(start - x, min(end, x2) - x))


def _joined(y: int, x: int, strip: Strip) -> Iterator[Run]:
    """Neighbours that look the same as one; blanks take the style before them where its ground is theirs."""
    text, style, start = "", None, x
    for segment in strip:
        if not segment.text or segment.control:
            continue
        if text and (segment.style == style or _is_ground(segment, style)):
            text += segment.text
        else:
            if text:
                yield Run(y, start, text, style)
            text, style, start = segment.text, segment.style, x
        x += cell_len(segment.text)
    if text:
        yield Run(y, start, text, style)


def _is_ground(segment: Segment, style: Style | None) -> bool:
    """Blanks show nothing but their ground, unless something is drawn through them."""
    own = segment.style
    if own is None or style is None or segment.text.strip(" "):
        return False
    return own.bgcolor == style.bgcolor and not any(map(_is_seen_on_blanks, (own, style)))


def _is_seen_on_blanks(style: Style) -> bool:
    return bool(
        style.underline or style.underline2 or style.reverse or style.strike or style.overline
        or style.blink or style.frame or style.encircle or style.link
    )  # fmt: skip


def _go_to(run: Run, at: tuple[int, int]) -> str:
    """To the column alone where the line is right."""
    if at[0] == run.y:
        return f"\x1b[{run.x + 1}G"
    return f"\x1b[{run.y + 1};{run.x + 1}H"


def _render(style: Style | None, text: str, console: Console) -> str:
    if style is None:
        return text
    return Strip.render_style(style, text, console._color_system or ColorSystem.TRUECOLOR)
