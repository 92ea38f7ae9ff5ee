"""What a device asks with whether its person still is a member, and how long it may be without contact."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("link", sa.Column("ticket", BYTES, nullable=False, server_default=""))
    op.add_column(
        "organization", sa.Column("offline_days", sa.Integer(), nullable=False, server_default="0")
    )
