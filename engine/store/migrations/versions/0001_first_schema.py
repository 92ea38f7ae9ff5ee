"""The first schema: tables, indexes, and the walls between tenants of each database."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from engine.store.postgres import RUNTIME_ROLE, row_level_security
from engine.store.sqlite import tenant_trigger

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "audit", "board", "change", "head", "history", "member", "organization", "outbox",
    "board_column", "board_member", "item_group", "preference", "saved_view", "item", "attachment",
    "comment",
)  # fmt: skip


def _bytes() -> Any:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _document() -> Any:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        _wall_postgres()
    else:
        _wall_sqlite()


def _wall_postgres() -> None:
    op.execute(
        f"DO $$ BEGIN CREATE ROLE {RUNTIME_ROLE} NOLOGIN NOBYPASSRLS; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    # Where another login has made the role, a superuser grants it: opening says so (engine.store.postgres).
    op.execute(
        f"DO $$ BEGIN GRANT {RUNTIME_ROLE} TO CURRENT_USER; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    )
    for table in TENANT_TABLES:
        for statement in row_level_security(table):
            op.execute(statement)


def _wall_sqlite() -> None:
    for table in TENANT_TABLES:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            op.execute(tenant_trigger(table, verb))


def _create_tables() -> None:
    op.create_table(
        "audit",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("command_id", _bytes(), nullable=False),
        sa.Column("name", _bytes(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", _bytes(), nullable=False),
        sa.Column("detail", _document(), nullable=False),
        sa.Column("sealed", _document(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "number"),
    )
    op.create_table(
        "board",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", _bytes(), nullable=False),
        sa.Column("item_noun", sa.Text(), nullable=False),
        sa.Column("position", _bytes(), nullable=False),
        sa.Column("state", _bytes(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", _bytes(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "position"),
    )
    op.create_table(
        "change",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("entity", _bytes(), nullable=False),
        sa.Column("entity_id", _bytes(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("item_id", _bytes(), nullable=False),
        sa.Column("op", _bytes(), nullable=False),
        sa.Column("before", _document(), nullable=True),
        sa.Column("after", _document(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "seq", "n"),
    )
    op.create_index("change_item", "change", ["organization_id", "item_id", "seq"], unique=False)
    op.create_table(
        "head",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("epoch", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("item_number", sa.BigInteger(), nullable=False),
        sa.Column("audit_number", sa.BigInteger(), nullable=False),
        sa.Column("audit_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id"),
    )
    op.create_table(
        "history",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("command_id", _bytes(), nullable=False),
        sa.Column("gesture", _bytes(), nullable=False),
        sa.Column("op", _bytes(), nullable=False),
        sa.Column("audit_name", _bytes(), nullable=False),
        sa.Column("actor_id", _bytes(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", _bytes(), nullable=False),
        sa.Column("undoes", _bytes(), nullable=True),
        sa.Column("undone_by", _bytes(), nullable=True),
        sa.Column("undoable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "seq"),
    )
    op.create_index(
        "history_actor", "history", ["organization_id", "actor_id", "seq"], unique=False
    )
    op.create_index("history_command", "history", ["organization_id", "command_id"], unique=True)
    op.create_index("history_gesture", "history", ["organization_id", "gesture"], unique=False)
    op.create_table(
        "member",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("color", _bytes(), nullable=False),
        sa.Column("role", _bytes(), nullable=False),
        sa.Column("account", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_table(
        "organization",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_table(
        "outbox",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("command_id", _bytes(), nullable=False),
        sa.Column("op", _bytes(), nullable=False),
        sa.Column("arguments", _document(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "n"),
    )
    op.create_table(
        "board_column",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("type", _bytes(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("settings", _document(), nullable=False),
        sa.Column("position", _bytes(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("state", _bytes(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "board_id", "position"),
    )
    op.create_table(
        "board_member",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("member_id", _bytes(), nullable=False),
        sa.Column("role", _bytes(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "board_id", "member_id"),
    )
    op.create_table(
        "item_group",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("color", _bytes(), nullable=False),
        sa.Column("collapsed", sa.Boolean(), nullable=False),
        sa.Column("position", _bytes(), nullable=False),
        sa.Column("state", _bytes(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "board_id", "position"),
    )
    op.create_table(
        "preference",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("member_id", _bytes(), nullable=False),
        sa.Column("name", _bytes(), nullable=False),
        sa.Column("value", _document(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_table(
        "saved_view",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _bytes(), nullable=False),
        sa.Column("filter", _document(), nullable=False),
        sa.Column("sorts", _document(), nullable=False),
        sa.Column("lane_by", _bytes(), nullable=False),
        sa.Column("hidden", _document(), nullable=False),
        sa.Column("card_fields", _document(), nullable=True),
        sa.Column("collapsed_lanes", _document(), nullable=False),
        sa.Column("settings", _document(), nullable=False),
        sa.Column("position", _bytes(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_table(
        "item",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("group_id", _bytes(), nullable=False),
        sa.Column("parent_id", _bytes(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("values", _document(), nullable=False),
        sa.Column("stamps", _document(), nullable=False),
        sa.Column("position", _bytes(), nullable=False),
        sa.Column("state", _bytes(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", _bytes(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", _bytes(), nullable=False),
        sa.Column("sort_name", _bytes(), nullable=False),
        sa.Column("words", _bytes(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "group_id"],
            ["item_group.organization_id", "item_group.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["item.organization_id", "item.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
        sa.UniqueConstraint("organization_id", "number"),
    )
    op.create_index(
        "item_order",
        "item",
        ["organization_id", "board_id", "group_id", "position", "number"],
        unique=False,
        sqlite_where=sa.text("state = 'live' AND parent_id IS NULL"),
        postgresql_where=sa.text("state = 'live' AND parent_id IS NULL"),
    )
    op.create_index(
        "item_place",
        "item",
        ["organization_id", "group_id", "position"],
        unique=True,
        sqlite_where=sa.text("parent_id IS NULL"),
        postgresql_where=sa.text("parent_id IS NULL"),
    )
    op.create_index(
        "item_put_away",
        "item",
        ["organization_id", "state", "state_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'live'"),
        postgresql_where=sa.text("state <> 'live'"),
    )
    op.create_index(
        "subitem_place",
        "item",
        ["organization_id", "parent_id", "position"],
        unique=True,
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_table(
        "attachment",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("item_id", _bytes(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", _bytes(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", _bytes(), nullable=False),
        sa.Column("state", _bytes(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["item.organization_id", "item.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index("attachment_digest", "attachment", ["organization_id", "digest"], unique=False)
    op.create_index("attachment_item", "attachment", ["organization_id", "item_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("organization_id", _bytes(), nullable=False),
        sa.Column("id", _bytes(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("board_id", _bytes(), nullable=False),
        sa.Column("item_id", _bytes(), nullable=False),
        sa.Column("author_id", _bytes(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("state", _bytes(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["member.organization_id", "member.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "board_id"],
            ["board.organization_id", "board.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["item.organization_id", "item.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "id"),
    )
    op.create_index("comment_item", "comment", ["organization_id", "item_id"], unique=False)
