"""What a device and its server tell each other (docs/sync-model.md): commands up, verdicts and rows down."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from engine.model.record import JSON, Id, Number

PROTOCOL: Final = 1
PROTOCOL_HEADER: Final = "X-Proto"
"""With every request of a device: the server may have been updated since the two greeted each other."""
MOST_COMMANDS: Final = 50
"""In one push, and in one gesture that only the server carries out."""
LARGEST_PUSH: Final = 16 << 20
"""Bytes that a server takes at once."""

ORGANIZATION_SCOPE: Final = "org"


def user_scope(member_id: str) -> str:
    return f"user:{member_id}"


def board_scope(board_id: str) -> str:
    return f"board:{board_id}"


class Sent(Struct, frozen=True, kw_only=True):
    """A command of a device. `n` counts the device's commands from 1; `at` is its own clock; `base` is how far it
    had read the server when the command was given. `was` has, by `entity:id` and field, what lists and texts held
    before: the server merges those."""

    n: Number
    id: Id
    gesture: Id
    op: str
    arguments: dict[str, JSON]
    at: Number
    base: Number
    undoable: bool = True
    was: dict[str, dict[str, JSON]] | None = None


class Hello(Struct, frozen=True, kw_only=True):
    """`read` is up to which seq the device has read, and so has forgotten what was erased; 0 while it has not yet."""

    protocol: Number
    replica_id: Annotated[str, Meta(max_length=64)] = ""
    read: Number = 0


class Welcome(Struct, frozen=True, kw_only=True):
    """Who the device's person is there."""

    organization_id: str
    member_id: str
    ticket: str = ""
    """With it the device can ask whether its person still belongs here, also once nothing else lets it in."""


class Still(Struct, frozen=True, kw_only=True):
    """Asks whether somebody still is a member; the ticket shows that they were."""

    organization_id: str
    member_id: str
    ticket: str


class StillThere(Struct, frozen=True, kw_only=True):
    """`epoch` is "" where there is no such organization (any more), or it has never known this member."""

    member: bool
    epoch: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """A command that only the server carries out, as its name on the wire and its fields."""

    op: str
    arguments: dict[str, JSON]


class Ask(Struct, frozen=True, kw_only=True):
    """Commands of one gesture that only the server carries out. `id` makes a repetition harmless."""

    id: Id
    commands: Annotated[tuple[Asked, ...], Meta(min_length=1, max_length=MOST_COMMANDS)]


class AskDone(Struct, frozen=True, kw_only=True):
    seq: int
    notes: tuple[str, ...] = ()


class FileComing(Struct, frozen=True, kw_only=True):
    """How much of a file has come, from its beginning, in bytes; `done` where commands may name it."""

    received: int
    done: bool


class AskedQuery(Struct, frozen=True, kw_only=True):
    """What only the server knows, by the query's name and its fields."""

    name: str
    fields: dict[str, JSON]


class Push(Struct, frozen=True, kw_only=True):
    """`after_n` and `after_id` name the last command of which the device knows the verdict; `seen` is how far it has
    read. `forgot` are the erased members of whom the device forgot every word already, where the base of a command does not
    say it."""

    replica_id: Id
    epoch: str
    after_n: Number
    after_id: str
    sent_at: Number
    commands: Annotated[tuple[Sent, ...], Meta(max_length=MOST_COMMANDS)]
    seen: Number = 0
    forgot: tuple[str, ...] = ()


class Status(StrEnum):
    OK = "ok"
    SUPERSEDED = "superseded"  # carried out, but a value of it gave way to a later one
    REJECTED = "rejected"


class Ack(Struct, frozen=True, kw_only=True):
    """The verdict on a command. `code` and `reason` say why one was rejected."""

    n: int
    id: str
    seq: int
    status: Status
    code: str = ""
    reason: str = ""


class Turn(StrEnum):
    """Why a push was not taken: something is missing before it, the numbers are of another device, the server is not the
    one it was, or it is older than the device and does not know what comes next."""

    GAP = "gap"
    FORK = "fork"
    EPOCH = "epoch"
    OUTDATED = "outdated"


class Pushed(Struct, frozen=True, kw_only=True):
    acks: tuple[Ack, ...] = ()
    turn: Turn | None = None
    last_n: int = 0


class Pull(Struct, frozen=True, kw_only=True):
    """`cursors` is how far each scope was read; of these and of new ones only those `wanted` are answered (None:
    all). `acked_n` is the last command of which the device knows the verdict. With `digests` the answer has those of
    all scopes that the device has after it. `again`: it had read before, and no cursor says up to where; it is told of
    all that ever was erased, but with the members whom it `forgot` already. `had` is how far scopes without a cursor were
    read that are read anew: it is told what left them, and what was erased, since."""

    replica_id: Id
    epoch: str
    acked_n: Number
    cursors: dict[str, Number]
    wanted: tuple[str, ...] | None = None
    digests: bool = False
    again: bool = False
    had: dict[str, Number] = {}
    forgot: tuple[str, ...] = ()


class PulledHead(Struct, frozen=True, kw_only=True):
    """The first line of the answer to a pull. `scopes` are all that the member may read, and the role there;
    `answered` those whose rows follow. `asked` repeats what the pull said of cursors; `at` is the server's time, 0 of an
    older one."""

    epoch: str
    seq: int
    scopes: dict[str, str]
    answered: tuple[str, ...]
    asked: dict[str, int]
    acks: tuple[Ack, ...]
    at: int = 0
    erased: tuple[str, ...] = ()
    """`entity:id` of what was erased since: no word of it may stay on a device."""
    digests: dict[str, int] = {}
    schema: str = ""
    """The version of the server's tables: rows of another one may lack fields that this one has."""


class PulledTail(Struct, frozen=True, kw_only=True):
    """The last line: how many lines came between. Without it the answer was cut."""

    count: int
