"""Who holds how many at once of what a process has not without end."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from engine.identity.caller import Caller
from engine.model.actor import Actor


class Shares:
    """Nothing is kept of who holds none."""

    def __init__(self) -> None:
        self._held: Counter[Hashable] = Counter()

    @property
    def all(self) -> int:
        return self._held.total()

    def of(self, whose: Hashable) -> int:
        return self._held[whose]

    @contextmanager
    def one(self, whose: Hashable) -> Iterator[None]:
        """While it is held."""
        self._held[whose] += 1
        try:
            yield
        finally:
            self._held[whose] -= 1
            self._held += Counter()


def member_of(actor: Actor) -> tuple[str, str]:
    return actor.organization_id, actor.user_id


def network_of(actor: Actor) -> str:
    """One account has as many memberships as it likes, but comes from somewhere."""
    return Caller(address=actor.address).network
