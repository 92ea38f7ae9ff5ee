"""The changes of one item and of what hangs on it, by the deed that made them."""

from sqlalchemy import select

from engine.model.change import Change, ChangeOp, Deed
from engine.store.reading import Reading
from engine.store.rows import to_record
from engine.store.tables import change, history


def history_of(reading: Reading, item_id: str, limit: int) -> list[tuple[Deed, list[Change]]]:
    """The newest first; `limit` counts changes."""
    deed_fields = [history.c[name].label(f"deed_{name}") for name in Deed.__struct_fields__]
    statement = (
        select(*deed_fields, *(change.c[name] for name in Change.__struct_fields__))
        .join(
            history,
            (history.c.organization_id == change.c.organization_id)
            & (history.c.seq == change.c.seq),
        )
        .where(
            change.c.organization_id == reading.actor.organization_id,
            change.c.item_id == item_id,
            change.c.op != ChangeOp.LEAVE.value,
        )
        .order_by(change.c.seq.desc(), change.c.n)
        .limit(limit)
    )
    found: list[tuple[Deed, list[Change]]] = []
    for row in reading.rows(statement):
        made = to_record(Change, row[len(deed_fields) :])
        if not found or found[-1][0].seq != made.seq:
            found.append((to_record(Deed, row[: len(deed_fields)]), []))
        found[-1][1].append(made)
    return found
