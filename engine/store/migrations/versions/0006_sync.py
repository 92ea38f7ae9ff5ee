"""What two stores of one organization need to meet again: replicas and verdicts, shadow, outbox, held, journal."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from engine.store.migrations.walls import wall
from engine.store.postgres import LISTS_HEADS

revision = "0006"
down_revision = "0005"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
NUMBER = sa.BigInteger()
Columns = tuple[tuple[str, Any], ...]
COMMAND: Columns = (
    ("command_id", BYTES), ("gesture", BYTES), ("op", BYTES), ("arguments", DOCUMENT),
    ("at", NUMBER), ("undoable", sa.Boolean()), ("base", NUMBER),
)  # fmt: skip
MADE: dict[str, tuple[tuple[str, ...], Columns]] = {
    "replica": (
        ("id",),
        (("id", BYTES), ("member_id", BYTES), ("last_n", NUMBER), ("last_at", NUMBER),
         ("seen_at", NUMBER)),
    ),
    "verdict": (
        ("replica_id", "n"),
        (("replica_id", BYTES), ("n", NUMBER), ("command_id", BYTES), ("seq", NUMBER),
         ("status", BYTES), ("code", BYTES), ("reason", sa.Text())),
    ),
    "conflict": (
        ("id",),
        (("id", BYTES), ("seq", NUMBER), ("member_id", BYTES), ("board_id", BYTES),
         ("item_id", BYTES), ("entity", BYTES), ("entity_id", BYTES), ("field", BYTES),
         ("lost", DOCUMENT), ("won", DOCUMENT), ("won_by", BYTES), ("at", NUMBER)),
    ),
    "link": (
        (),
        (("server", sa.Text()), ("token", BYTES), ("epoch", BYTES), ("member_id", BYTES), ("last_n", NUMBER),
         ("acked_n", NUMBER), ("acked_id", BYTES), ("last_at", NUMBER)),
    ),
    "scope_cursor": (("scope",), (("scope", BYTES), ("seq", NUMBER), ("role", BYTES))),
    "shadow": (("entity", "entity_id"), (("entity", BYTES), ("entity_id", BYTES))),
    "outbox": (("n",), (("n", NUMBER), *COMMAND, ("trouble", sa.Text()))),
    "held": (
        ("command_id",), (*COMMAND, ("code", BYTES), ("reason", sa.Text()), ("held_at", NUMBER)),
    ),
    "journal": (("n",), (("n", NUMBER), *COMMAND, ("seq", NUMBER))),
}  # fmt: skip
NULLABLE: dict[str, Columns] = {
    "conflict": (),
    "shadow": (("image", DOCUMENT),),
    "outbox": (("was", DOCUMENT),),
    "held": (("was", DOCUMENT),),
    "journal": (("was", DOCUMENT),),
}
MAY_BE_NULL = {("conflict", "lost"), ("conflict", "won")}


def upgrade() -> None:
    op.drop_table("outbox")  # nothing has ever been in it
    for name, (key, columns) in MADE.items():
        _make(name, key, columns)
    op.create_index("verdict_command", "verdict", ["organization_id", "command_id"], unique=False)
    op.add_column("head", sa.Column("replica_id", BYTES, nullable=False, server_default=""))
    op.add_column("history", sa.Column("replica_id", BYTES, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(LISTS_HEADS)
    for table in ("item", "comment", "attachment"):
        op.create_index(f"{table}_seq", table, ["organization_id", "board_id", "seq"])


def _make(name: str, key: tuple[str, ...], columns: Columns) -> None:
    op.create_table(
        name,
        sa.Column("organization_id", BYTES, nullable=False),
        *(
            sa.Column(column, kind, nullable=(name, column) in MAY_BE_NULL)
            for column, kind in columns
        ),
        *(sa.Column(column, kind) for column, kind in NULLABLE.get(name, ())),
        sa.PrimaryKeyConstraint("organization_id", *key),
    )
    wall(name)
