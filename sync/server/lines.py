"""How many lines for news each member and each network holds open: a line costs as long as it stands, so requests are no
measure of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from engine.errors import TooMany
from engine.model.actor import Actor
from sync.server.shares import Shares, member_of, network_of

MOST: Final = 20
"""Of one member, in one process: a device holds one."""
WAIT: Final = 60
"""Seconds to wait before another try."""


class Lines:
    """Of one server process. `of_network` is the most of one network."""

    def __init__(self, of_network: int) -> None:
        self._most_of_network = of_network
        self._of_member = Shares()
        self._of_network = Shares()

    @contextmanager
    def one(self, actor: Actor) -> Iterator[None]:
        """While it is open. Raises TooMany."""
        member, network = member_of(actor), network_of(actor)
        if (
            self._of_member.of(member) >= MOST
            or self._of_network.of(network) >= self._most_of_network
        ):
            raise TooMany(WAIT)
        with self._of_member.one(member), self._of_network.one(network):
            yield
