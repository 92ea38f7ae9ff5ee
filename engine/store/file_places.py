"""Where encrypted bytes lie: a folder of this machine, or a bucket that speaks S3. Neither knows what is in them."""

import math
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, Protocol

from engine.errors import NotFound, UsageError, WorkspaceError
from engine.store.faults import storage_faults

PART: Final = ".part"
UNFINISHED_SECONDS: Final = 3_600.0
"""After which nobody writes on in a file that was begun: even the slowest upload fills a chunk sooner."""
PIECE: Final = 1 << 20
SCHEME: Final = "s3://"


class Place(Protocol):
    """Names are paths with “/”. `workroom` is a folder of this machine where a file is written before it has its
    name; whoever writes there removes what is not kept."""

    workroom: Path

    def faults(self) -> AbstractContextManager[None]:
        """Makes what goes wrong there our errors, while a file of it is read."""

    def keep(self, part: Path, name: str) -> None:
        """Take a finished file out of the workroom under a name, in place of one that has it."""

    def open(self, name: str) -> IO[bytes]:
        """To read and seek in. Raises NotFound."""

    def has(self, name: str) -> bool: ...

    def remove(self, name: str) -> None:
        """Nothing happens where there is none."""

    def names(self, under: str, older_than: float = 0) -> Iterator[str]:
        """Of what lies under a path, for so many seconds at least."""


def _latest(older_than: float) -> float:
    """Where any age will do, no clock is asked: that of a bucket may be ahead of ours."""
    return time.time() - older_than if older_than else math.inf


class Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.workroom = folder

    def faults(self) -> AbstractContextManager[None]:
        return storage_faults(self.workroom)

    def keep(self, part: Path, name: str) -> None:
        final = self.workroom / name
        with storage_faults(self.workroom):
            final.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, final)

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self.workroom / name).open("rb")
        except FileNotFoundError:
            raise NotFound(f"There is no file {name} in the store.") from None

    def has(self, name: str) -> bool:
        return (self.workroom / name).exists()

    def remove(self, name: str) -> None:
        path = self.workroom / name
        path.unlink(missing_ok=True)
        for folder in list(path.parents)[: name.count("/")]:
            try:
                folder.rmdir()
            except OSError:  # something else is in it
                return

    def names(self, under: str, older_than: float = 0) -> Iterator[str]:
        latest = _latest(older_than)
        for path in sorted((self.workroom / under).rglob("*")):
            if path.suffix != PART and path.is_file() and path.stat().st_mtime <= latest:
                yield path.relative_to(self.workroom).as_posix()


class Bucket:
    """A bucket of S3, or of a store that speaks like it. `url` is `s3://bucket` or `s3://bucket/prefix`; who we
    are there, its endpoint and region are read from the AWS_… variables of the environment."""

    def __init__(self, url: str, workroom: Path) -> None:
        from obstore.store import S3Store

        bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        self._store: Any = S3Store(
            bucket, prefix=prefix or None, client_options={"allow_http": plain}
        )
        self.workroom = workroom

    def faults(self) -> AbstractContextManager[None]:
        return _bucket_faults()

    def keep(self, part: Path, name: str) -> None:
        import obstore

        with _bucket_faults(), part.open("rb") as file:
            obstore.put(self._store, name, file)
        part.unlink()

    def open(self, name: str) -> IO[bytes]:
        import obstore

        with _bucket_faults():
            reader: IO[bytes] = obstore.open_reader(self._store, name, buffer_size=PIECE)  # type: ignore[assignment]
            return reader

    def has(self, name: str) -> bool:
        import obstore

        try:
            with _bucket_faults():
                obstore.head(self._store, name)
        except NotFound:
            return False
        return True

    def remove(self, name: str) -> None:
        import obstore

        with _bucket_faults():
            obstore.delete(self._store, name)

    def names(self, under: str, older_than: float = 0) -> Iterator[str]:
        import obstore

        latest = _latest(older_than)
        with _bucket_faults():
            for batch in obstore.list(self._store, prefix=under or None):
                for one in batch:
                    if one["last_modified"].timestamp() <= latest:
                        yield one["path"]


def drop_unfinished(place: Place) -> None:
    """What somebody began to write in the workroom, and did not come to the end of."""
    latest = _latest(UNFINISHED_SECONDS)
    with storage_faults(place.workroom):
        for part in place.workroom.glob(f"*{PART}"):
            with suppress(FileNotFoundError):  # it has its name by now
                if part.stat().st_mtime <= latest:
                    part.unlink()


class BucketFault(WorkspaceError):
    """The store of files does not do what it should; nothing was changed in the database."""

    code = "files"
    title = "The store of files cannot be used"


def place_of(where: str, otherwise: Path) -> Place:
    """By its name in the settings: `s3://…`, a folder, or "" for the usual folder. Raises UsageError."""
    if where.startswith(SCHEME):
        if not where.removeprefix(SCHEME).strip("/"):
            raise UsageError(f"“{where}” names no bucket. Write s3://bucket or s3://bucket/prefix.")
        return Bucket(where, otherwise)
    return Folder(Path(where).expanduser() if where else otherwise)


def try_out(where: str) -> None:
    """Write a small file into a place, and remove it. Raises WorkspaceErrors, OSError, UsageError."""
    with TemporaryDirectory() as room:
        place, name = place_of(where, Path(room)), secrets.token_hex(8)
        part = place.workroom / f"{name}{PART}"
        with storage_faults(where):
            place.workroom.mkdir(parents=True, exist_ok=True)
            part.write_bytes(b"")
        place.keep(part, name)
        place.remove(name)


@contextmanager
def _bucket_faults() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise NotFound("There is no such file in the store.") from None
    except (BaseError, OSError) as error:
        raise BucketFault(
            f"The bucket for files cannot be used ({type(error).__name__}). Check its name and the AWS_… "
            "variables of the server."
        ) from None
