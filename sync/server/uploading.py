"""Takes the body of a request into the store of files as it streams in: encrypted on its way, in constant memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from queue import Empty, Full, Queue
from typing import Final

from engine.errors import Invalid
from engine.store.files import FileStore, StoredFile

WAITING: Final = 4
PAUSE: Final = 0.005


class Broken(Exception):
    """The body ended before it was whole; what was stored of it is removed."""


async def stored(files: FileStore, body: AsyncIterator[bytes], most: int) -> StoredFile:
    """Raises Invalid for one that is larger than `most` bytes, WorkspaceErrors of the disk."""
    pieces: Queue[bytes | Broken | None] = Queue(WAITING)
    taking = asyncio.create_task(asyncio.to_thread(files.take, _taken(pieces)))
    size, ending = 0, None
    try:
        async for piece in body:
            size += len(piece)
            if size > most:
                raise Invalid(f"A file has {most:,} bytes at most.")
            await _put(pieces, piece, taking)
    except BaseException:
        ending = Broken()
        raise
    finally:
        await asyncio.shield(_put(pieces, ending, taking))
        if ending is not None:
            await asyncio.gather(taking, return_exceptions=True)
    return await taking


async def _put(
    pieces: "Queue[bytes | Broken | None]", piece: "bytes | Broken | None", taking: "asyncio.Task[StoredFile]"
) -> None:  # fmt: skip
    """Wait while the disk is slower than the network; not for one that has failed."""
    while not taking.done():
        try:
            pieces.put_nowait(piece)
            return
        except Full:
            await asyncio.sleep(PAUSE)


def _taken(pieces: "Queue[bytes | Broken | None]") -> Iterator[bytes]:
    """Until there are no more. Raises Broken."""
    while True:
        try:
            piece = pieces.get(timeout=600)
        except Empty:
            raise Broken from None
        if isinstance(piece, Broken):
            raise piece
        if piece is None:
            return
        yield piece
