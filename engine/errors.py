"""Every error the engine raises: a code for programs, a sentence for people, an exit status for shells.

ConneqtError
├── UsageError            the call itself is wrong
│   └── Unsupported       this version does not know it; a newer one may
├── NotFound              it does not exist, or the actor may not see it (the two look the same)
├── Forbidden             the actor may see it, but not do this
├── Invalid               a value breaks a rule of its column or field
├── Refused               the state of things is against it (moved on, taken, still in use)
│   └── VersionMoved      the record is another than the caller has seen
├── NeedsServer           only the server of a linked workspace does this, and it was not asked
├── Removed               of a linked workspace: its data does not stay on this device
├── TooMany               a rate limit: carries the seconds to wait
├── NotSignedIn           it was not shown who acts
│   └── NeedsCode         the password was right, and a code of the second factor is missing
├── Cancelled             a person stopped it; nothing was changed
├── UnreadableFile        a file to import is not what it should be
└── WorkspaceError        the workspace on disk
    ├── NoWorkspace       nothing there
    ├── Locked            no key: no keyring, no passphrase, or a wrong one
    ├── Damaged           it cannot be read
    ├── NewerVersion      written by a later ConneqtOS
    ├── DiskFull          no room left
    ├── ReadOnly          may not be written
    ├── Busy              another program holds it
    └── Away              its database server does not answer, for now
"""


class ConneqtError(Exception):
    """Base of all errors a user may see. `str(error)` is one sentence or two: what, where, what to do next."""

    code = "error"
    title = "That did not work"
    exit_status = 1


class UsageError(ConneqtError):
    code = "usage"
    title = "Wrong call"
    exit_status = 2


class Unsupported(UsageError):
    code = "unsupported"
    title = "Another version is needed"
    exit_status = 24


class NotFound(ConneqtError):
    code = "not_found"
    title = "Not found"
    exit_status = 3


class Forbidden(ConneqtError):
    code = "forbidden"
    title = "Not allowed"
    exit_status = 4


class Invalid(ConneqtError):
    code = "invalid"
    title = "Not a valid value"
    exit_status = 5


class Refused(ConneqtError):
    code = "refused"
    title = "Refused"
    exit_status = 6


class VersionMoved(Refused):
    code = "version_moved"
    title = "It has changed"
    exit_status = 22


class NotTaken(Refused):
    """A server will not have the organization that is on its way there; it is whole here."""

    code = "not_taken"
    title = "The server will not have this workspace"
    exit_status = 25


class NeedsServer(ConneqtError):
    code = "needs_server"
    title = "The server is needed"
    exit_status = 20


class Unreachable(NeedsServer):
    """Nothing was decided: it is tried again (sync.md R6)."""

    code = "unreachable"
    title = "The server cannot be reached"
    exit_status = 21


class Removed(ConneqtError):
    """The member left or was removed, or there was no contact for too long: whoever catches it takes the workspace
    off this device."""

    code = "removed"
    title = "Taken off this device"
    exit_status = 23


class TooMany(ConneqtError):
    """`seconds` is how long to wait until it can work again."""

    code = "too_many"
    title = "Too often"
    exit_status = 9

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"That was tried too often. Wait {waiting(seconds)} and try again.")


class NotSignedIn(ConneqtError):
    code = "not_signed_in"
    title = "Not signed in"
    exit_status = 18


class NeedsCode(NotSignedIn):
    code = "needs_code"
    title = "A second factor is needed"
    exit_status = 19


class Cancelled(ConneqtError):
    code = "cancelled"
    title = "Cancelled"
    exit_status = 7


class UnreadableFile(ConneqtError):
    """Carries the file's name, the place in it (line, row or JSON path; may be empty) and the reason."""

    code = "unreadable_file"
    title = "The file cannot be imported"
    exit_status = 8

    def __init__(self, name: str, place: str, reason: str) -> None:
        self.name, self.place, self.reason = name, place, reason
        where = f"{name}, {place}" if place else name
        super().__init__(f"{where}: {reason}")


class WorkspaceError(ConneqtError):
    """`told` is what may be said of it to whoever calls a server: nothing of where on that machine something lies."""

    code = "workspace"
    title = "The workspace cannot be used"
    exit_status = 10

    def __init__(self, said: str, *, told: str = "") -> None:
        super().__init__(said)
        self.told = told or said


class NoWorkspace(WorkspaceError):
    code = "no_workspace"
    title = "No workspace"
    exit_status = 11


class Locked(WorkspaceError):
    code = "locked"
    title = "The workspace is locked"
    exit_status = 12


class Damaged(WorkspaceError):
    code = "damaged"
    title = "The workspace is damaged"
    exit_status = 13


class NewerVersion(WorkspaceError):
    code = "newer_version"
    title = "Made by a newer ConneqtOS"
    exit_status = 14


class DiskFull(WorkspaceError):
    code = "disk_full"
    title = "The disk is full"
    exit_status = 15


class ReadOnly(WorkspaceError):
    code = "read_only"
    title = "The workspace may not be written"
    exit_status = 16


class Busy(WorkspaceError):
    code = "busy"
    title = "The workspace is in use"
    exit_status = 17


class Away(WorkspaceError):
    """`reason` is what the driver said: for who runs the server, not for who calls it."""

    code = "away"
    title = "The database cannot be reached"
    exit_status = 26

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("The database cannot be reached just now. Try again soon.")


def waiting(seconds: int) -> str:
    """In words: “40 seconds”, “5 minutes”, “2 hours”."""
    size, unit = next(
        ((size, unit) for size, unit in ((3_600, "hour"), (60, "minute")) if seconds >= size),
        (1, "second"),
    )
    count = max(1, -(-seconds // size))
    return f"{count} {unit}{'' if count == 1 else 's'}"
