"""Thins out what is sent to the terminal: of each style only what differs from the one before.

Rich ends every piece of text with a reset and begins the next with all of its style. Over SSH that is more
than half of a page; most pieces differ from their neighbour in one colour, or, being blank, in nothing.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

_TOKENS: Final = re.compile(
    r"(\x1b(?:\[[^@-~]*[@-~]"  # CSI: styles, cursor moves, modes
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, the clipboard
    r"|[PX^_][^\x1b]*\x1b\\"  # strings for the terminal
    r"|.))"
)
_MOVES: Final = re.compile(r"\x1b\[[0-9;]*[GH]")
_RESETS: Final = ("\x1b[0m", "\x1b[m")
_STYLES: Final = re.compile(r"\x1b\[[0-9;:]*m")
_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27",
    "8": "28", "9": "29", "53": "55",
}  # fmt: skip
"""What takes an attribute off again (ECMA-48 8.3.117)."""
_ON_BLANKS: Final = frozenset({"4", "21", "5", "6", "7", "9", "53"})
"""Attributes that are seen on a blank, too."""


class Look(NamedTuple):
    """Colours as their parameters, "" for the terminal's own; attributes by their numbers."""

    ink: str = ""
    ground: str = ""
    attributes: frozenset[str] = frozenset()


PLAIN: Final = Look()


class Pen:
    """Knows how the terminal writes now. Everything sent must go through `thin`, in order."""

    def __init__(self) -> None:
        self._sent: Look | None = None  # what the terminal has; None when nobody knows
        self._wanted = PLAIN
        self._strange = False

    def thin(self, text: str) -> str:
        """The same, with fewer bytes. Before anything but text and cursor moves, the style is what it would
        have been: what is erased or scrolled in takes its ground from it."""
        parts: list[str] = []
        for token in _TOKENS.split(text):
            if not token:
                continue
            if self._strange:
                parts.append(token)
                if token in _RESETS:
                    self._strange, self._sent, self._wanted = False, PLAIN, PLAIN
            elif token[0] != "\x1b":
                parts += (self._turn(self._look_for(token)), token)
            elif _STYLES.fullmatch(token):
                wanted = _read(token, self._wanted)
                if (
                    wanted is None
                ):  # a style that is not known here: all as it comes, up to the reset
                    parts += (self._turn(self._wanted), token)
                    self._strange = True
                else:
                    self._wanted = wanted
            elif _MOVES.fullmatch(token):
                parts.append(token)
            else:
                parts += (self._turn(self._wanted), token)
        return "".join(parts)

    def forget(self) -> None:
        """Another program may have written since."""
        self._sent = None

    def _turn(self, look: Look) -> str:
        sent, self._sent = self._sent, look
        return _change(sent, look)

    def _look_for(self, text: str) -> Look:
        """Blanks need the right ground only. A line feed may scroll: what comes in has the wanted ground."""
        wanted, sent = self._wanted, self._sent
        if sent is None or text.strip(" ") or (wanted.attributes | sent.attributes) & _ON_BLANKS:
            return wanted
        return Look(sent.ink, wanted.ground, sent.attributes)


@lru_cache(4096)
def _change(sent: Look | None, look: Look) -> str:
    """The shortest sequence from one look to the other."""
    if sent == look:
        return ""
    colours = [colour for colour in (look.ink, look.ground) if colour]
    anew = _sequence(["0", *sorted(look.attributes), *colours])
    if sent is None:
        return anew
    off = {_OFF[one] for one in sent.attributes - look.attributes}
    left = {one for one in sent.attributes if _OFF[one] not in off}
    codes = [*sorted(off), *sorted(look.attributes - left)]
    if sent.ink != look.ink:
        codes.append(look.ink or "39")
    if sent.ground != look.ground:
        codes.append(look.ground or "49")
    return min(_sequence(codes), anew if look != PLAIN else "\x1b[m", key=len)


def _sequence(codes: list[str]) -> str:
    return f"\x1b[{';'.join(codes)}m"


@lru_cache(4096)
def _read(token: str, before: Look) -> Look | None:
    """The look after this sequence; None where it says something that is not known here."""
    ink, ground, attributes = before.ink, before.ground, set(before.attributes)
    codes = (token[2:-1] or "0").split(";")
    while codes:
        code = codes.pop(0) or "0"
        if code == "0":
            ink, ground = "", ""
            attributes.clear()
        elif code in ("38", "48"):
            length = {"5": 2, "2": 4}.get(codes[0] if codes else "", 0)
            if not length or len(codes) < length:
                return None
            colour = ";".join([code, *codes[:length]])
            del codes[:length]
            ink, ground = (colour, ground) if code == "38" else (ink, colour)
        elif code in _OFF:
            attributes.add(code)
        elif code in _OFF.values():
            attributes = {one for one in attributes if _OFF[one] != code}
        elif _is_colour(code, "3", "9"):
            ink = "" if code == "39" else code
        elif _is_colour(code, "4", "10"):
            ground = "" if code == "49" else code
        else:
            return None
    return Look(ink, ground, frozenset(attributes))


def _is_colour(code: str, usual: str, bright: str) -> bool:
    return code[:-1] in (usual, bright) and (code[-1] in "01234567" or code == f"{usual}9")
