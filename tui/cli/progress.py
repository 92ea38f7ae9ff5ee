"""A progress bar on stderr, drawn only where somebody sees it."""

import sys
import time
from types import TracebackType
from typing import Final

from engine.model.text import clean_line

CELLS: Final = 24
BETWEEN: Final = 0.1
"""Seconds from one drawing to the next: a bar must not cost more than the work."""


class Progress:
    """Use as a context manager; the line is gone when it ends."""

    def __init__(self, what: str) -> None:
        self._what = clean_line(what)
        self._seen = sys.stderr.isatty()
        self._next = 0.0
        self._drawn = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def at(self, done: int, whole: int) -> None:
        """Say how far it is; `whole` 0 where nobody knows how much there is."""
        now = time.monotonic()
        if not self._seen or now < self._next:
            return
        self._next = now + BETWEEN
        self._drawn = True
        print(f"\r{self._what} {drawn(done, whole)}\x1b[K", end="", file=sys.stderr, flush=True)


def drawn(done: int, whole: int) -> str:
    """The bar and how far it is; a count alone where the whole is not known."""
    if whole <= 0:
        return f"{done:,}"
    share = min(done / whole, 1.0)
    full = int(share * CELLS)
    return f"[{'#' * full}{'.' * (CELLS - full)}] {share:4.0%}"
