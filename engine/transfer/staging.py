"""A folder in which a long export grows file by file, so that one that a crash broke off goes on where it was.

It lies beside the target, for its owner only. A list of what is finished is written after each part; what is not in
it is made anew. Cancelled or failed exports leave nothing; only a crash leaves the folder.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from engine.errors import DiskFull, ReadOnly, UsageError
from engine.transfer.zipped import ArchivedFile

LIST: Final = "finished.json"
LONGEST: Final = 86_400_000
"""A day: what was begun before that is begun anew, since it would tell of yesterday."""


class Omission(Struct, frozen=True, kw_only=True):
    what: str
    count: int
    reason: str


class Finished(Struct, frozen=True, kw_only=True):
    """`about` says of whom and what the export is: another one does not go on with it."""

    about: str
    began_at: int
    parts: tuple[str, ...] = ()
    files: tuple[ArchivedFile, ...] = ()
    omitted: tuple[Omission, ...] = ()


class Staging:
    """`resumed` tells whether an earlier export goes on."""

    def __init__(self, folder: Path, finished: Finished, *, resumed: bool) -> None:
        self.folder = folder
        self.finished = finished
        self.resumed = resumed

    @classmethod
    def beside(cls, target: Path, about: str, now: int) -> "Staging":
        """Raises UsageError, ReadOnly, DiskFull."""
        folder = target.with_name(f".{target.name}.export")
        before = _read(folder / LIST)
        goes_on = before is not None and before.about == about and now - before.began_at < LONGEST
        try:
            if not goes_on:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(mode=0o700)
        except PermissionError:
            raise ReadOnly(f"{target} may not be written. Choose another place.") from None
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(f"{target} cannot be written: its folder is not there.") from None
        except OSError as error:
            raise DiskFull(f"{target} could not be written: {error.strerror}.") from None
        if goes_on:
            assert before is not None
            return cls(folder, before, resumed=True)
        return cls(folder, Finished(about=about, began_at=now), resumed=False)

    def has(self, part: str) -> bool:
        return part in self.finished.parts

    def place(self, path: str) -> Path:
        """Where a file of the archive is written until then."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def finish(
        self, part: str, files: Iterable[ArchivedFile] = (), omitted: Iterable[Omission] = ()
    ) -> None:
        """This part is whole: it is not made again."""
        now = self.finished
        self.finished = replace(
            now, parts=(*now.parts, part), files=(*now.files, *files), omitted=(*now.omitted, *omitted)
        )  # fmt: skip
        half = self.folder / f"{LIST}.part"
        half.write_bytes(msgspec.json.encode(self.finished))
        half.replace(self.folder / LIST)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _read(path: Path) -> Finished | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Finished)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
