"""Sends pieces as they come, and tells a fault before the first of them as any other fault."""

from collections.abc import AsyncIterator
from typing import TypeVar

T = TypeVar("T")


async def begun(pieces: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same pieces, once the first is there: an answer that has begun cannot become a problem any more. Raises what
    the first raises."""
    first = [piece async for piece in _first(pieces)]

    async def all_of_them() -> AsyncIterator[T]:
        for piece in first:
            yield piece
        async for piece in pieces:
            yield piece

    return all_of_them()


async def _first(pieces: AsyncIterator[T]) -> AsyncIterator[T]:
    """One, or none where there is none."""
    async for piece in pieces:
        yield piece
        return
