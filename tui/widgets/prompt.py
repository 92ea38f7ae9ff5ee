"""Asks for one line at a cell or in the middle: names, numbers, links, words; says at once what is wrong."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.geometry import Region
from textual.widgets import Input, Static

from engine.errors import ConneqtError
from tui.widgets.line_input import LineInput
from tui.widgets.popup import Popup

T = TypeVar("T")


class Answer(Generic[T]):
    """What was answered: wrapped, so that an empty value is not taken for leaving."""

    def __init__(self, value: T) -> None:
        self.value = value


class NextLine(LineInput):
    """A line that is empty again in the same step in which it is handed over: keys that have come already are the
    beginning of the next one."""

    async def action_submit(self) -> None:
        typed = self.value
        await super().action_submit()
        with suppress(ConneqtError):  # what has a mistake stays, and the prompt says which
            cast("Prompt[Any]", self.screen).read(typed)
            self.value = ""


class Prompt(Popup[Answer[T]], Generic[T]):
    """`read` makes the value of the typed line and raises a ConneqtError that says what is wrong with it.
    `preview` is shown below while typing. With `again` each line is handed to it, and the next one asked
    for, until esc: what is typed meanwhile is not lost."""

    DEFAULT_CSS = "Prompt Input { width: 1fr; }"

    def __init__(
        self, read: Callable[[str], T], *, title: str = "", text: str = "", hint: str = "",
        at: Region | None = None, preview: Callable[[T], str] | None = None,
        again: Callable[[T], Awaitable[None]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(at)
        self.read = read
        self.heading = title
        self.text = text
        self.hint = hint
        self.preview = preview
        self.again = again
        self.in_place = at is not None

    def compose_popup(self) -> ComposeResult:
        if not self.in_place and self.heading:
            yield Static(self.heading, classes="popup--title", markup=False)
        line = LineInput if self.again is None else NextLine
        yield line(self.text, select_on_focus=False, compact=True)
        below = self.hint
        if self.in_place and self.heading:
            below = f"{self.heading} · {self.hint}" if self.hint else self.heading
        self.below = below
        yield Static(below, classes="popup--hint", markup=False)

    def wanted_size(self) -> tuple[int, int]:
        return max(self.least_width, min(60, self.app.size.width)) if not self.in_place else 34, 4

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.preview is None:
            self._say(self.below)
            return
        try:
            self._say(self.preview(self.read(event.value)) or self.below)
        except ConneqtError as error:
            self._say(str(error), error=bool(event.value.strip()))

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            value = self.read(event.value)
        except ConneqtError as error:
            self._say(str(error), error=True)
            return
        if self.again is None:
            self.dismiss(Answer(value))
            return
        await self.again(value)

    def _say(self, text: str, *, error: bool = False) -> None:
        line = self.query_one(".popup--hint", Static)
        line.set_class(error, "popup--error")
        line.update(text)
