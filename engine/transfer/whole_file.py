"""A file that appears whole at the end or not at all: written beside its place, then put there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.errors import DiskFull, ReadOnly, UsageError


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Write to what this gives. A fault inside leaves what was at `target` before. Raises UsageError,
    DiskFull, ReadOnly for faults of the file itself."""
    part = target.with_name(f".{target.name}.part")
    try:
        with storage_sentences(target):
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def storage_sentences(target: Path) -> Iterator[None]:
    """Faults of the disk below a file become UsageError, DiskFull, ReadOnly."""
    try:
        yield
    except PermissionError:
        raise ReadOnly(f"{target} may not be written. Choose another place.") from None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise UsageError(f"{target} cannot be written: its folder is not there.") from None
    except OSError as error:
        raise DiskFull(
            f"{target} could not be written: {error.strerror}. Nothing was left."
        ) from None
