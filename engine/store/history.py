"""The history of an organization: what was done, by whom, and what can be undone or redone next."""

from sqlalchemy import select, update

from engine.model.change import Change, Deed, HistoryKind
from engine.store.reading import Reading
from engine.store.rows import to_record
from engine.store.tables import change, history
from engine.store.unit_of_work import UnitOfWork

_DEED = tuple(history.c[name] for name in Deed.__struct_fields__)
_CHANGE = tuple(change.c[name] for name in Change.__struct_fields__)


def deeds_of(reading: Reading, gesture: str) -> list[Deed]:
    """The actor's own commands of one gesture, in order."""
    statement = reading.select(history, *_DEED).where(
        history.c.gesture == gesture, history.c.actor_id == reading.actor.user_id
    )
    return [to_record(Deed, row) for row in reading.rows(statement.order_by(history.c.seq))]


def next_to_undo(reading: Reading) -> Deed | None:
    """The last thing the actor did that is not undone."""
    return _latest(reading, (HistoryKind.DO, HistoryKind.REDO), after=0)


def next_to_redo(reading: Reading) -> Deed | None:
    """The last undo that is not redone, unless the actor did something new since."""
    done = _latest(reading, (HistoryKind.DO,), after=0, undone=True)
    return _latest(reading, (HistoryKind.UNDO,), after=done.seq if done else 0)


def mark_undone(unit: UnitOfWork, gesture: str) -> None:
    """Note on the actor's deeds of `gesture` that the current command takes them back: somebody else may have named theirs the same."""
    unit.run(
        update(history)
        .where(
            history.c.organization_id == unit.actor.organization_id,
            history.c.gesture == gesture,
            history.c.actor_id == unit.actor.user_id,
        )
        .values(undone_by=str(unit.seq))
    )


def changes_of(reading: Reading, seqs: list[int]) -> list[Change]:
    """What commands did, the last change first."""
    statement = reading.select(change, *_CHANGE).where(change.c.seq.in_(seqs))
    rows = reading.rows(statement.order_by(change.c.seq.desc(), change.c.n.desc()))
    return [to_record(Change, row) for row in rows]


def later_changes(reading: Reading, seqs: list[int]) -> list[Change]:
    """Changes since the first of these commands that still stand. What was done and undone again since
    does not: the two cancel out."""
    first = min(seqs)
    since = history.alias()
    done_since = select(since.c.gesture).where(
        since.c.organization_id == reading.actor.organization_id, since.c.seq > first
    )
    statement = (
        select(*_CHANGE)
        .join(
            history,
            (history.c.organization_id == change.c.organization_id)
            & (history.c.seq == change.c.seq),
        )
        .where(
            change.c.organization_id == reading.actor.organization_id,
            change.c.seq > first,
            change.c.seq.not_in(seqs),
            history.c.undone_by.is_(None),
            history.c.undoes.is_(None) | history.c.undoes.not_in(done_since),
        )
    )
    return [to_record(Change, row) for row in reading.rows(statement)]


def _latest(
    reading: Reading,
    kinds: tuple[HistoryKind, ...],
    *,
    after: int,
    undone: bool = False,
) -> Deed | None:
    statement = reading.select(history, *_DEED).where(
        history.c.actor_id == reading.actor.user_id,
        history.c.kind.in_([kind.value for kind in kinds]),
        history.c.undoable,
        history.c.seq > after,
    )
    if not undone:
        statement = statement.where(history.c.undone_by.is_(None))
    row = reading.run(statement.order_by(history.c.seq.desc()).limit(1)).first()
    return None if row is None else to_record(Deed, row)
