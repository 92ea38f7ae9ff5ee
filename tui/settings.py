"""The settings of config.toml: what they may be, reading them, checking them, changing one.

A mistake in the file never stops the app: the setting keeps its first value, and one sentence says where
the mistake is. Changing a setting leaves comments and everything else in the file as it is.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from engine.errors import Invalid, ReadOnly
from tui.folders import config_file, spoken

Value = str | bool


class Settings(Struct, frozen=True, kw_only=True):
    """`bindings` gives actions other keys: lists of keys by the action's name."""

    theme: str = "dark"
    keys: str = "vim"
    density: str = "normal"
    mouse: bool = True
    lock: str = "never"
    presence: bool = True
    files: str = "when read"
    bindings: dict[str, list[str]] = {}


CHOICES: Final[dict[str, tuple[Value, ...]]] = {
    "theme": ("dark", "light", "terminal"),
    "keys": ("vim", "plain"),
    "density": ("compact", "normal", "full"),
    "mouse": (True, False),
    "lock": ("never", "5", "15", "60"),
    "presence": (True, False),
    "files": ("when read", "ahead"),
}

EXPLANATIONS: Final[dict[str, str]] = {
    "theme": "“terminal”: its own colours",
    "keys": "“plain”: arrows and function keys",
    "density": "how much a kanban card shows",
    "mouse": "off: the terminal selects with it",
    "lock": "or after minutes without a key",
    "presence": "that you are on a server’s board",
    "files": "“ahead”: here offline, too",
}

_STARTING_FILE: Final = """\
# The settings of ConneqtOS. Check them with: conneqtos config check

# theme = "dark"       # dark, light, terminal (the terminal's own colours)
# keys = "vim"         # vim, plain
# density = "normal"   # compact, normal, full: how much a kanban card shows
# mouse = true
# lock = "never"       # never, 5, 15, 60: minutes without a key until the workspace locks
# presence = true      # others on a board of a server see that you are there
# files = "when read"  # when read, ahead: when attached files come from the server

# Other keys for an action. Every action and its name: press ? in the app.
# [bindings]
# "board.add_below" = ["o", "insert"]
"""


def read_settings(path: Path | None = None) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each mistake in the file."""
    path = path or config_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, ValueError) else error.strerror
        return Settings(), [f"{spoken(path)} cannot be read: {reason}."]
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Settings(), [_syntax_sentence(path, str(error))]
    mistakes = [_at(path, text, key) + sentence for key, sentence in _mistakes(found)]
    mistaken = {key for key, _ in _mistakes(found)}
    good = {key: value for key, value in found.items() if key in CHOICES and key not in mistaken}
    bindings = {} if "bindings" in mistaken else _bindings(found.get("bindings", {}), mistaken)
    return replace(Settings(), bindings=bindings, **good), mistakes


def change_setting(name: str, value: Value, path: Path | None = None) -> None:
    """Write one setting into the file. Raises Invalid and ReadOnly."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    path = path or config_file()
    if value not in CHOICES[name]:
        raise Invalid(_choice_sentence(name, value))
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else _STARTING_FILE
        document = tomlkit.parse(text)
        if name in document:
            document[name] = value
            changed = tomlkit.dumps(document)
        else:
            changed = _with_line(text, name, value)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(changed, encoding="utf-8")
        os.replace(part, path)
    except (ParseError, UnicodeDecodeError):
        raise Invalid(
            f"{spoken(path)} is not valid TOML, so it was left as it is. Check it with: conneqtos config check"
        ) from None
    except OSError as error:
        raise ReadOnly(f"{spoken(path)} cannot be written: {error.strerror}.") from None


def _with_line(text: str, name: str, value: Value) -> str:
    """The file with the setting in the place of its commented line, or else before the first table."""
    line = f"{name} = {_toml(value)}"
    commented = re.compile(rf"^#\s*{name}\s*=[^#\n]*", re.MULTILINE)
    if commented.search(text):
        return commented.sub(lambda found: line + " " * max(len(found[0]) - len(line), 1), text, 1)
    table = re.search(r"^\[", text, re.MULTILINE)
    at = table.start() if table else len(text)
    before = text[:at] if not text[:at] or text[:at].endswith("\n") else text[:at] + "\n"
    return f"{before}{line}\n{text[at:]}"


def _toml(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _mistakes(found: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The key, and what is wrong with it."""
    for key, value in found.items():
        if key == "bindings":
            yield from _binding_mistakes(value)
        elif key not in CHOICES:
            yield key, f"there is no setting “{key}”.{_meant(key, [*CHOICES, 'bindings'])}"
        elif not any(value is choice or value == choice for choice in _same(key, value)):
            yield key, _choice_sentence(key, value)


def _same(key: str, value: object) -> list[Value]:
    """The choices of the same type: 1 is not true."""
    return [choice for choice in CHOICES[key] if type(choice) is type(value)]


def _binding_mistakes(value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        yield "bindings", "“bindings” is a table: [bindings]."
        return
    for action, keys in value.items():
        if not _are_keys(keys):
            yield action, f'the keys of “{action}” are a list of words, as in ["o", "insert"].'


def _bindings(value: Mapping[str, list[str]], mistaken: set[str]) -> dict[str, list[str]]:
    return {action: list(keys) for action, keys in value.items() if action not in mistaken}


def _are_keys(keys: object) -> bool:
    return isinstance(keys, list) and all(isinstance(key, str) and key for key in keys)


def _choice_sentence(key: str, value: object) -> str:
    shown = _toml(value) if isinstance(value, (str, bool)) else str(value)
    choices = [_toml(choice) for choice in CHOICES[key]]
    return f"“{key}” cannot be {shown}. Choose {', '.join(choices[:-1])} or {choices[-1]}."


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f" Did you mean “{close[0]}”?" if close else f" There is {', '.join(known)}."


def _at(path: Path, text: str, key: str) -> str:
    quoted = re.escape(key)
    found = re.search(rf"^\s*(?:\"{quoted}\"|'{quoted}'|{quoted}|\[{quoted}\])", text, re.MULTILINE)
    line = f", line {text.count(chr(10), 0, found.end()) + 1}" if found else ""
    return f"{spoken(path)}{line}: "


def _syntax_sentence(path: Path, message: str) -> str:
    place = re.search(r"\(at line (\d+), column \d+\)", message)
    reason = message[: place.start()].strip() if place else message
    line = f", line {place[1]}" if place else ""
    return f"{spoken(path)}{line}: this is not valid TOML ({reason[:1].lower()}{reason[1:]})."


def country() -> str:
    """The two letters of the country that the person's locale names, as in de_DE.UTF-8; "" where it names none."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        found = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", os.environ.get(variable, ""))
        if found:
            return found[1]
    return ""
