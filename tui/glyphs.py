"""Says the glyphs of the screen in ASCII, for terminals whose locale has no Unicode, cell for cell.

Bytes beyond ASCII are more than ugly there: some are control characters of old terminals. So nothing is
left out of the translation: accents fall, what has no likeness becomes a question mark.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

_LIKENESS: Final = {
    "-": "─━╌╍┄┅┈┉╴╶╸╺═‐‑‒–—―−▔‾⎯",
    "_": "▁▂▃",
    "|": "│┃╎╏┆┇┊┋╵╷╹╻║▌▐▏▎▍▕❘",
    "+": "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╭╮╰╯╔╗╚╝╠╣╦╩╬┍┎┑┒┕┖┙┚",
    "#": "█▉▊▋▀▄▅▆▇▓▒",
    ".": "·•∙░…",
    "*": "●★☆◆◉⬤✱",
    "o": "○◌◎☐□■",
    "x": "✓✔☑✗✘×☒⌫",
    ">": "›»▶▸►→⟶⏵❯",
    "<": "‹«◀◂◄←⟵⏴❮",
    "^": "▲▴↑⌃↥↗⏶",
    "v": "▼▾↓⌄↧⏷",
    "'": "‘’‚′",
    '"': "“”„″❝❞",
    "!": "⚠",
    "/": "╱⁄",
    "\\": "╲",
    "E": "€",
    "L": "£",
}
_TABLE: Final = str.maketrans({glyph: sign for sign, all in _LIKENESS.items() for glyph in all})


@lru_cache(8192)
def in_ascii(text: str) -> str:
    """The text in ASCII, taking exactly as many cells as before."""
    if text.isascii():
        return text
    translated = text.translate(_TABLE)
    if translated.isascii():
        return translated
    said = "".join(map(_said, unicodedata.normalize("NFC", translated)))
    missing = cell_len(text) - len(said)
    return said + " " * missing if missing >= 0 else said[:missing]


def _said(letter: str) -> str:
    """The letter without its accents, or a question mark for each cell it takes."""
    if letter.isascii():
        return letter
    width = cell_len(letter)
    base = unicodedata.normalize("NFKD", letter)[:1]
    return base if width == 1 and base.isascii() else "?" * width
