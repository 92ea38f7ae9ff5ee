"""Whether a device has the very rows of its server, scope by scope, told by one number each.

Each end adds up over its own rows; a device that took the server's number for its own would never see a gap.
"""

import hashlib
from typing import Any, Final

from sqlalchemy import Connection, select

from engine.model.board import Board
from engine.model.conflict import Conflict
from engine.model.record import Record
from engine.store.scopes import KINDS_OF
from engine.store.tables import ENTITY_NAMES, TABLE_OF

MASK: Final = (1 << 64) - 1
AT_ONCE: Final = 10_000
WITHIN: Final = {"user": "member_id", "board": "board_id"}


def digest_of(connection: Connection, organization_id: str, scope: str, member_id: str) -> int:
    """Of the rows in one scope that a member may see: their kinds, ids and seqs, in any order."""
    kind, _, id = scope.partition(":")
    kinds = KINDS_OF[kind]
    total = 0
    for record in kinds:
        table = TABLE_OF[record]
        where = [table.c.organization_id == organization_id]
        if kind in WITHIN:
            where.append(table.c[WITHIN[kind]] == id)
        if record is Conflict:
            where.append(table.c.member_id == member_id)
        total += _sum(connection, record, where)
    if kind == "board":
        board = TABLE_OF[Board]
        total += _sum(
            connection, Board, [board.c.organization_id == organization_id, board.c.id == id]
        )
    return total & MASK


def _sum(connection: Connection, kind: type[Record], where: list[Any]) -> int:
    table, name, total = TABLE_OF[kind], ENTITY_NAMES[kind], 0
    rows = connection.execute(select(table.c.id, table.c.seq).where(*where))
    while part := rows.fetchmany(AT_ONCE):
        for id, seq in part:
            said = f"{name}\n{id}\n{seq}".encode()
            total += int.from_bytes(hashlib.blake2b(said, digest_size=8).digest())
    return total
