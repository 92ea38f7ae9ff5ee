"""What lies in the trash and in the archive."""

from msgspec import Struct

from engine.model.board import Board
from engine.model.record import TRASH_DAYS, Record, State
from engine.queries.registry import Query, answers
from engine.store.reading import Reading
from engine.store.tables import ENTITY_NAMES
from engine.store.trash import trashed


class PutAway(Struct, frozen=True, kw_only=True):
    """`entity` and `id` name it; `where` is the board it belongs to; it goes for good at `until`."""

    entity: str
    id: str
    name: str
    where: str
    at: int
    until: int


class Trash(Query[list[PutAway]], frozen=True, kw_only=True):
    """The newest first; with `state=ARCHIVED` the archive, which is kept for ever."""

    state: State = State.TRASHED


@answers(Trash)
def trash(reading: Reading, query: Trash) -> list[PutAway]:
    boards = {board.id: board.name for board in reading.list(Board)}
    return [_put_away(record, boards) for record in trashed(reading, query.state)]


def _put_away(record: Record, boards: dict[str, str]) -> PutAway:
    at: int = record.state_at  # type: ignore[attr-defined]
    named = [getattr(record, field, None) for field in ("name", "title", "body")]
    return PutAway(
        entity=ENTITY_NAMES[type(record)],
        id=record.id,
        name=next(name for name in named if name is not None),
        where=boards.get(getattr(record, "board_id", record.id), ""),
        at=at,
        until=at + TRASH_DAYS * 86_400_000,
    )
