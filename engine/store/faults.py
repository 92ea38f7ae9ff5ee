"""Turns what the database driver or the disk complains of into the errors a user can act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from engine.errors import Away, Busy, Damaged, DiskFull, Invalid, ReadOnly, WorkspaceError

# The start of SQLite's own message, the error it means, and what to do.
_SQLITE_FAULTS: tuple[tuple[str, type[WorkspaceError], str], ...] = (
    ("database or disk is full", DiskFull, "Nothing of the last step was written. Free some space and try again."),
    ("attempt to write a readonly", ReadOnly, "Make the folder and its files writable for you, then try again."),
    ("unable to open database", ReadOnly, "Check that the folder exists and that you may write in it."),
    ("database is locked", Busy, "Another program is writing to it. Wait for it to finish, then try again."),
    ("database table is locked", Busy, "Another program is writing to it. Wait for it to finish, then try again."),
    ("file is not a database", Damaged, "The key does not fit or the file is damaged. Restore it from a copy."),
    ("database disk image is malformed", Damaged, "Copy the folder away first; then restore it from a copy."),
    ("disk i/o error", Damaged, "The disk gave an error. Copy the folder to another disk, then try again."),
)  # fmt: skip

_VALUES: Final = "22"
"""How the SQLSTATEs begin of values that are none (a NUL, a number that is too large)."""
UNKEPT: Final = (
    "There is a number or a character in it that cannot be kept. Change it, and try again."
)
_AWAY: Final = ("08", "57P", "53300")
"""How the SQLSTATEs begin of a PostgreSQL that is gone, goes, comes, or has no room for another connection."""
_TOO_LONG: Final = "57014"
_TOLD: Final = "{}. Nothing of this was written; whoever runs the server finds why in its log."


@contextmanager
def storage_faults(where: Path | str) -> Iterator[None]:
    """Faults of the database inside leave as WorkspaceErrors that name `where`; what no column can hold is Invalid."""
    try:
        yield
    except (DBAPIError, sqlcipher3.dbapi2.Error) as error:
        if cannot_be_kept(error):
            raise Invalid(UNKEPT) from None
        raise _fault(error, where) or error from error
    except OverflowError:  # how SQLite's driver says it of a number
        raise Invalid(UNKEPT) from None
    except OSError as error:
        raise _os_fault(error, where) or error from error


@contextmanager
def server_faults(where: str) -> Iterator[None]:
    """While PostgreSQL is opened: that it is not there, or does not let us in, as a sentence."""
    import asyncpg

    try:
        yield
    except (Away, OSError, asyncpg.PostgresError, DBAPIError) as error:
        reason = (error.reason if isinstance(error, Away) else _reason(error)).rstrip(".")
        raise WorkspaceError(
            f"PostgreSQL cannot be used at {where}: {reason}. Check that it runs, and the address, user and "
            "password that were given."
        ) from None


@contextmanager
def connecting_faults() -> Iterator[None]:
    """While a connection to PostgreSQL is made: whatever is wrong, it is not there for us. Raises Away."""
    import asyncpg

    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Away(_reason(error)) from None
    except (ValueError, OverflowError) as error:  # so the driver says it of parts of the address
        raise Away(_reason(error)) from None


@contextmanager
def connection_faults() -> Iterator[None]:
    """While PostgreSQL works for us: a connection that is lost is Away, and none that is free is Busy."""
    try:
        yield
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state.startswith(_AWAY):
            raise Away(_reason(error)) from None
        if state == _TOO_LONG:
            raise Busy("That took the database too long. Nothing was changed.") from None
        raise
    except exc.TimeoutError:
        raise Busy(
            "All connections to the database are in use. Nothing was changed; try again soon."
        ) from None


def cannot_be_kept(error: BaseException) -> bool:
    """Whether PostgreSQL, or its driver before it, says of a value that it is none for its column."""
    said = getattr(error, "orig", None)
    state = str(getattr(said, "sqlstate", None) or "")
    return state.startswith(_VALUES) or isinstance(getattr(said, "__cause__", None), ValueError)


def _reason(error: BaseException) -> str:
    said = str(getattr(error, "orig", None) or error).splitlines()
    return said[0] if said else type(error).__name__


def _fault(error: BaseException, where: Path | str) -> WorkspaceError | None:
    message = str(getattr(error, "orig", error)).lower()
    for start, kind, advice in _SQLITE_FAULTS:
        if start in message:
            return kind(f"{kind.title}: {where}. {advice}", told=_TOLD.format(kind.title))
    return None


def _os_fault(error: OSError, where: Path | str) -> WorkspaceError | None:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"The disk is full: {where}. Free some space and try again; nothing was changed.",
            told=_TOLD.format(DiskFull.title),
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly(
            f"You may not write here: {where}. Check the folder's permissions, then try again.",
            told=_TOLD.format(ReadOnly.title),
        )
    return None
