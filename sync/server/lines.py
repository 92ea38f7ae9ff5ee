"""How many lines for news each member holds open: a line costs as long as it stands, so requests are no measure of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from engine.errors import TooMany
from engine.model.actor import Actor

MOST: Final = 20
"""Of one member, in one process: a device holds one."""
WAIT: Final = 60
"""Seconds to wait before another try."""


class Lines:
    """Of one server process."""

    def __init__(self) -> None:
        self._open: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def one(self, actor: Actor) -> Iterator[None]:
        """While it is open. Raises TooMany."""
        whose = (actor.organization_id, actor.user_id)
        if self._open[whose] >= MOST:
            raise TooMany(WAIT)
        self._open[whose] += 1
        try:
            yield
        finally:
            self._open[whose] -= 1
            self._open += Counter()  # lets go who holds none any more
