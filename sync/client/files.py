"""Carries the bytes of attachments between a linked device and its server, part by part, and goes on where it was cut."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from engine.api import Acting
from engine.errors import (
    ConneqtError,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    Unreachable,
    WorkspaceError,
)
from engine.model.item import Attachment
from engine.queries.files import AttachedFiles
from engine.store.files import CHUNK, FileStore, StoredFile
from engine.storing import PART
from engine.syncing import Device
from sync.client.server import FILES, Server

FINAL: Final = (Forbidden, Invalid, NotFound, Refused, WorkspaceError)
"""Faults of a file that no other try mends."""
Report = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""


class Carrier:
    def __init__(self, acting: Acting, server: Server, report: Report) -> None:
        self._acting = acting
        self._device = Device(acting)
        self._server = server
        self._report = report
        self._fetching: dict[str, asyncio.Lock] = {}

    async def send_all(self) -> int:
        """What was attached here goes to the server; comes back with how many files did, or turned out never to.
        Raises ConneqtErrors where it is to be tried again."""
        files = await self._device.unsent_files()
        for file in files:
            await self._settle(file)
        return len(files)

    async def fetch(self, attachment: Attachment) -> None:
        """Bring a file here that is not; what had come of it before is not asked for again. Raises ConneqtErrors."""
        lock = self._fetching.setdefault(attachment.digest, asyncio.Lock())
        async with lock:
            if not await asyncio.to_thread(self._acting.files.has, attachment.digest):
                file = StoredFile(attachment.digest, attachment.size)
                await self.bring(file, f"/sync/attachments/{attachment.id}", attachment.name)

    async def fetch_all(self) -> int:
        """Bring every attached file here that is not; comes back with how many came. One that the server will not give
        is passed over: who reads it is told. Raises ConneqtErrors where it is to be tried again."""
        count = 0
        for attachment in await self._acting.query(AttachedFiles()):
            if await asyncio.to_thread(self._acting.files.has, attachment.digest):
                continue
            with suppress(*FINAL):
                await self.fetch(attachment)
                count += 1
        return count

    async def _settle(self, file: StoredFile) -> None:
        try:
            await self.send(file)
        except FINAL as error:
            await self._device.file_refused(file.digest, error.code, str(error))
        else:
            await self._device.file_sent(file.digest)

    async def send(self, file: StoredFile, into: str = FILES) -> None:
        """One file, from where it was cut. Raises ConneqtErrors."""
        state = await self._server.file_state(file, into)
        with self._reporting():
            while not state.done:
                start = state.received
                self._report(start, file.size)
                part = await asyncio.to_thread(_part, self._acting.files, file, start)
                state = await self._server.send_part(file, start, part, into)
                if not state.done and state.received <= start:
                    raise Unreachable(
                        f"{self._server.url} does not take the file. It is tried again."
                    )

    async def bring(self, file: StoredFile, path: str, name: str) -> None:
        """One file of the server, from where it was cut. Raises ConneqtErrors."""
        parts = self._device.parts_of(file)
        start = await asyncio.to_thread(parts.received)
        with self._reporting():
            async with self._server.reading(path, start) as pieces:
                async for part in _whole(pieces):
                    start = await asyncio.to_thread(parts.take, start, part)
                    self._report(start, file.size)
        try:
            await asyncio.to_thread(parts.finish)
        except ConneqtError as error:
            raise Unreachable(
                f"“{name}” did not come whole from {self._server.url}. Try again."
            ) from error

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """At the end nothing is on its way any more."""
        try:
            yield
        finally:
            self._report(0, 0)


def _part(files: FileStore, file: StoredFile, start: int) -> bytes:
    """One part of a file of this device."""
    pieces: list[bytes] = []
    chunks = files.chunks(file.digest, file.digest, start)
    while len(pieces) < PART // CHUNK and (piece := next(chunks, None)) is not None:
        pieces.append(piece)
    return b"".join(pieces)


async def _whole(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pieces of any length as parts."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)
