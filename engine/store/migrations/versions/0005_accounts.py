"""Accounts, sessions, invitations, API keys and mail; the directory and the rate limits, which no tenant owns."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from engine.store.migrations.walls import wall
from engine.store.postgres import RUNTIME_ROLE

revision = "0005"
down_revision = "0004"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
NUMBER = sa.BigInteger()
MADE: dict[str, tuple[tuple[str, Any], ...]] = {
    "account": (
        ("password", BYTES), ("two_factor_secret", BYTES), ("two_factor_at", NUMBER),
        ("two_factor_step", NUMBER), ("recovery_codes", DOCUMENT), ("email_confirmed_at", NUMBER),
        ("policy_version", BYTES), ("over_16_at", NUMBER), ("created_at", NUMBER),
    ),
    "signed_in": (
        ("account_id", BYTES), ("token_hash", BYTES), ("device", sa.Text()), ("address", sa.Text()),
        ("created_at", NUMBER), ("last_used_at", NUMBER),
    ),
    "mail_token": (
        ("account_id", BYTES), ("purpose", BYTES), ("token_hash", BYTES), ("email", sa.Text()),
        ("expires_at", NUMBER),
    ),
    "membership": (("account_id", BYTES), ("member_id", BYTES), ("joined_at", NUMBER), ("left_at", NUMBER)),
    "invitation": (
        ("email", sa.Text()), ("role", BYTES), ("token_hash", BYTES), ("invited_by", BYTES),
        ("created_at", NUMBER), ("expires_at", NUMBER), ("accepted_at", NUMBER),
    ),
    "api_key": (
        ("member_id", BYTES), ("name", sa.Text()), ("prefix", BYTES), ("secret_hash", BYTES),
        ("scope", BYTES), ("created_at", NUMBER), ("expires_at", NUMBER), ("last_used_at", NUMBER),
        ("revoked_at", NUMBER),
    ),
    "disclosure": (
        ("subject_id", BYTES), ("recipient", sa.Text()), ("ground", sa.Text()), ("what", sa.Text()),
        ("recorded_by", BYTES), ("at", NUMBER), ("hidden_until", NUMBER),
    ),
    "mail": (
        ("member_id", BYTES), ("address", sa.Text()), ("template", BYTES), ("subject", sa.Text()),
        ("text", sa.Text()), ("html", sa.Text()), ("created_at", NUMBER), ("sent_at", NUMBER),
    ),
}  # fmt: skip
REFERS = {
    "account": ("id", "member"),
    "signed_in": ("account_id", "account"),
    "mail_token": ("account_id", "account"),
    "membership": ("account_id", "account"),
    "api_key": ("member_id", "member"),
}


def _make(name: str, columns: tuple[tuple[str, Any], ...]) -> None:
    keys: list[sa.Constraint] = [sa.PrimaryKeyConstraint("organization_id", "id")]
    if name in REFERS:
        column, other = REFERS[name]
        keys.append(
            sa.ForeignKeyConstraint(
                ["organization_id", column], [f"{other}.organization_id", f"{other}.id"]
            )
        )
    op.create_table(
        name,
        sa.Column("organization_id", BYTES, nullable=False),
        sa.Column("id", BYTES, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        *(sa.Column(column, kind, nullable=False) for column, kind in columns),
        *keys,
    )
    wall(name)


def upgrade() -> None:
    op.add_column(
        "organization",
        sa.Column("two_factor", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "member", sa.Column("account_id", BYTES, nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "organization", sa.Column("dpo_id", BYTES, nullable=False, server_default=sa.text("''"))
    )
    for name, columns in MADE.items():
        _make(name, columns)
    op.create_index("mail_waiting", "mail", ["organization_id", "sent_at", "id"])
    op.create_table(
        "directory",
        sa.Column("kind", BYTES, nullable=False),
        sa.Column("digest", BYTES, nullable=False),
        sa.Column("organization_id", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest"),
    )
    op.create_table(
        "rate_limit",
        sa.Column("digest", BYTES, nullable=False),
        sa.Column("arrival", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "tally",
        sa.Column("name", BYTES, nullable=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("directory", "rate_limit", "tally"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {RUNTIME_ROLE}")
