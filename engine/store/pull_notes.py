"""Writes down on a linked device that rows came from its server, for other programs on the same store (engine.store.news): no
deed of this store says so."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, delete, or_

from engine.model.board import Board
from engine.model.change import ChangeOp
from engine.store.rows import insert_rows
from engine.store.scopes import KINDS_OF
from engine.store.tables import ENTITY_NAMES, change

OF_NO_BOARD: Final = {ENTITY_NAMES[kind] for kind in (*KINDS_OF["org"], *KINDS_OF["user"])}


def note_pull(
    connection: Connection, organization_id: str, seq: int, boards: Collection[str], touched: Collection[str]
) -> None:  # fmt: skip
    """One row in the change log for each board, and for each kind of record that is on none (`touched` are kinds and ids, as
    `member:…`). It takes the place of the one before it: however long a device lives, there are not many."""
    kinds = {name.partition(":")[0] for name in touched} & OF_NO_BOARD
    came = [(ENTITY_NAMES[Board], id, id) for id in sorted(boards)]
    came += [(kind, "", "") for kind in sorted(kinds)]
    if not came:
        return
    connection.execute(
        delete(change).where(
            change.c.organization_id == organization_id, change.c.item_id == "", change.c.op == ChangeOp.PULL.value,
            or_(change.c.entity_id.in_(boards), change.c.entity.in_(kinds)),
        )
    )  # fmt: skip
    insert_rows(
        connection,
        change,
        [
            {
                "organization_id": organization_id, "seq": seq, "n": n, "entity": entity, "entity_id": id,
                "board_id": board_id, "item_id": "", "op": ChangeOp.PULL.value, "before": None, "after": None,
            }
            for n, (entity, id, board_id) in enumerate(came)
        ],
    )  # fmt: skip


def forget_pull_notes(connection: Connection, organization_id: str) -> None:
    """Where no server sends anything any more."""
    connection.execute(
        delete(change).where(
            change.c.organization_id == organization_id, change.c.op == ChangeOp.PULL.value
        )
    )
