"""What two people changed at once: which value stands, and which gave way."""

from typing import Annotated

from engine.model.marks import PERSONAL, SUBJECT
from engine.model.record import JSON, Record


class Conflict(Record, frozen=True, kw_only=True):
    """`member_id` is whose value gave way (`lost`); `won` is the one that stood then. Of an item's value the
    `field` is `values.<column id>`. It waits until the member puts it away."""

    member_id: Annotated[str, SUBJECT]
    board_id: str
    item_id: str
    entity: str
    entity_id: str
    field: str
    lost: Annotated[JSON, PERSONAL] = None
    won: Annotated[JSON, PERSONAL] = None
    won_by: Annotated[str, SUBJECT] = ""
    at: int = 0
