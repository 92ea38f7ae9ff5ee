"""The checkpoint that the pruned front of an audit chain leaves."""

import sqlalchemy as sa
from alembic import op

from engine.store.migrations.walls import wall

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
    wall(TABLE)
