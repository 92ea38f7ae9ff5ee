"""What people ask for about their own data: deletion, consents, requests; and marks on members for it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from engine.store.migrations.walls import wall

revision = "0004"
down_revision = "0003"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
MARKS = (("organization", "closing_at"), ("member", "restricted_at"), ("member", "erased_at"))


def _field(name: str, kind: Any = BYTES) -> Any:
    return sa.Column(name, kind, nullable=False)


def _of_member(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column], ["member.organization_id", "member.id"]
    )


def _make(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        _field("organization_id"),
        _field("id"),
        _field("seq", sa.BigInteger()),
        *parts,
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    wall(name)


def upgrade() -> None:
    for table, column in MARKS:
        op.add_column(
            table, sa.Column(column, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
    _make(
        "deletion",
        _field("member_id"),
        _field("asked_at", sa.BigInteger()),
        _field("due_at", sa.BigInteger()),
        _of_member("member_id"),
    )
    _make(
        "hold",
        _field("member_id"),
        _field("reason", sa.Text()),
        _field("set_by"),
        _field("since", sa.BigInteger()),
        _of_member("member_id"),
    )
    _make(
        "consent",
        _field("member_id"),
        _field("purpose"),
        _field("given", sa.Boolean()),
        _field("version"),
        _field("source"),
        _field("at", sa.BigInteger()),
        _of_member("member_id"),
    )
    _make(
        "privacy_request",
        _field("number", sa.BigInteger()),
        _field("subject_id"),
        _field("sender", sa.Text()),
        _field("kind"),
        _field("text", sa.Text()),
        _field("answer", sa.Text()),
        _field("state"),
        _field("received_at", sa.BigInteger()),
        _field("due_at", sa.BigInteger()),
        _field("closed_at", sa.BigInteger()),
        _field("log", DOCUMENT),
        sa.UniqueConstraint("organization_id", "number"),
    )
