"""The app as a guest in somebody's terminal: fit or not, with or without colour, left as it was found."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual._compositor import ChopsUpdate
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import Widget

from tui.clipboard import osc52
from tui.crash import write_report
from tui.driver import TerminalDriver, terminal_stream
from tui.exact_update import ExactUpdate
from tui.keys_in_turn import KeysInTurn
from tui.safe import SafeText

Result = TypeVar("Result")
PLAIN_GROUNDS: Final = ("background", "surface", "panel", "footer-background")


class UnfitTerminal(Exception):
    """The screen cannot be shown here; the text says why and what else there is."""


def check_terminal(environment: Mapping[str, str] = os.environ) -> None:
    """Raises UnfitTerminal where drawing a screen would only make a mess."""
    if not (sys.__stdin__ and sys.__stdin__.isatty() and terminal_stream()):
        raise UnfitTerminal(
            "The app needs a terminal to draw on. For pipes and scripts use the commands: conneqtos --help"
        )
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        raise UnfitTerminal(
            f"This terminal (TERM={environment.get('TERM', '')}) cannot move its cursor. Set TERM to what "
            "it really is, or use the commands: conneqtos --help"
        )


def speaks_unicode(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale says that letters beyond ASCII can be shown."""
    if not environment.get("LC_ALL") and environment.get("LANG") in ("C", "POSIX"):
        return False  # whatever LC_CTYPE says: Python itself puts C.UTF-8 there (PEP 538)
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if environment.get(name):
            return "utf" in environment[name].lower()
    return False


class Attributes(LineFilter):
    """NO_COLOR made real: no colour at all is sent, only bold, dim, underline and reverse. What stands on
    a ground of its own (the cursor, labels, selections) is reversed."""

    def __init__(self, app: "TerminalApp[Any]") -> None:
        super().__init__()
        self._app = app
        self._plain: dict[Style, Style] = {}
        self._theme = ""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if self._theme != self._app.theme:
            self._theme = self._app.theme
            self._plain.clear()
        return [Segment(text, self._without_color(style), None) for text, style, _ in segments]

    def _without_color(self, style: Style | None) -> Style:
        if style is None:
            return Style.null()
        found = self._plain.get(style)
        if found is None:
            found = self._plain[style] = Style(
                bold=style.bold, dim=style.dim, italic=style.italic, underline=style.underline,
                strike=style.strike, reverse=bool(style.reverse) != self._stands_out(style),
            )  # fmt: skip
        return found

    def _stands_out(self, style: Style) -> bool:
        ground = style.bgcolor
        if ground is None or ground.triplet is None:
            return False
        variables = self._app.theme_variables
        plain = {Color.parse(variables[name]).rgb for name in PLAIN_GROUNDS if name in variables}
        return tuple(ground.triplet) not in plain


class TerminalApp(KeysInTurn[Result]):
    """`crash_folder` takes crash reports; `without_color` follows NO_COLOR (https://no-color.org)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
        Binding("ctrl+l", "redraw", "Draw the screen anew", show=False, priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = (
        False  # a drag moves things here; selecting would draw the whole screen at each move
    )

    def __init__(self, *, crash_folder: Path | None = None) -> None:
        self.without_color = bool(os.environ.get("NO_COLOR"))
        self.crash_folder = crash_folder
        super().__init__(driver_class=TerminalDriver)
        self.animation_level = "none"  # nothing moves: every frame is traffic over SSH
        self._disable_tooltips = True  # hiding one that is not shown lays out the whole screen
        if self.without_color:
            self._filters = [Attributes(self)]
        self._filters.append(SafeText(unicode=speaks_unicode()))

    def action_redraw(self) -> None:
        """Wipe the terminal and draw everything: after another program has written over it."""
        if self._driver is not None:
            self._driver.write("\x1b[2J")
        self.refresh(layout=True)
        for screen in self.screen_stack:
            _draw_again(screen)

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """Textual takes the next screen for visible even below an opaque one, and draws all for its sake."""
        opaque = bool(self.screen_stack) and self.screen.styles.background.a == 1
        return [] if opaque else super()._background_screens

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate):
            renderable = ExactUpdate.of(renderable)
        super()._display(screen, renderable)

    @on(Driver.SignalResume)
    def _draw_after_resume(self) -> None:
        """The shell has written over the screen while the app was suspended."""
        self.action_redraw()

    def copy_to_clipboard(self, text: str) -> None:
        """Hand the text to the terminal; `copied` says what became of it."""
        self.copied(text)

    def copied(self, text: str) -> str:
        """Copy, and say truthfully what is known: whether the terminal takes it nobody can tell."""
        sequence = osc52(text)
        if sequence is None:
            return "That is too much for the terminal’s clipboard. Export it to a file instead."
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(sequence)
        return "Sent to the terminal’s clipboard."

    def _fatal_error(self) -> None:
        """A crash: one sentence on the terminal, and a report without content in the state folder."""
        error = sys.exc_info()[1] or self._exception
        path = None
        if error is not None and self.crash_folder is not None:
            path = write_report(error, self.crash_folder)
        where = f" A report without your content is in {path}." if path else ""
        sentence = (
            f"ConneqtOS stopped because of a fault of its own. What you did is stored.{where}"
        )
        self._exit_renderables.append(sentence)
        self._close_messages_no_wait()


def _draw_again(widget: Widget) -> None:
    widget.refresh(repaint=True)
    for child in widget.walk_children(Widget):
        child.refresh(repaint=True)
