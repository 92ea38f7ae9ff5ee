"""Picks labels by their letter: one for a status, any number for tags; new labels are made here too."""

from typing import ClassVar

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engine.clock import short_id
from engine.columns.column_type import Surroundings
from engine.columns.registry import column_type
from engine.model.board import COLORS, Label
from engine.model.column import Column
from engine.model.record import JSON
from tui.widgets.popup import Popup
from tui.widgets.prompt import Answer, Prompt

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class NewLabel(Answer[JSON]):
    """The answer also needs this label added to the column first."""

    def __init__(self, value: JSON, label: Label) -> None:
        super().__init__(value)
        self.label = label


class LabelsEditor(Popup[Answer[JSON]]):
    """A letter picks a status at once, and turns a tag on or off; enter keeps the tags."""

    DEFAULT_CSS = """
    LabelsEditor OptionList { height: auto; max-height: 16; background: $surface; padding: 0; }
    LabelsEditor OptionList, LabelsEditor OptionList:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("enter", "keep", "Keep"),
        ("backspace,delete", "clear", "Clear"),
        ("plus", "add", "New label"),
    ]

    def __init__(
        self, column: Column, value: JSON, at: Surroundings, cell: Region, title: str
    ) -> None:
        super().__init__(cell)
        self.many = column_type(column.type).many
        self.labels = at.labels
        self.heading = title
        self.letters = letters_for([label.name for label in self.labels])
        ids = value if isinstance(value, list) else [] if value is None else [value]
        self.picked = {str(id) for id in ids}

    def compose_popup(self) -> ComposeResult:
        yield Static(self.heading, classes="popup--title", markup=False)
        yield OptionList(markup=False)
        keys = "letter or space turn · enter keep" if self.many else "letter or enter choose"
        yield Static(f"{keys} · ⌫ clear · + new", classes="popup--hint", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._fill(self._first_picked())
        self.query_one(OptionList).focus()

    def wanted_size(self) -> tuple[int, int]:
        return 46 if self.many else 42, min(len(self.labels), 16) + 3

    def on_key(self, event: events.Key) -> None:
        letter = event.character or ""
        if letter == " " or (event.key == "enter"):
            event.stop()
            event.prevent_default()
            self._turn_highlighted() if letter == " " else self.action_keep()
        elif letter in self.letters and letter:
            event.stop()
            event.prevent_default()
            self._turn(self.letters.index(letter))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """By mouse; the keyboard's enter is taken above."""
        event.stop()
        self._turn(event.option_index)

    def action_keep(self) -> None:
        if self.many:
            self.dismiss(
                Answer([label.id for label in self.labels if label.id in self.picked] or None)
            )
        else:
            self._turn_highlighted()

    def action_clear(self) -> None:
        self.dismiss(Answer(None))

    @work
    async def action_add(self) -> None:
        answer = await self.app.push_screen_wait(
            Prompt(str.strip, title="New label", hint="its name", at=self.at)
        )
        if answer is None or not answer.value:
            return
        color = COLORS[len(self.labels) % len(COLORS)]
        label = Label(id=short_id(), name=answer.value, color=color)
        kept: JSON = [*sorted(self.picked), label.id] if self.many else label.id
        self.dismiss(NewLabel(kept, label))

    def _turn_highlighted(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._turn(at)

    def _turn(self, index: int) -> None:
        id = self.labels[index].id
        if not self.many:
            self.dismiss(Answer(id))
            return
        self.picked ^= {id}
        self._fill(index)

    def _first_picked(self) -> int:
        return next((at for at, label in enumerate(self.labels) if label.id in self.picked), 0)

    def _fill(self, highlighted: int) -> None:
        from tui.themes import chip_style

        options = self.query_one(OptionList)
        options.clear_options()
        for label, letter in zip(self.labels, self.letters, strict=True):
            mark = "✓ " if label.id in self.picked else "  "
            line = Text(f" {letter}  ", style="bold")
            line.append(mark)
            line.append(f" {label.name} ", style=chip_style(self.app.current_theme, label.color))
            options.add_option(Option(line))
        if self.labels:
            options.highlighted = highlighted


def letters_for(names: list[str]) -> list[str]:
    """A letter for each name: its first free one, else any free one; none ("") when all are taken."""
    taken: set[str] = set()
    found = []
    for name in names:
        own = [letter for letter in name.lower() if letter in LETTERS]
        letter = next((one for one in (*own, *LETTERS) if one not in taken), "")
        taken.add(letter)
        found.append(letter)
    return found
