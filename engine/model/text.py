"""Makes text from outside safe to store and to draw, and folds it for searching.

Other people's text is hostile (escape sequences that write the clipboard, bidi controls that turn a
file name round). It is cleaned where it enters and once more where it is drawn.
"""

import re
import unicodedata

# C0 but tab and newline, DEL, C1 (a lone U+009B starts an escape sequence on many terminals),
# bidi controls, and invisible marks that make two equal-looking texts differ.
# U+200D (joins emoji), U+200C (needed by Persian) and U+200E/F (harmless alone) stay.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_ESCAPE = re.compile(
    "\x1b(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?|[ -/]*[0-~])"
    "|\x9b[0-?]*[ -/]*[@-~]"
)
_NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")
_SPACES = re.compile(r"\s+")


def clean_line(text: str) -> str:
    """Safe text on one line: escape sequences and controls gone, white space folded, NFC."""
    if text.isascii() and text.isprintable() and "  " not in text:  # nearly all there is
        return text.strip()
    return _SPACES.sub(" ", clean_text(text)).strip()


def clean_text(text: str) -> str:
    """Safe text of several lines: as `clean_line`, but newlines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPE.sub("", text)
    text = _NEWLINES.sub("\n", text)
    return unicodedata.normalize("NFC", _UNSAFE.sub("", text))


def folded(text: str) -> str:
    """The form that searching and sorting compare: no case, no accents, no compatibility variants."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
