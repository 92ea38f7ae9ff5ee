"""What the processes of one server share beside all tenants: which key is theirs, and which of them has a job."""

import sqlalchemy as sa
from alembic import op

from engine.store.postgres import RUNTIME_ROLE

revision = "0014"
down_revision = "0013"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "key_check", sa.Column("digest", BYTES, nullable=False), sa.PrimaryKeyConstraint("digest")
    )
    op.create_table(
        "job",
        sa.Column("name", BYTES, nullable=False),
        sa.Column("holder", BYTES, nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT ON key_check TO {RUNTIME_ROLE}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON job TO {RUNTIME_ROLE}")
