"""Attachments on disk: encrypted files named by the digest of their plain bytes, streamed in and out.

A file is a header (magic, salt) and chunks of 1 MiB, each AES-256-GCM with a nonce that counts the
chunks and marks the last one: a chunk that is changed, moved or cut off does not open (the STREAM
construction). The file's key is HKDF-SHA256(workspace key, salt).
"""

import asyncio
import hashlib
import hmac
import os
import secrets
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from engine.errors import Damaged, NotFound, Refused
from engine.store.faults import storage_faults

MAGIC: Final = b"CQFILE1\n"
SALT: Final = 16
CHUNK: Final = 1 << 20
TAG: Final = 16
Progress = Callable[[int], None]


class StoredFile(Struct, frozen=True):
    digest: str
    size: int


class FileStore:
    """`read` and `add` work in a thread, chunk by chunk: memory does not grow with the file."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key

    async def add(self, path: Path, progress: Progress | None = None) -> StoredFile:
        """Take a file in. Raises NotFound and Refused for what is not a readable plain file."""
        return await asyncio.to_thread(self._add, path, progress)

    async def read(self, digest: str, name: str) -> AsyncIterator[bytes]:
        """The plain bytes, in chunks; raises NotFound, or Damaged before the last chunk is given out."""
        chunks = self.chunks(digest, name)
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk

    def has(self, digest: str) -> bool:
        return self._path(digest).exists()

    def remove(self, digest: str) -> None:
        self._path(digest).unlink(missing_ok=True)

    def digests(self, *, older_than: float = 0) -> Iterator[str]:
        """Digests of all files that have been there for so many seconds."""
        latest = time.time() - older_than
        for path in sorted(self.folder.glob("??/*")):
            if path.suffix != ".part" and path.stat().st_mtime <= latest:
                yield path.name

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

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

    def take(self, chunks: Iterator[bytes], progress: Progress | None = None) -> StoredFile:
        """As `add`, without leaving the thread; every chunk but the last is of `CHUNK` bytes."""
        with storage_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"{secrets.token_hex(8)}.part"
            try:
                stored = self._encrypt(chunks, part, progress)
                final = self._path(stored.digest)
                final.parent.mkdir(exist_ok=True)
                os.replace(part, final)
            finally:
                part.unlink(missing_ok=True)
        return stored

    def _encrypt(
        self, chunks: Iterator[bytes], part: Path, progress: Progress | None
    ) -> StoredFile:
        """Every chunk but the last has the full length, as `chunks` reads them."""
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

    def chunks(self, digest: str, name: str) -> Iterator[bytes]:
        """As `read`, without leaving the thread."""
        path = self._path(digest)
        if not digest or not path.exists():
            raise NotFound(f"The file of “{name}” is not in this workspace.")
        damaged = Damaged(f"The stored file of “{name}” is damaged. Restore it from a copy.")
        check = hashlib.sha256()
        with storage_faults(path), path.open("rb") as source:
            if source.read(len(MAGIC)) != MAGIC:
                raise damaged
            cipher = self._cipher(source.read(SALT))
            sealed, number = source.read(CHUNK + TAG), 0
            while True:
                following = source.read(CHUNK + TAG)
                plain = _open(cipher, _nonce(number, last=not following), sealed, damaged)
                check.update(plain)
                if not following and check.hexdigest() != digest:
                    raise damaged
                yield plain
                if not following:
                    return
                sealed, number = following, number + 1

    def _cipher(self, salt: bytes) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        extracted = hmac.digest(salt, self._key, "sha256")
        return AESGCM(hmac.digest(extracted, b"conneqtos file\x01", "sha256"))


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">IQ", int(last), number)


def _open(cipher: Any, nonce: bytes, sealed: bytes, damaged: Damaged) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return bytes(cipher.decrypt(nonce, sealed, None))
    except InvalidTag:
        raise damaged from None
