"""All of a board by pages, in order, archived things too: what an export that loses nothing walks along."""

from sqlalchemy import and_, or_

from engine.model.item import Attachment, Comment, Item
from engine.model.record import State
from engine.store.reading import Reading
from engine.store.rows import columns_of, to_record
from engine.store.tables import attachment, comment, item

Place = tuple[str, str]
"""Where a page ended: parent and position for items, item and id for what hangs on them."""


def items_after(
    reading: Reading, group_id: str, after: Place | None, limit: int, *, subitems: bool
) -> list[Item]:
    """Items (or subitems) of a group that are not in the trash, in their order."""
    statement = reading.select(item, *columns_of(Item)).where(
        item.c.group_id == group_id, item.c.state != State.TRASHED.value
    )
    if subitems:
        statement = statement.where(item.c.parent_id.is_not(None))
        statement = statement.order_by(item.c.parent_id, item.c.position)
    else:
        statement = statement.where(item.c.parent_id.is_(None)).order_by(item.c.position)
    if after is not None:
        parent, position = after
        further = item.c.position > position
        if subitems:
            same = and_(item.c.parent_id == parent, further)
            statement = statement.where(or_(item.c.parent_id > parent, same))
        else:
            statement = statement.where(further)
    return [to_record(Item, row) for row in reading.rows(statement.limit(limit))]


def comments_after(reading: Reading, board_id: str, after: str, limit: int) -> list[Comment]:
    """Live comments of a board by id: by the time they were made here."""
    statement = reading.select(comment, *columns_of(Comment)).where(
        comment.c.board_id == board_id, comment.c.state == State.LIVE.value, comment.c.id > after
    )
    rows = reading.rows(statement.order_by(comment.c.id).limit(limit))
    return [to_record(Comment, row) for row in rows]


def attachments_after(reading: Reading, board_id: str, after: str, limit: int) -> list[Attachment]:
    statement = reading.select(attachment, *columns_of(Attachment)).where(
        attachment.c.board_id == board_id,
        attachment.c.state == State.LIVE.value,
        attachment.c.id > after,
    )
    rows = reading.rows(statement.order_by(attachment.c.id).limit(limit))
    return [to_record(Attachment, row) for row in rows]
