"""What is held about the actor: how much of each kind, and the records themselves (GDPR Art. 15)."""

from typing import Final

from msgspec import Struct

from engine.clock import iso_time
from engine.errors import NotFound
from engine.model.board import Board
from engine.model.record import JSON, Number
from engine.privacy.inventory import KINDS, Kind, exported_fields
from engine.privacy.policy import (
    CATEGORIES,
    Category,
    Purpose,
    Subprocessor,
    purposes_of,
    subprocessors_of,
)
from engine.queries.registry import Query, answers
from engine.store.personal import count_own, own_rows
from engine.store.reading import Reading

MOST: Final = 1_000
AT_SERVER: Final = "at server"
ACCOUNT_AT: Final = (
    "Your account itself (address, devices, mails, consents) is kept at {server}, apart from this workspace, and is not in "
    "its export. Who runs that server exports it for you: conneqtos account export."
)
"""Of a linked workspace: what it cannot know, where that is, and how one gets it."""


class Holding(Struct, frozen=True, kw_only=True):
    """How many records of a kind (engine.privacy.inventory) are about the actor. Of what is `of_account` a linked
    workspace does not know the count."""

    kind: str
    title: str
    count: int
    of_account: bool = False

    def counted(self, server: str) -> str:
        """The count, or where a linked workspace (`server`) knows of none, that it is there."""
        return AT_SERVER if server and self.of_account and not self.count else f"{self.count:,}"


class Held(Struct, frozen=True, kw_only=True):
    """One category of the policy with what it holds about the actor, why, and who else processes it."""

    category: Category
    purposes: tuple[Purpose, ...]
    subprocessors: tuple[Subprocessor, ...]
    holdings: tuple[Holding, ...]


class OwnPage(Struct, frozen=True, kw_only=True):
    """`after` asks for the next page, "" when there is none. `omitted` records of this page are on boards
    that the actor cannot see (any more)."""

    records: list[dict[str, JSON]]
    after: str
    omitted: int


class WhatIsHeld(Query[list[Held]], frozen=True, kw_only=True):
    """Everything that is held about the actor, by the policy's categories (C01)."""


class OwnRecords(Query[OwnPage], frozen=True, kw_only=True):
    """The actor's records of one kind, in the order they were made. Without secrets; times in ISO 8601.
    Raises NotFound."""

    data_kind: str
    after: str = ""
    limit: Number = MOST


@answers(WhatIsHeld, within_board=False, on_server=True)
def what_is_held(reading: Reading, query: WhatIsHeld) -> list[Held]:
    return [
        Held(
            category=category, purposes=purposes_of(key), subprocessors=subprocessors_of(key),
            holdings=tuple(
                _holding(reading, kind) for kind in KINDS.values() if kind.category == key
            ),
        )
        for key, category in CATEGORIES.items()
    ]  # fmt: skip


@answers(OwnRecords, within_board=False, on_server=True)
def own_records(reading: Reading, query: OwnRecords) -> OwnPage:
    kind = KINDS.get(query.data_kind)
    if kind is None:
        raise NotFound(f"There is no kind of personal data “{query.data_kind}”.")
    limit = min(max(query.limit, 1), MOST)
    fields = exported_fields(kind)
    rows, after = own_rows(reading, kind.record, kind.by, fields, query.after, limit)
    rows = [{name: _plain(name, value) for name, value in row.items()} for row in rows]
    shown = [row for row in rows if _may_be_shown(reading, kind, row)]
    return OwnPage(records=shown, after=after, omitted=len(rows) - len(shown))


def _holding(reading: Reading, kind: Kind) -> Holding:
    count = count_own(reading, kind.record, kind.by)
    return Holding(kind=kind.name, title=kind.title, count=count, of_account=kind.of_account)


def _may_be_shown(reading: Reading, kind: Kind, row: dict[str, JSON]) -> bool:
    if not kind.shared:
        return True
    board_id = row["id"] if kind.record is Board else row["board_id"]
    return reading.find(Board, str(board_id)) is not None


def _plain(field: str, value: JSON) -> JSON:
    """Times as people and programs read them: the fields called `at` and `…_at` are milliseconds."""
    if (field == "at" or field.endswith("_at")) and isinstance(value, int):
        return iso_time(value) if value else None
    return value
