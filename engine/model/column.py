"""A typed field of a board."""

from engine.model.record import JSON, Record, State


class Column(Record, frozen=True, kw_only=True):
    """`type` names an entry of engine.columns.registry; `settings` is that type's own (labels, unit, …)."""

    board_id: str
    type: str
    title: str
    settings: dict[str, JSON] = {}
    position: str = ""
    width: int = 0
    state: State = State.LIVE
    state_at: int = 0
