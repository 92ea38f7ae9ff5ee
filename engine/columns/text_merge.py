"""Merges two people's edits of one text by words, against what both began with (sync.md, long text)."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

_WORDS: Final = re.compile(r"\s+|\S+\s*")
MOST_WORDS: Final = 4_000
"""Beyond that the comparison would take long, and the server compares under a lock; the two then count as
touching."""

Edit = tuple[int, int, list[str]]
"""Words of the base from one place to another, and what stands there instead."""


def merged_text(base: str, mine: str, theirs: str) -> str | None:
    """The text with both edits in it; None where they touch the same words. A word has the
    blank space behind it."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    words, a, b = (_WORDS.findall(text) for text in (base, mine, theirs))
    if max(len(words), len(a), len(b)) > MOST_WORDS:
        return None
    edits = _together(list(_edits(words, a)), list(_edits(words, b)))
    if edits is None:
        return None
    for start, end, instead in reversed(edits):
        words[start:end] = instead
    return "".join(words)


def _edits(base: list[str], changed: list[str]) -> Iterator[Edit]:
    matcher = SequenceMatcher(None, base, changed, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag != "equal":
            yield start, end, changed[first:last]


def _together(mine: list[Edit], theirs: list[Edit]) -> list[Edit] | None:
    """All edits in order; None where two of them meet. The same edit by both is one."""
    both = sorted([*theirs, *(edit for edit in mine if edit not in theirs)], key=lambda e: e[:2])
    for before, after in pairwise(both):
        if after[0] < before[1] or (after[0] == before[1] and _touch(before, after)):
            return None
    return both


def _touch(before: Edit, after: Edit) -> bool:
    """Of two that begin where the other ends: whether they write into one place."""
    return before[0] == before[1] or after[0] == after[1]
