"""What commands that wait have made on this device, by its change log: what comes behind them may need it."""

from msgspec import Struct
from sqlalchemy import Connection, and_, select

from engine.model.change import ChangeOp
from engine.store.tables import change, history, item, item_group


class Made(Struct, frozen=True):
    """`ids` of new records, of any kind; `within` are the boards and items in which something was done, and the items
    above those: who copies one of them copies what was made there."""

    ids: frozenset[str]
    within: frozenset[str]


def made_by(connection: Connection, organization_id: str, command_id: str) -> Made:
    """Of one command; nothing where it has no effect here."""
    same = and_(
        change.c.organization_id == history.c.organization_id, change.c.seq == history.c.seq
    )
    rows = connection.execute(
        select(change.c.op, change.c.entity_id, change.c.board_id, change.c.item_id, change.c.after)
        .join(history, same)
        .where(history.c.organization_id == organization_id, history.c.command_id == command_id)
    ).all()
    ids = {row.entity_id for row in rows if row.op == ChangeOp.INSERT.value}
    for row in rows:
        if row.op == ChangeOp.INSERT_MANY.value:
            ids |= set(row.after["ids"])
    items = {row.item_id for row in rows if row.item_id}
    above = {_parent(connection, organization_id, item_id) for item_id in items}
    within = {row.board_id for row in rows} | items | above
    return Made(frozenset(ids), frozenset(within - {""}))


def _parent(connection: Connection, organization_id: str, item_id: str) -> str:
    """The item above this one, "" where it is no subitem."""
    mine = (item.c.organization_id == organization_id, item.c.id == item_id)
    return connection.execute(select(item.c.parent_id).where(*mine)).scalar() or ""


def boards_of_groups(connection: Connection, organization_id: str, ids: set[str]) -> set[str]:
    """On which boards those of the ids are that are groups."""
    mine = (item_group.c.organization_id == organization_id, item_group.c.id.in_(ids))
    return {row.board_id for row in connection.execute(select(item_group.c.board_id).where(*mine))}
