"""Gathers keys until they mean an action: counts (`5j`), strokes (`gg`), letters (`ma`). No timer: esc forgets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tui.actions import ACTIONS, LETTER, Action
from tui.keys import Keymap

MOST_DIGITS: Final = 5


@dataclass(frozen=True)
class Pressed:
    """What the key meant. `action` is None while more keys are awaited, and when a sequence was given up."""

    action: Action | None = None
    count: int = 1
    letter: str = ""


class KeySequence:
    """The keys of the actions that work in the given scopes. Digits are counts, unless one is a key itself
    and no count has begun (`0`)."""

    def __init__(self, keymap: Keymap, scopes: Iterable[str]) -> None:
        scopes = frozenset(scopes)
        mine = [action for action in ACTIONS if action.scope in scopes]
        self._meanings = {key: action for action in mine for key in keymap.of(action.id)}
        self._beginnings = {start for key in self._meanings for start in _beginnings(key)}
        self._digits = ""
        self._strokes = ""
        self._wants_letter: Action | None = None

    @property
    def pending(self) -> str:
        """What was gathered so far, for the status line; empty when nothing is awaited."""
        return self._digits + self._strokes.replace(" ", "")

    def press(self, key: str, character: str | None = None) -> Pressed | None:
        """Take one key. None when it means nothing here and nothing was awaited: somebody else may have it."""
        if key == "escape" and self.pending:
            return self._given_up()
        if self._wants_letter is not None:
            return self._letter(self._wants_letter, character or "")
        if not self._strokes and self._is_count(key):
            self._digits = (self._digits + key)[:MOST_DIGITS]
            return Pressed()
        return self._stroke(key)

    def _is_count(self, key: str) -> bool:
        if len(key) != 1 or key not in "0123456789":
            return False
        return bool(self._digits) or (key != "0" and key not in self._meanings)

    def _stroke(self, key: str) -> Pressed | None:
        strokes = f"{self._strokes} {key}".strip()
        action = self._meanings.get(strokes)
        if action is not None and action.takes == LETTER:
            self._strokes, self._wants_letter = strokes, action
            return Pressed()
        if action is not None:
            return self._meant(action)
        if strokes in self._beginnings:
            self._strokes = strokes
            return Pressed()
        awaited = bool(self._strokes)
        self._forget()
        return Pressed() if awaited else None

    def _letter(self, action: Action, character: str) -> Pressed:
        return self._meant(action, character) if character.isalnum() else self._given_up()

    def _meant(self, action: Action, letter: str = "") -> Pressed:
        pressed = Pressed(action, int(self._digits or 1), letter)
        self._forget()
        return pressed

    def _given_up(self) -> Pressed:
        self._forget()
        return Pressed()

    def _forget(self) -> None:
        self._digits = self._strokes = ""
        self._wants_letter = None


def _beginnings(key: str) -> Iterator[str]:
    strokes = key.split()
    return (" ".join(strokes[:length]) for length in range(1, len(strokes)))
