"""Which key does what on a board, with counts (`5j`) and keys of two strokes (`gg`, `za`, `m a`)."""

from dataclasses import dataclass
from typing import Final

KEYS: Final[dict[str, str]] = {
    "j": "down", "down": "down", "k": "up", "up": "up", "h": "left", "left": "left", "l": "right",
    "right": "right", "g g": "first", "home": "first", "G": "last", "end": "last",
    "0": "first_column", "circumflex_accent": "first_column", "dollar_sign": "last_column",
    "ctrl+d": "half_page_down", "ctrl+u": "half_page_up", "pagedown": "screen_down",
    "pageup": "screen_up", "ctrl+f": "screen_down", "ctrl+b": "screen_up",
    "right_curly_bracket": "next_group", "left_curly_bracket": "previous_group", "z z": "center",
    "number_sign": "go_to_number", "enter": "open", "e": "edit", "f2": "rename", "r": "rename",
    "delete": "clear_value", "backspace": "clear_value", "full_stop": "repeat",
    "o": "add_below", "O": "add_above", "a": "add_subitem", "tab": "toggle_subitems",
    "y": "copy", "d d": "trash", "d a": "archive", "Y": "duplicate", "u": "undo", "ctrl+r": "redo",
    "J": "move_down", "shift+down": "move_down", "K": "move_up", "shift+up": "move_up",
    "H": "move_left", "shift+left": "move_left", "L": "move_right", "shift+right": "move_right",
    "m m": "move_to_group", "space": "select", "v": "select_range", "V": "select_group",
    "ctrl+a": "select_all", "escape": "back", "slash": "filter", "f": "add_condition",
    "F": "remove_condition", "backslash": "clear_filter", "s": "sort", "S": "sort_by",
    "less_than_sign": "narrow", "greater_than_sign": "widen", "c h": "hide_column",
    "c c": "show_columns", "c a": "add_column", "c r": "rename_column", "c d": "remove_column",
    "z a": "toggle_group", "z M": "collapse_all", "A": "add_group", "g r": "rename_group",
    "g c": "color_group", "g d": "trash_group", "g l": "lanes_by", "w": "choose_view",
    "W": "save_view", "g w": "delete_view", "t": "switch_view", "z d": "density",
}  # fmt: skip
"""Keys as Textual names them; two strokes stand apart."""

LETTER_ACTIONS: Final = {"m": "set_mark", "apostrophe": "go_to_mark"}
"""First strokes that take any letter as their second."""


@dataclass(frozen=True)
class Pressed:
    """What a key meant: the action to carry out (empty while another stroke is awaited)."""

    action: str = ""
    count: int = 1
    letter: str = ""


class KeyStrokes:
    """Gathers strokes until they mean something. Esc forgets what was gathered."""

    def __init__(self) -> None:
        self._digits = ""
        self._first = ""

    def press(self, key: str, character: str | None) -> Pressed | None:
        """What the key means now; None if it means nothing on a board."""
        if key == "escape" and (self._digits or self._first):
            self._forget()
            return Pressed()
        if not self._first and key.isdecimal() and (self._digits or key != "0"):
            self._digits = (self._digits + key)[:6]
            return Pressed()
        return self._second(key, character) if self._first else self._one(key)

    def _one(self, key: str) -> Pressed | None:
        action = KEYS.get(key)
        if action is not None:
            return self._meant(action)
        if key in LETTER_ACTIONS or any(known.startswith(f"{key} ") for known in KEYS):
            self._first = key
            return Pressed()
        self._forget()
        return None

    def _second(self, key: str, character: str | None) -> Pressed | None:
        action = KEYS.get(f"{self._first} {key}")
        letter_action = LETTER_ACTIONS.get(self._first)
        if action is not None:
            return self._meant(action)
        if letter_action is not None and character and character.isalpha():
            return self._meant(letter_action, character)
        self._forget()
        return Pressed()

    def _meant(self, action: str, letter: str = "") -> Pressed:
        count = int(self._digits or 1)
        self._forget()
        return Pressed(action, count, letter)

    def _forget(self) -> None:
        self._digits = self._first = ""
