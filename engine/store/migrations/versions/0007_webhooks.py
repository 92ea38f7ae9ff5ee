"""Webhooks: what an organization's own programs are told, how far each has come, and how its messages went; and which
tenants have mails to hand over."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from engine.store.migrations.walls import wall
from engine.store.postgres import lists

revision = "0007"
down_revision = "0006"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
NUMBER = sa.BigInteger()
Columns = tuple[tuple[str, Any], ...]
MADE: dict[str, tuple[Columns, tuple[str, str]]] = {
    "webhook": (
        (("id", BYTES), ("seq", NUMBER), ("member_id", BYTES), ("name", sa.Text()), ("url", sa.Text()),
         ("events", DOCUMENT), ("of_board", BYTES), ("enabled", sa.Boolean()), ("reason", BYTES),
         ("secret_id", BYTES), ("old_secret_id", BYTES), ("old_until", NUMBER), ("created_at", NUMBER)),
        ("member_id", "member"),
    ),
    "webhook_cursor": (
        (("id", BYTES), ("seq", NUMBER), ("n", sa.Integer()), ("k", sa.Integer()), ("enabled", sa.Boolean()),
         ("waiting", sa.Integer()), ("due_at", NUMBER), ("leased_until", NUMBER)),
        ("id", "webhook"),
    ),
    "webhook_delivery": (
        (("id", BYTES), ("webhook_id", BYTES), ("kind", BYTES), ("state", BYTES),
         ("after_seq", NUMBER), ("after_n", sa.Integer()), ("after_k", sa.Integer()),
         ("until_seq", NUMBER), ("until_n", sa.Integer()), ("until_k", sa.Integer()),
         ("count", sa.Integer()), ("attempts", sa.Integer()), ("code", sa.Integer()), ("reason", BYTES),
         ("created_at", NUMBER), ("tried_at", NUMBER), ("due_at", NUMBER)),
        ("webhook_id", "webhook"),
    ),
}  # fmt: skip


def upgrade() -> None:
    for name, (columns, (column, other)) in MADE.items():
        op.create_table(
            name,
            sa.Column("organization_id", BYTES, nullable=False),
            *(sa.Column(column, kind, nullable=False) for column, kind in columns),
            sa.PrimaryKeyConstraint("organization_id", "id"),
            sa.ForeignKeyConstraint(
                ["organization_id", column], [f"{other}.organization_id", f"{other}.id"]
            ),
        )
        wall(name)
    op.create_index(
        "webhook_delivery_of", "webhook_delivery", ["organization_id", "webhook_id", "id"]
    )
    op.create_table(
        "mail_due",
        sa.Column("organization_id", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("organization_id"),
    )
    # Before the wall: there is no tenant here whose rows may be written.
    op.execute(
        "INSERT INTO mail_due (organization_id) SELECT DISTINCT organization_id FROM mail WHERE sent_at = 0"
    )
    wall("mail_due")
    if op.get_bind().dialect.name == "postgresql":
        for table in ("webhook_cursor", "mail_due"):
            op.execute(lists(table))
