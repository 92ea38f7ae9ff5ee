"""When a device last compared its rows with those of its server, and how often they were not the same."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for name in ("checked_at", "gaps"):
        op.add_column("link", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
