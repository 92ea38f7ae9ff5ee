"""The palette: finds every action that works here, every board and every item by a few of its letters."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.model.text import clean_line, folded
from engine.queries.home import Boards, ItemSearch
from tui.actions import is_offered
from tui.keys import keys_in
from tui.live import Live
from tui.screens.help import actions_at
from tui.widgets.card_content import drawn_to
from tui.widgets.line_input import LineInput
from tui.widgets.popup import AnsweredOnce

WIDTH: Final = 76
AROUND: Final = 5
"""Cells of the palette's width that no name can have: padding, and the scroll bar."""
LOW_SCREEN: Final = 20
MOST_LINES: Final = 20
MOST_SHOWN: Final = 60
ITEMS_SHOWN: Final = 30
FAIR: Final = 80.0
"""How well a name must fit (of 100) to be shown."""
NOT_NAMED: Final = frozenset({"global.palette", "board.set_mark", "board.go_to_mark"})
"""What makes no sense here: the palette itself, and what waits for a letter."""
HINT: Final = "enter do it · esc back · #12 finds by number"


class Found(NamedTuple):
    """One line of the palette. `kind` is `action`, `board` or `item`; `note` is an action's key."""

    kind: str
    id: str
    name: str
    note: str = ""


class Palette(AnsweredOnce[Found]):
    """Comes back with what was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, below: Screen[object], live: Live | None) -> None:
        super().__init__()
        self.live = live
        self.actions = list(_actions(below))
        self.boards: list[Found] = []
        self.items: list[Found] = []
        self.shown: list[Found] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield LineInput(placeholder="an action, a board, an item", compact=True)
            yield OptionList(markup=False)
            yield Static("Nothing here is called like that.", id="palette-none", markup=False)
            yield Static(HINT, id="palette-hint", markup=False)

    async def on_mount(self) -> None:
        if self.live is not None:
            boards = await self.live.query(Boards())
            self.boards = [Found("board", s.board.id, s.board.name, "board") for s in boards]
        self._fill()

    # -- typing and choosing ------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()
        self.run_worker(self._search(event.value), exclusive=True, group="search")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(self.options.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def on_key(self, event: events.Key) -> None:
        step = _STEPS.get(event.key)
        if step is not None and self.options.option_count:
            event.stop()
            event.prevent_default()
            at = (self.options.highlighted or 0) + step
            self.options.highlighted = max(0, min(at, self.options.option_count - 1))

    def on_click(self, event: events.Click) -> None:
        """A click beside the palette leaves it."""
        if not self.query_one("#palette").region.contains(event.screen_x, event.screen_y):
            self.action_leave()

    def on_resize(self, event: events.Resize) -> None:
        self._fill()

    def action_leave(self) -> None:
        self.dismiss(None)

    def _take(self, index: int | None) -> None:
        if index is not None and index < len(self.shown):
            self.dismiss(self.shown[index])

    # -- finding ------------------------------------------------------------------------------------

    async def _search(self, words: str) -> None:
        """Items come from the index of all boards; what is typed meanwhile asks again."""
        found = []
        if self.live is not None and words.strip():
            names = {board.id: board.name for board in self.boards}
            for item in await self.live.query(ItemSearch(words=words, limit=ITEMS_SHOWN)):
                note = f"{item.tag} · {names.get(item.board_id, '')}"
                found.append(Found("item", item.id, item.name, note))
        self.items = found
        self._fill()

    @property
    def options(self) -> OptionList:
        return self.query_one(OptionList)

    def _fill(self) -> None:
        words = clean_line(self.query_one(Input).value)
        known = [*self.boards, *self.actions] if words else [*self.actions, *self.boards]
        self.shown = [*best(words, known), *self.items][:MOST_SHOWN]
        low = self.size.height < LOW_SCREEN
        self.query_one("#palette").set_class(low, "-low")
        self.options.styles.max_height = max(
            min(self.size.height - (4 if low else 10), MOST_LINES), 2
        )
        width = max(min(WIDTH, self.size.width) - AROUND, 10)
        self.options.clear_options()
        self.options.add_options(Option(_line(found, width)) for found in self.shown)
        self.query_one("#palette-none").set_class(not self.shown, "-shown")
        if self.shown:
            self.options.highlighted = 0


def best(words: str, known: Sequence[Found]) -> list[Found]:
    """Those whose names fit the words, the best first; all of them without words."""
    if not words:
        return list(known)
    from rapidfuzz import fuzz, process

    wanted = folded(words)
    names = [folded(found.name) for found in known]
    scored = process.extract(wanted, names, scorer=fuzz.WRatio, limit=None, score_cutoff=FAIR)
    found = {place: score for _, score, place in scored}
    for place, name in enumerate(names):
        bonus = _bonus(wanted, name)
        if bonus:
            found[place] = max(found.get(place, 0.0), bonus)
    return [known[place] for place in sorted(found, key=lambda place: (-found[place], place))]


def _bonus(wanted: str, name: str) -> float:
    """What a person expects first: the beginning, then the beginning of words, then letters in order."""
    if name.startswith(wanted):
        return 200.0
    if all(any(part.startswith(word) for part in name.split()) for word in wanted.split()):
        return 150.0
    if wanted in name:
        return 120.0
    letters = iter(name)
    return 70.0 if len(wanted) > 1 and all(letter in letters for letter in wanted) else 0.0


def _actions(below: Screen[object]) -> Iterator[Found]:
    keys = keys_in(below.app)
    seen = set()
    for action in actions_at(below):
        named = action.id not in NOT_NAMED and action.name not in seen
        if named and is_offered(action.id, below):
            seen.add(action.name)
            name = f"{action.label[0].upper()}{action.label[1:]}"
            yield Found("action", action.id, name, keys.shown(action.id))


_STEPS: Final = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "pagedown": 10, "pageup": -10}


def _line(found: Found, width: int) -> Text:
    note = drawn_to(clean_line(found.note), width // 2)
    name = drawn_to(clean_line(found.name), max(width - cell_len(note) - 2, 4))
    line = Text(f" {name}", no_wrap=True)
    line.append(" " * max(width - cell_len(name) - cell_len(note), 1))
    line.append(note, style="bold" if found.kind == "action" else "dim")
    return line
