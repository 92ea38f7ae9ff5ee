"""Attachments at rest: encrypted files named by the digest of their plain bytes, streamed in and out.

A file is a header (magic, salt) and chunks of 1 MiB, each AES-256-GCM with a nonce that counts the
chunks and marks the last one: a chunk that is changed, moved or cut off does not open (the STREAM
construction). The file's key is HKDF-SHA256(workspace key, salt).
"""

import asyncio
import hashlib
import hmac
import os
import re
import secrets
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import closing
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from engine.errors import Damaged, Invalid, NotFound, Refused
from engine.store.faults import storage_faults
from engine.store.file_places import PART, Place

MAGIC: Final = b"CQFILE1\n"
SALT: Final = 16
CHUNK: Final = 1 << 20
TAG: Final = 16
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
PLAIN_ID: Final = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")
Progress = Callable[[int], None]


class StoredFile(Struct, frozen=True):
    digest: str
    size: int


class FileStore:
    """Files by their digest. `read` and `add` work in a thread, chunk by chunk: memory does not grow with the
    file. Each organization has its own (`of`): two that have the same file have it twice (C23)."""

    def __init__(self, place: Place, key: bytes, under: str = "") -> None:
        self.place = place
        self._key = key
        self.under = under

    def of(self, organization_id: str) -> "FileStore":
        """The files of one organization."""
        return FileStore(self.place, self._key, f"{self.under}{_folder_of(organization_id)}/")

    async def add(self, path: Path, progress: Progress | None = None) -> StoredFile:
        """Take a file in. Raises NotFound and Refused for what is not a readable plain file."""
        return await asyncio.to_thread(self._add, path, progress)

    async def read(self, digest: str, name: str, start: int = 0) -> AsyncIterator[bytes]:
        """As `chunks`."""
        chunks = self.chunks(digest, name, start)
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk

    def has(self, digest: str) -> bool:
        return self.place.has(self.path_of(digest))

    def remove(self, digest: str) -> None:
        self.place.remove(self.path_of(digest))

    def digests(self, *, older_than: float = 0) -> Iterator[str]:
        """Digests of all files that have been there for so many seconds."""
        for path in self.place.names(self.under, older_than):
            name = path.rpartition("/")[2]
            if path == self.path_of(name):
                yield name

    def bytes_of(self, digest: str) -> int:
        """How many it takes in the place: a little more than the file has. None where it is gone."""
        try:
            with self.place.faults(), closing(self.place.open(self.path_of(digest))) as source:
                return source.seek(0, os.SEEK_END)
        except NotFound:
            return 0

    def path_of(self, digest: str) -> str:
        """Its name in the place."""
        return f"{self.under}{digest[:2]}/{digest}"

    def copy_to(self, other: "FileStore", digest: str) -> None:
        """Put a file into another store, under its key. Raises Damaged where it is not what its digest says."""
        other.take(self.chunks(digest, digest))

    def _add(self, path: Path, progress: Progress | None) -> StoredFile:
        if not path.exists():
            raise NotFound(f"There is no file {path}. Check the name and try again.")
        if not path.is_file():
            raise Refused(f"{path} is not a plain file, so it cannot be attached.")
        with storage_faults(path), path.open("rb") as source:
            return self.take(iter(lambda: source.read(CHUNK), b""), progress)

    def take(
        self,
        chunks: Iterator[bytes],
        progress: Progress | None = None,
        *,
        only: StoredFile | None = None,
    ) -> StoredFile:
        """As `add`, without leaving the thread; chunks may be of any length. Raises Invalid where it should be a
        certain file `only` and is not; then nothing is kept."""

        def named(stored: StoredFile) -> str:
            if only is not None and stored != only:
                raise Invalid("The file is not what its digest says. Send it again.")
            return self.path_of(stored.digest)

        return self._keep(chunks, named, progress)

    def take_as(self, name: str, chunks: Iterator[bytes]) -> None:
        """Keep something under a name of its own, for `chunks_of`; `digests` does not list it."""
        self._keep(chunks, lambda stored: name, None)

    def _keep(
        self, chunks: Iterator[bytes], named: Callable[[StoredFile], str], progress: Progress | None
    ) -> StoredFile:
        room = self.place.workroom
        with storage_faults(room):
            room.mkdir(parents=True, exist_ok=True)
            part = room / f"{secrets.token_hex(8)}{PART}"
            try:
                stored = self._encrypt(chunks, part, progress)
                self.place.keep(part, named(stored))
            finally:
                part.unlink(missing_ok=True)
        return stored

    def _encrypt(
        self, chunks: Iterator[bytes], part: Path, progress: Progress | None
    ) -> StoredFile:
        """Every chunk that is written but the last has the full length, as `chunks` reads them."""
        chunks = _of_full_length(chunks)
        salt = secrets.token_bytes(SALT)
        cipher = self._cipher(salt)
        digest, size = hashlib.sha256(), 0
        with part.open("xb") as target:
            target.write(MAGIC + salt)
            chunk, number = next(chunks, b""), 0
            while True:
                following = next(chunks, b"")
                target.write(cipher.encrypt(_nonce(number, last=not following), chunk, None))
                digest.update(chunk)
                size += len(chunk)
                if progress is not None:
                    progress(size)
                if not following:
                    break
                chunk, number = following, number + 1
            target.flush()
            os.fsync(target.fileno())
        return StoredFile(digest.hexdigest(), size)

    def chunks(self, digest: str, name: str, start: int = 0) -> Iterator[bytes]:
        """The plain bytes from `start` on; raises NotFound, or Damaged before the last chunk is given out. Only
        who reads from the beginning knows that all of it is what the digest says."""
        if not is_digest(digest) or not self.has(digest):
            raise NotFound(f"The file of “{name}” is not in this workspace.")
        check = hashlib.sha256()
        for held, following in pairwise(
            chain(self.chunks_of(self.path_of(digest), name, start), [b""])
        ):
            check.update(held)
            if not start and not following and check.hexdigest() != digest:
                raise _damaged(name)
            yield held

    def chunks_of(self, path: str, name: str, start: int = 0) -> Iterator[bytes]:
        """What was kept under a name, from `start` on. Raises NotFound, Damaged."""
        with self.place.faults(), closing(self.place.open(path)) as source:
            if bytes(source.read(len(MAGIC))) != MAGIC:
                raise _damaged(name)
            cipher = self._cipher(bytes(source.read(SALT)))
            number, skip = divmod(start, CHUNK)
            source.seek(len(MAGIC) + SALT + number * (CHUNK + TAG))
            sealed = bytes(source.read(CHUNK + TAG))
            if not sealed and not start:
                raise _damaged(name)
            while sealed:
                following = bytes(source.read(CHUNK + TAG))
                plain = _open(cipher, _nonce(number, last=not following), sealed, name)
                yield plain[skip:]
                sealed, number, skip = following, number + 1, 0

    def _cipher(self, salt: bytes) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        extracted = hmac.digest(salt, self._key, "sha256")
        return AESGCM(hmac.digest(extracted, b"conneqtos file\x01", "sha256"))


def _of_full_length(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes; all chunks but the last are of `CHUNK` bytes."""
    waiting = bytearray()
    for piece in pieces:
        if not waiting and len(piece) == CHUNK:
            yield piece
            continue
        waiting += piece
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">IQ", int(last), number)


def _open(cipher: Any, nonce: bytes, sealed: bytes, name: str) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return bytes(cipher.decrypt(nonce, sealed, None))
    except InvalidTag:
        raise _damaged(name) from None


def _damaged(name: str) -> Damaged:
    return Damaged(f"The stored file of “{name}” is damaged. Restore it from a copy.")


def _folder_of(organization_id: str) -> str:
    """An id that is not one of ours leads nowhere else either."""
    if PLAIN_ID.fullmatch(organization_id):
        return organization_id
    return hashlib.sha256(organization_id.encode()).hexdigest()


def is_digest(text: str) -> bool:
    """Whether this is a SHA-256 in hex, so that it can also be part of a path."""
    return DIGEST.fullmatch(text) is not None
