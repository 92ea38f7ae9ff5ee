"""Which file takes the organization of a linked device to its server, while it is on the way."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("link", sa.Column("taking", BYTES, nullable=False, server_default=""))
