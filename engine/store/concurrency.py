"""What becomes of an edit when somebody else changed the same field meanwhile (sync.md R8, R9).

Judged by field, by the change log: an edit is concurrent with every change of the field that its device had
not read yet, unless the device made that change itself. Lists and texts are merged; of anything else the later
one stands, and whoever's value gave way is told of both.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct
from sqlalchemy import select

from engine.clock import derived_id
from engine.errors import Invalid
from engine.model.board import Board, Group
from engine.model.change import ChangeOp
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.record import JSON, Record
from engine.model.view import View
from engine.store.rows import field_to_builtin
from engine.store.tables import ENTITY_NAMES, change, history

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

Was: TypeAlias = Mapping[str, Mapping[str, JSON]]
JUDGED: Final[dict[type[Record], frozenset[str]]] = {
    Board: frozenset({"name", "description", "kind", "item_noun", "state"}),
    Group: frozenset({"name", "color", "state"}),
    Column: frozenset({"title", "settings", "state"}),
    Item: frozenset({"name", "values", "state"}),
    Comment: frozenset({"body", "state"}),
    Attachment: frozenset({"name", "state"}),
    View: frozenset({"name", "kind", "filter", "sorts", "lane_by", "hidden", "card_fields"}),
}
"""Fields where two values compete. Places, widths and what is folded are taken as they arrive."""
TOGETHER: Final = {"state": "state_at", "body": "edited_at"}
"""When a field keeps what it has, the time beside it does too."""


class Rival(Struct, frozen=True):
    """The last change of a field that a device had not read."""

    at: int
    actor_id: str


class Concurrency:
    """Of one command from a device: `base` is how far it had read when the command was given."""

    def __init__(self, replica_id: str, base: int, was: Was | None) -> None:
        self.replica_id = replica_id
        self.superseded = False
        self._base = base
        self._was = was or {}

    def settle(
        self,
        unit: "UnitOfWork",
        record: Record,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The fields of a change that must have other values than it says, and these values."""
        judged = JUDGED.get(type(record), frozenset())
        named = {field for field in after if field.split(".")[0] in judged}
        rivals = self._rivals(unit, record) if named else {}
        instead: dict[str, Any] = {}
        for field in sorted(named & rivals.keys()):
            merged = self._merged(unit, record, field, before[field], after[field])
            if merged is not None:
                instead[field] = merged[0]
            elif self._gives_way(unit, record, field, before[field], after[field], rivals[field]):
                instead[field] = before[field]
                if field in TOGETHER:
                    instead[TOGETHER[field]] = field_to_builtin(getattr(record, TOGETHER[field]))
        return instead

    def _rivals(self, unit: "UnitOfWork", record: Record) -> dict[str, Rival]:
        statement = (
            select(change.c.after, history.c.at, history.c.actor_id)
            .join(
                history,
                (history.c.organization_id == change.c.organization_id)
                & (history.c.seq == change.c.seq),
            )
            .where(
                change.c.organization_id == unit.actor.organization_id,
                change.c.seq > self._base,
                change.c.entity == ENTITY_NAMES[type(record)],
                change.c.entity_id == record.id,
                change.c.op == ChangeOp.UPDATE.value,
                history.c.replica_id != self.replica_id,
            )
        )
        item_id = record.id if isinstance(record, Item) else getattr(record, "item_id", "")
        if item_id:  # the log's index
            statement = statement.where(change.c.item_id == item_id)
        found: dict[str, Rival] = {}
        for after, at, actor_id in unit.rows(statement.order_by(change.c.seq)):
            found |= dict.fromkeys(after or {}, Rival(at, actor_id))
        return found

    def _merged(
        self, unit: "UnitOfWork", record: Record, field: str, theirs: JSON, mine: JSON
    ) -> tuple[JSON] | None:
        was = self._was.get(f"{ENTITY_NAMES[type(record)]}:{record.id}", {})
        if field not in was or not isinstance(record, Item):
            return None
        reader = unit.readers(record.board_id).get(field.removeprefix("values."))
        if reader is None:
            return None
        kind, at = reader
        merged = kind.merge(was[field], mine, theirs)
        try:
            return None if merged is None else (kind.validate(merged[0], at),)
        except Invalid:  # together they are too long
            return None

    def _gives_way(
        self, unit: "UnitOfWork", record: Record, field: str, theirs: JSON, mine: JSON, rival: Rival
    ) -> bool:
        """Whether the change at hand does, by time; whoever's value gives way is told."""
        lost = unit.now < rival.at
        self.superseded |= lost
        if lost:
            self.tell(unit, record, field, mine, theirs, by=rival.actor_id)
        else:
            self.tell(unit, record, field, theirs, mine, by=unit.actor.user_id, to=rival.actor_id)
        return lost

    def tell(
        self, unit: "UnitOfWork", record: Record, field: str, lost: JSON, won: JSON, *, by: str = "", to: str = "",
    ) -> None:  # fmt: skip
        """The person whose value gave way (the actor, or `to`) sees both until they put it away."""
        unit.insert(
            Conflict(
                id=derived_id(str(unit.seq), record.id, field), member_id=to or unit.actor.user_id,
                board_id=record.id if isinstance(record, Board) else getattr(record, "board_id", ""),
                item_id=record.id if isinstance(record, Item) else getattr(record, "item_id", ""),
                entity=ENTITY_NAMES[type(record)], entity_id=record.id, field=field, lost=lost,
                won=won, won_by=by, at=unit.now,
            )
        )  # fmt: skip


def mergeable(unit: "UnitOfWork", record: Item, before: Mapping[str, JSON]) -> dict[str, JSON]:
    """Of what an edit found, the fields that a server can merge: it must know what they held."""
    readers = unit.readers(record.board_id)
    kept: dict[str, JSON] = {}
    for field, value in before.items():
        reader = readers.get(field.removeprefix("values."))
        if reader is not None and reader[0].merge(value, value, value) is not None:
            kept[field] = value
    return kept
