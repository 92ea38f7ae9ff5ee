"""The smallest app around one screen or widget: a live workspace, and what was told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.screen import Screen

from engine.api import Acting
from tui.keys_in_turn import KeysInTurn
from tui.live import Live, Told
from tui.stylesheet import stylesheet
from tui.themes import DARK


class OneScreen(KeysInTurn[None]):
    """`told` holds the sentences; `clipboard` is what was copied."""

    CSS_PATH = stylesheet()

    def __init__(self, acting: Acting) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.live = Live(self, acting)
        self.told: list[str] = []

    def on_told(self, message: Told) -> None:
        self.told.append(message.text)

    def copied(self, text: str) -> str:
        self.copy_to_clipboard(text)
        return "Sent to the terminal’s clipboard."


@asynccontextmanager
async def showing(
    acting: Acting, screen: Screen[object] | None = None, *, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Pilot[None]]:
    """The running app with `live` started. The engine stays open behind it."""
    app = OneScreen(acting)
    async with app.run_test(size=size) as pilot:
        app.live.preferences = {}
        stop = acting.subscribe(app.live._announce)
        if screen is not None:
            await app.push_screen(screen)
        yield pilot
        stop()


def drawn(pilot: Pilot[object]) -> str:
    """What stands on the screen, line by line."""
    width, height = pilot.app.size
    screen = pilot.app.screen
    strips = screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip)[:width] for strip in strips[:height]]
    return "\n".join(line.rstrip() for line in lines)
