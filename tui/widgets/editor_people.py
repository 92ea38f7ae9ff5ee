"""Picks people by typing a part of their name; the nearest names stand first."""

from collections.abc import Mapping

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.columns.column_type import Surroundings
from engine.model.column import Column
from engine.model.record import JSON
from engine.model.text import folded
from tui.widgets.popup import Popup
from tui.widgets.prompt import Answer

MOST_SHOWN = 10
LEAST_SCORE = 60


class PeopleEditor(Popup[Answer[JSON]]):
    """Enter turns the highlighted person on or off while something is typed, and keeps all when nothing is."""

    DEFAULT_CSS = """
    PeopleEditor OptionList { height: auto; max-height: 10; background: $surface; padding: 0; }
    PeopleEditor OptionList, PeopleEditor OptionList:focus { border: none; }
    """

    def __init__(
        self, column: Column, value: JSON, at: Surroundings, cell: Region, title: str
    ) -> None:
        super().__init__(cell)
        self.people = at.people
        self.heading = title
        self.picked = {str(id) for id in value} if isinstance(value, list) else set()
        self.shown: list[str] = []

    def compose_popup(self) -> ComposeResult:
        yield Static(self.heading, classes="popup--title", markup=False)
        yield Input(placeholder="part of a name", compact=True)
        yield OptionList(markup=False)
        yield Static("tab turn · enter keep", classes="popup--hint", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._fill("")

    def wanted_size(self) -> tuple[int, int]:
        return 36, min(len(self.people), MOST_SHOWN) + 4

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._turn(self.query_one(OptionList).highlighted)
        else:
            self.dismiss(Answer([id for id in self.people if id in self.picked] or None))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._turn(event.option_index)

    def on_key(self, event: events.Key) -> None:
        options = self.query_one(OptionList)
        steps = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1}
        if event.key in steps and options.option_count:
            at = (options.highlighted or 0) + steps[event.key]
            options.highlighted = max(0, min(at, options.option_count - 1))
        elif event.key == "tab":
            self._turn(options.highlighted)
        else:
            return
        event.stop()
        event.prevent_default()

    def _turn(self, index: int | None) -> None:
        if index is None or index >= len(self.shown):
            return
        self.picked ^= {self.shown[index]}
        words = self.query_one(Input)
        if words.value:
            words.value = ""
        else:
            self._fill("", index)
        words.focus()

    def _fill(self, words: str, highlighted: int = 0) -> None:
        self.shown = nearest_people(words, self.people, self.picked)
        options = self.query_one(OptionList)
        options.clear_options()
        for id in self.shown:
            mark = "✓ " if id in self.picked else "  "
            options.add_option(Option(Text(f" {mark}{self.people[id]}")))
        if self.shown:
            options.highlighted = highlighted


def nearest_people(words: str, people: Mapping[str, str], picked: set[str]) -> list[str]:
    """Ids of the people whose name fits best, the best first; without words those picked, then all."""
    wanted = folded(words.strip())
    if not wanted:
        return sorted(people, key=lambda id: id not in picked)[:MOST_SHOWN]
    from rapidfuzz import fuzz, process

    names = {id: folded(name) for id, name in people.items()}
    starting = [id for id, name in names.items() if any(w.startswith(wanted) for w in name.split())]
    fuzzy = process.extract(
        wanted, names, scorer=fuzz.partial_ratio, limit=MOST_SHOWN, score_cutoff=LEAST_SCORE
    )
    return list(dict.fromkeys([*starting, *(id for _, _, id in fuzzy)]))[:MOST_SHOWN]
