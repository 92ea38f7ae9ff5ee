"""The keys in force: a preset of the table of actions, with the person's own keys, and no key twice."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import Final

from textual.binding import Binding
from textual.keys import Keys, _character_to_key, format_key

from engine.errors import Invalid
from tui.actions import ACTIONS, BY_ID, LISTS, Action, works_together
from tui.folders import config_file, spoken
from tui.settings import Settings

PRESETS: Final = ("vim", "plain")
_NAMED: Final = frozenset(key.value for key in Keys) | {"space", "comma"}
_WORDS: Final = {"enter": "enter", "backspace": "backspace"}
"""Keys whose signs few fonts have."""
_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super", "meta", "hyper"})


@dataclass(frozen=True)
class Keymap:
    """`keys` has the keys of every action by its id, the one to show first; strokes apart by a blank."""

    keys: Mapping[str, tuple[str, ...]]

    def of(self, action_id: str) -> tuple[str, ...]:
        return self.keys[action_id]

    def shown(self, action_id: str) -> str:
        """The first key of an action as a person reads it (“gg”, “ctrl+r”, “↓”), or nothing."""
        return spoken_key(self.keys[action_id][0]) if self.keys[action_id] else ""

    def hint(self, **words: str) -> str:
        """What the keys of an editor do: “ctrl+s save · esc leave”. The names are those of the scope `editor`."""
        pairs = ((self.shown(f"editor.{name}"), word) for name, word in words.items())
        return " · ".join(f"{key} {word}" for key, word in pairs if key)

    def actions_of(self, scope: str) -> tuple[Action, ...]:
        """Everything that works there, the scope's own actions first: for help and palette."""
        return self._by_scope[scope]

    @cached_property
    def _by_scope(self) -> dict[str, tuple[Action, ...]]:
        return {scope: _actions_of(scope) for scope in {*LISTS, *(a.scope for a in ACTIONS)}}


def keymap(preset: str = "vim", overrides: Mapping[str, Iterable[str]] | None = None) -> Keymap:
    """The keys of a preset, where `overrides` has other keys by action id. An empty list leaves an action
    to the palette. Raises Invalid for an unknown action or key, and where one key would do two things."""
    if not overrides:
        return _preset(preset)
    keys, mistakes = _with_own(preset, overrides)
    if mistakes:
        raise Invalid(mistakes[0])
    return keys


def keymap_of(settings: Settings) -> tuple[Keymap, list[str]]:
    """The keys that the settings ask for; where they cannot be, those of the preset, and every reason why."""
    keys, mistakes = _with_own(settings.keys, settings.bindings)
    if not mistakes:
        return keys, []
    return keymap(settings.keys), [f"{spoken(config_file())}: {mistake}" for mistake in mistakes]


def _with_own(preset: str, overrides: Mapping[str, Iterable[str]]) -> tuple[Keymap, list[str]]:
    """A preset with the person's own keys, and a sentence for everything that is wrong in these."""
    keys, mistakes = dict(_preset(preset).keys), []
    for action_id, wanted in overrides.items():
        if action_id not in keys:
            mistakes.append(f"There is no action “{action_id}”.{_meant(action_id)}")
            continue
        try:
            keys[action_id] = tuple(normal_key(key) for key in wanted)
        except Invalid as error:
            mistakes.append(str(error))
    return Keymap(keys), [*mistakes, *_conflicts(keys)]


def keys_in(app: object) -> Keymap:
    """The keys in force in a running app; those of the first preset where it is another app (a test's)."""
    own = getattr(app, "keymap", None)
    return own if isinstance(own, Keymap) else keymap()


@cache
def _preset(name: str) -> Keymap:
    keys = {action.id: _preset_keys(action, name) for action in ACTIONS}
    for conflict in _conflicts(keys):
        raise Invalid(conflict)
    return Keymap(keys)


def bindings_for(scope: str, keymap: Keymap) -> list[Binding]:
    """Textual bindings of a scope's own actions. Keys of several strokes, and those that take a letter,
    are left to `KeySequence`: Textual knows none."""
    return [
        Binding(
            ",".join(single),
            action.name,
            action.label.capitalize(),
            tooltip=action.help,
            id=action.id,
        )
        for action in ACTIONS
        if action.scope == scope and action.takes != "letter"
        if (single := [key for key in keymap.of(action.id) if " " not in key])
    ]


def normal_key(key: str) -> str:
    """A key as Textual calls it: “?” is question_mark; a blank parts strokes, and “gg” is two of them.
    Raises Invalid."""
    if len(key) == 2 and key.isalpha() and key not in _NAMED:
        key = " ".join(key)
    strokes = [_normal_stroke(stroke) for stroke in key.split()] or [_normal_stroke(key)]
    return " ".join(strokes)


def spoken_key(key: str) -> str:
    """A normal key as a person reads it."""
    strokes = [_spoken_stroke(stroke) for stroke in key.split()]
    return ("" if all(len(stroke) == 1 for stroke in strokes) else " ").join(strokes)


def _spoken_stroke(stroke: str) -> str:
    *modifiers, last = stroke.split("+")
    return "+".join([*modifiers, _WORDS.get(last) or format_key(last)])


def _normal_stroke(stroke: str) -> str:
    if len(stroke) == 1:
        return "space" if stroke == " " else _character_to_key(stroke)
    *modifiers, last = stroke.split("+")
    last = last if len(last) != 1 else _character_to_key(last)
    if not set(modifiers) <= _MODIFIERS or (len(last) > 1 and not _is_named(last)):
        raise Invalid(f"“{stroke}” is not a key. Write it like: j, G, ctrl+r, f2, pagedown, g g.")
    return "+".join([*modifiers, last])


def _is_named(key: str) -> bool:
    return key in _NAMED or len(format_key(key)) == 1


def _preset_keys(action: Action, preset: str) -> tuple[str, ...]:
    keys = action.keys if preset == "vim" or action.plain is None else action.plain
    return tuple(normal_key(key) for key in keys.split(", ") if key)


def _actions_of(scope: str) -> tuple[Action, ...]:
    beside = {"table": ("board",), "kanban": ("board",)}.get(scope, ())
    scopes = (scope, *beside, *(("list",) if scope in LISTS else ()), "global")
    return tuple(action for one in scopes for action in ACTIONS if action.scope == one)


def _conflicts(keys: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    begins: dict[str, list[tuple[Action, str]]] = {}
    for action in ACTIONS:
        for key in keys[action.id]:
            begins.setdefault(key.partition(" ")[0], []).append((action, key))
    for alike in begins.values():  # only keys that begin with the same stroke can collide
        for (one, key), (other, other_key) in combinations(alike, 2):
            apart = one is other or not works_together(one.scope, other.scope)
            if not apart and _collide(key, other_key):
                yield (
                    f"The key “{spoken_key(key)}” would both {one.label} ({one.id}) and "
                    f"{other.label} ({other.id}). Give one of them another key."
                )


def _collide(one: str, other: str) -> bool:
    """The same strokes, or one is how the other begins."""
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def _meant(action_id: str) -> str:
    close = difflib.get_close_matches(action_id, BY_ID, n=1)
    return f" Did you mean “{close[0]}”?" if close else " Press ? in the app to see their names."
