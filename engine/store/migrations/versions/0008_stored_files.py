"""Which member has brought which file, and how far a linked device has sent its commands."""

import sqlalchemy as sa
from alembic import op

from engine.store.migrations.walls import wall

revision = "0008"
down_revision = "0007"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "stored_file",
        *(
            sa.Column(name, BYTES, nullable=False)
            for name in ("organization_id", "digest", "member_id")
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("size", "at", "sent_at")),
        sa.PrimaryKeyConstraint("organization_id", "digest", "member_id"),
    )
    wall("stored_file")
    op.add_column("link", sa.Column("sent_n", sa.BigInteger(), nullable=False, server_default="0"))
