"""Takes the body of a request into the store of files as it streams in: encrypted on its way, in constant memory, and by
threads of its own, since an upload holds one for as long as it takes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import Final

from engine.api import Acting
from engine.errors import ConneqtError, TooMany
from engine.model.actor import Actor
from engine.store.files import FileStore, StoredFile
from engine.storing import FileLimits, Room, room_in
from sync.server.shares import Shares, member_of, network_of

AT_ONCE: Final = 32
"""Uploads in one process; each holds a thread."""
OF_ONE: Final = 4
"""Of one member."""
OF_NETWORK: Final = 16
SCARCE: Final = 16
"""From so many on, who is slow makes room for others."""
BYTES_A_SECOND: Final = 16 << 10
"""Of one that is not slow, once it has lasted for `WAIT`."""
WAIT: Final = 10
"""Seconds after which who has too many may try again."""
WAITING: Final = 4
PAUSE: Final = 0.005


class Broken(Exception):
    """The body ended before it was whole; what was stored of it is removed."""


class TooManyUploads(TooMany):
    title = "Too many at once"

    def __init__(self) -> None:
        self.seconds = WAIT
        ConneqtError.__init__(
            self, "There are too many uploads under way. Wait until one has ended."
        )


class Uploads:
    """Of one server process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="upload")
        self._of_member = Shares()
        self._of_network = Shares()
        self._last = asyncio.Lock()

    async def take(
        self, acting: Acting, body: AsyncIterator[bytes], limits: FileLimits
    ) -> StoredFile:
        """A file that the actor's commands may name then. Raises TooManyUploads, Forbidden, TooLarge, WorkspaceErrors."""
        with self._one_of(acting.actor):
            room = await room_in(acting, limits)
            file = await self._stored(acting.files, body, room)
            async with self._last:  # others came at the same time: together they may be too large
                (await room_in(acting, limits)).check(file.size)
                await acting.brought(file)
        return file

    @contextmanager
    def _one_of(self, actor: Actor) -> Iterator[None]:
        member, network = member_of(actor), network_of(actor)
        if (
            self._of_member.of(member) >= OF_ONE
            or self._of_network.of(network) >= OF_NETWORK
            or self._of_member.all >= AT_ONCE
        ):
            raise TooManyUploads
        with self._of_member.one(member), self._of_network.one(network):
            yield

    def _check_pace(self, size: int, seconds: float) -> None:
        """Raises TooManyUploads for one that is slow while there are many."""
        slow = seconds > WAIT and size < seconds * BYTES_A_SECOND
        if slow and self._of_member.all >= SCARCE:
            raise TooManyUploads

    async def _stored(self, files: FileStore, body: AsyncIterator[bytes], room: Room) -> StoredFile:
        pieces: Queue[bytes | Broken | None] = Queue(WAITING)
        loop = asyncio.get_running_loop()
        taking = loop.run_in_executor(self._threads, files.take, _taken(pieces))
        size, ending, begun = 0, None, loop.time()
        try:
            async for piece in body:
                size += len(piece)
                room.check(size)
                self._check_pace(size, loop.time() - begun)
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
    pieces: "Queue[bytes | Broken | None]", piece: "bytes | Broken | None", taking: "asyncio.Future[StoredFile]"
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
