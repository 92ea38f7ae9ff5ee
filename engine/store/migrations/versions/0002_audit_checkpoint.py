"""The checkpoint that the pruned front of an audit chain leaves."""

import sqlalchemy as sa
from alembic import op

from engine.store.postgres import row_level_security
from engine.store.sqlite import tenant_trigger

revision = "0002"
down_revision = "0001"

TABLE = "audit_checkpoint"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column(
            "organization_id",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in row_level_security(TABLE):
            op.execute(statement)
    else:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            op.execute(tenant_trigger(TABLE, verb))
