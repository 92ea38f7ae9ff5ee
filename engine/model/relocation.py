"""What carries a whole organization from one store to another, with its ids, its history and its audit trail: between a
device and a server, either way (docs/sync-model.md).

It is lines of JSON, gzipped: a `Relocated` first, then `[entity, row]` a row, and `Counted` last.
"""

from typing import Final

from msgspec import Struct

from engine.model.board import Board, BoardMember, Group
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member, Organization, Preference
from engine.model.record import Record
from engine.model.rights import Consent, Deletion, Disclosure, Hold, Request
from engine.model.view import View

FORMAT: Final = "conneqtos-relocation"
VERSION: Final = 1

KINDS: Final[tuple[type[Record], ...]] = (
    Organization, Member, Preference, Deletion, Hold, Consent, Request, Disclosure,
    Board, BoardMember, Group, Column, View, Item, Comment, Attachment, Conflict,
)  # fmt: skip
"""In the order in which they come: nothing names what comes later. What opens a door (accounts, sessions, keys,
invitations, webhooks) and mails stay where they are."""
OWN_ONLY: Final[tuple[type[Record], ...]] = (Preference, Conflict)
"""Of these only the rows of whoever takes the organization along go with it, and no line of the change log."""


class Relocated(Struct, frozen=True, kw_only=True):
    """The first line: which organization this is, whose store it comes from, and where it continues. `member_id` is the
    owner who takes it along; `schema` the version of the tables that the rows come from."""

    organization_id: str
    member_id: str
    epoch: str
    seq: int
    item_number: int
    audit_number: int
    audit_hash: bytes
    schema: str
    format: str = FORMAT
    version: int = VERSION


class Counted(Struct, frozen=True, kw_only=True):
    """The last line: how many rows came before it."""

    rows: int


class Front(Struct, frozen=True, kw_only=True):
    """Where the audit chain begins, once its front was let go: what the entry before the first one was."""

    number: int
    hash: bytes
    at: int


class Arrival(Struct, frozen=True, kw_only=True):
    """A device asks its server to take the organization in whose relocation it has sent. Asked again it is answered the
    same: `epoch` says that it is the same life of the same organization. `nameless`: its owner has no name of their own
    there, so that the account's is theirs from here on."""

    organization_id: str
    epoch: str
    digest: str
    size: int
    nameless: bool = False


class Arrived(Struct, frozen=True, kw_only=True):
    """`here` is false where the server does not have it yet; then nothing else is said."""

    here: bool
    member_id: str = ""


class Departure(Struct, frozen=True, kw_only=True):
    """The file in which an organization is packed for its owner; without a digest it is not ready yet."""

    digest: str = ""
    size: int = 0
