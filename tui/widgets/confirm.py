"""Asks before something that touches much: says what and how many, and what can be done about it later."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.widgets.popup import Popup


class Confirm(Popup[bool]):
    """Comes back with True for yes."""

    DEFAULT_CSS = "Confirm > .popup { padding: 1 2; } Confirm Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("y,enter", "answer(True)", "Yes"),
        ("n", "leave", "No"),
    ]

    def __init__(self, question: str, *, yes: str = "Yes", note: str = "") -> None:
        super().__init__()
        self.question = question
        self.yes = yes
        self.note = note

    def compose_popup(self) -> ComposeResult:
        yield Static(self.question, markup=False)
        if self.note:
            yield Static(self.note, classes="confirm--note", markup=False)
        yield Static(f"\ny  {self.yes}      n  Leave it", classes="confirm--keys", markup=False)

    def wanted_size(self) -> tuple[int, int]:
        return min(56, self.app.size.width), 7

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
