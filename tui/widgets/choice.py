"""Choose one of a list by arrows or by typing a part of its name."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.model.text import folded
from tui.widgets.line_input import LineInput
from tui.widgets.popup import Popup
from tui.widgets.wrapped_text import wrapped_paragraphs

NOTHING: Final = "Nothing is called that."
WIDEST: Final = 76


class Choosable(NamedTuple):
    """`id` comes back; `note` stands dim behind the name."""

    id: str
    name: str
    note: str = ""


class Choice(Popup[str]):
    """Comes back with the id that was chosen. The `note` says below the title what it is about, whole."""

    DEFAULT_CSS = """
    Choice .choice--note { padding: 0 1; height: auto; max-height: 10; }
    Choice OptionList { height: auto; max-height: 14; background: $surface; padding: 0 1; }
    Choice OptionList, Choice OptionList:focus { border: none; }
    """

    def __init__(
        self, title: str, options: Sequence[Choosable], *, at: Region | None = None,
        note: str = "", hint: str = "", chosen: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(at)
        self.heading = title
        self.options = list(options)
        self.note = note
        self.hint = hint
        self.chosen = chosen

    def compose_popup(self) -> ComposeResult:
        yield Static(self.heading, classes="popup--title", markup=False)
        if self.note:
            yield Static(self.note, classes="choice--note", markup=False)
        yield LineInput(placeholder="type to find", compact=True)
        yield OptionList(markup=False)
        yield Static(NOTHING, classes="popup--hint choice--none", markup=False)
        if self.hint:
            yield Static(self.hint, classes="popup--hint", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._fill("")

    def wanted_size(self) -> tuple[int, int]:
        longest = max((len(o.name) + len(o.note) + 3 for o in self.options), default=0)
        width = WIDEST if self.note else max(self.least_width, min(longest + 4, WIDEST))
        above = len(wrapped_paragraphs(self.note, width - 2)) if self.note else 0
        return width, min(len(self.options), 14) + 3 + above

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(self.query_one(OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def on_key(self, event: events.Key) -> None:
        step = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "pagedown": 8, "pageup": -8}
        options = self.query_one(OptionList)
        if event.key in step and options.option_count:
            event.stop()
            event.prevent_default()
            at = (options.highlighted or 0) + step[event.key]
            options.highlighted = max(0, min(at, options.option_count - 1))

    def _fill(self, words: str) -> None:
        wanted = folded(words).split()
        shown = [o for o in self.options if all(w in folded(o.name) for w in wanted)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(option), id=option.id) for option in shown)
        self.query_one(".choice--none").display = not shown
        ids = [option.id for option in shown]
        if ids:
            options.highlighted = ids.index(self.chosen) if self.chosen in ids else 0

    def _take(self, index: int | None) -> None:
        if index is not None:
            self.dismiss(self.query_one(OptionList).get_option_at_index(index).id)


def _line(option: Choosable) -> Text:
    line = Text(option.name)
    if option.note:
        line.append(f"   {option.note}", style="dim")
    return line
