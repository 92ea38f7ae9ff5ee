"""By which version of the tables a device has read its server last."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("link", sa.Column("schema", BYTES, nullable=False, server_default=""))
