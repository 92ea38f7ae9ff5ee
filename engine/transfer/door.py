"""What imports and exports need of the engine's door."""

from collections.abc import AsyncIterable
from typing import Any, Protocol, TypeVar

from engine.commands.registry import Command
from engine.queries.registry import Query

T = TypeVar("T")


class Door(Protocol):
    """`engine.api.Acting`, as far as it is used here: this floor lies below the door."""

    async def execute(self, *commands: Command) -> Any: ...
    async def execute_stream(self, commands: AsyncIterable[Command]) -> Any: ...
    async def query(self, query: Query[T]) -> T: ...
