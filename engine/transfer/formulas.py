"""Keeps spreadsheets from running text as formulas, reversibly (OWASP ASVS 5, 1.2.10; security.md 3.11)."""

from typing import Final

STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""What makes a spreadsheet run a cell, the full-width forms, and the mark itself: so it can be taken off."""


def defused(text: str) -> str:
    """The text as a cell that nothing runs."""
    return f"'{text}" if text.startswith(STARTS) else text


def restored(text: str) -> str:
    """What `defused` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS) else text
