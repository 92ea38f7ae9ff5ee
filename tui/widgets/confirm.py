"""Asks before something that touches much: says what and how many, and what can be done about it later."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.widgets.popup import Popup


class Confirm(Popup[bool]):
    """Comes back with True for yes. With `by_letter` enter is no yes: for what nobody should have said in passing."""

    DEFAULT_CSS = "Confirm > .popup { padding: 1 2; } Confirm Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "answer(True)", "Yes"),
        ("enter", "enter", "Yes"),
        ("n", "leave", "No"),
    ]

    def __init__(
        self, question: str, *, yes: str = "Yes", note: str = "", by_letter: bool = False
    ) -> None:
        super().__init__()
        self.question = question
        self.yes = yes
        self.note = note
        self.by_letter = by_letter

    def compose_popup(self) -> ComposeResult:
        yield Static(self.question, markup=False)
        if self.note:
            yield Static(self.note, classes="confirm--note", markup=False)
        yield Static(f"\ny  {self.yes}      n  Leave it", classes="confirm--keys", markup=False)

    def wanted_size(self) -> tuple[int, int]:
        return min(56, self.app.size.width), 7

    def action_enter(self) -> None:
        if self.by_letter:
            self.query_one(".confirm--keys", Static).update(f"\nPress y for “{self.yes}”, or n.")
        else:
            self.dismiss(True)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
