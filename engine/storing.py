"""Takes the files of devices into an open engine, part by part, within the limits of its server."""

import asyncio
from typing import Final

from msgspec import Struct

from engine.api import Acting
from engine.errors import Forbidden, Refused
from engine.model.actor import Scope
from engine.model.exchange import FileComing
from engine.queries.files import BytesStored, FileKnown
from engine.store.file_parts import PART, FileParts
from engine.store.session import READ_ONLY

__all__ = ["PART", "FileLimits", "FileParts", "Receiving", "Room", "TooLarge", "room_in"]

GIB: Final = 1 << 30


class FileLimits(Struct, frozen=True, kw_only=True):
    """In bytes: of one file, and of all files of an organization together (0: no limit)."""

    one: int = GIB
    all: int = 0


class TooLarge(Refused):
    code = "quota"
    title = "There is no room for this file"


class Room(Struct, frozen=True, kw_only=True):
    """What is left in an organization for one more file; `all` None where nothing bounds them together."""

    limits: FileLimits
    all: int | None

    def check(self, size: int) -> None:
        """Raises TooLarge."""
        if size > self.limits.one:
            raise TooLarge(f"A file has {self.limits.one:,} bytes at most here.")
        if self.all is not None and size > self.all:
            raise TooLarge(
                f"The files of this organization may have {self.limits.all:,} bytes together. Delete some for good, or "
                "ask who runs the server for more."
            )


async def room_in(acting: Acting, limits: FileLimits) -> Room:
    """Raises Forbidden for who may bring no file at all."""
    if acting.actor.scope is Scope.READ:
        raise Forbidden(READ_ONLY)
    left = limits.all - await acting.query(BytesStored()) if limits.all else None
    return Room(limits=limits, all=left)


class Receiving:
    """One member's way to one file."""

    def __init__(self, acting: Acting, digest: str, size: int, limits: FileLimits) -> None:
        """Raises Invalid where this can be no file."""
        self._acting = acting
        self._limits = limits
        self._parts = FileParts(acting.files, acting.actor.user_id, digest, size)

    async def state(self) -> FileComing:
        """Whether somebody else has brought the same file cannot be told from the answer."""
        file = self._parts.file
        if (
            await self._acting.query(FileKnown(digest=file.digest)) == file.size
            and await self._here()
        ):
            return FileComing(received=file.size, done=True)
        return FileComing(received=await asyncio.to_thread(self._parts.received), done=False)

    async def _here(self) -> bool:
        """An organization that came to this server names files whose bytes come behind it."""
        digest = self._parts.file.digest
        return await asyncio.to_thread(self._acting.files.has, digest)

    async def take(self, start: int, content: bytes) -> FileComing:
        """One part, in its turn or once more; where all came before, it is only made a file. Raises Forbidden, TooLarge,
        Invalid, Refused, WorkspaceErrors."""
        now = await self.state()
        if now.done:
            return now
        await self.check()
        received, size = now.received, self._parts.file.size
        if received < size:
            received = await asyncio.to_thread(self._parts.take, start, content)
        if received < size:
            return FileComing(received=received, done=False)
        await self._acting.brought(await asyncio.to_thread(self._parts.finish))
        return FileComing(received=received, done=True)

    async def check(self) -> None:
        """Raises Forbidden and TooLarge where this file may not come in."""
        (await room_in(self._acting, self._limits)).check(self._parts.file.size)
