"""The help screen: the keys that work where it was called, each with what it does."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from textual.screen import Screen

from tui.actions import SCOPES, Action
from tui.keys import spoken_key
from tui.screens.listing import Listing
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, heading

KEYS_WIDTH: Final = 20
LABEL_WIDTH: Final = 40
NAMES_SHOWN_FROM: Final = 100
LEAST_HELP: Final = 12
"""Cells; in fewer of them the words of the help would be no words any more."""


class HelpScreen(Listing):
    """Everything that can be done there, also what has no key: the palette finds that."""

    scope = "help"
    hints = ("filter", "palette", "close")

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self.about = about

    def title_parts(self) -> tuple[str, str, str]:
        about = getattr(self.about, "scope", "global")
        wide = self.size.width >= NAMES_SHOWN_FROM
        how = "changed in config.toml, by the names at the right" if wide else ""
        return "Keys", SCOPES[about].lower(), how

    def entries_for(self, width: int) -> Sequence[Entry]:
        actions = [action for action in actions_at(self.about) if self._fits(action)]
        return [AIR, *self._sections(actions, width)]

    def _fits(self, action: Action) -> bool:
        keys = " ".join(map(spoken_key, self.keymap.of(action.id)))
        return self.fits(keys, action.label, action.help, action.id)

    def _sections(self, actions: Sequence[Action], width: int) -> Iterator[Entry]:
        for place, (scope, group) in enumerate(groupby(actions, key=lambda action: action.scope)):
            if place:
                yield AIR
            yield heading(SCOPES[scope])
            for action in group:
                yield self._entry(action, width)

    def _entry(self, action: Action, width: int) -> Entry:
        keys = "  ".join(map(spoken_key, self.keymap.of(action.id))) or "–"
        label = f"{action.label[0].upper()}{action.label[1:]}"
        label_width = min(LABEL_WIDTH, max(width - KEYS_WIDTH, 8))
        runs = [
            Run(drawn(drawn_to(keys, KEYS_WIDTH - 2), KEYS_WIDTH), "title"),
            Run(drawn(label, label_width), "text"),
        ]
        left = width - KEYS_WIDTH - label_width
        name = action.id
        if self.size.width >= NAMES_SHOWN_FROM:
            help_width = left - len(name) - 2
            words = f"  {action.help}" if help_width >= LEAST_HELP else ""
            runs.append(Run(drawn(words, max(help_width, 0)), "dim"))
            runs.append(Run(f"  {name}", "dim"))
        return Entry(f"action:{action.id}", (tuple(runs),))


def actions_at(screen: Screen[object]) -> Iterator[Action]:
    """Everything of the table that the screen, or the app for it, carries out."""
    from tui.keys import keys_in

    keys = keys_in(screen.app)
    for action in keys.actions_of(getattr(screen, "scope", "global")):
        name = f"action_{action.name}"
        if hasattr(screen, name) or hasattr(screen.app, name):
            yield action
