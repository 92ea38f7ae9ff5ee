"""When a device learned that a command was taken, and how far devices have forgotten what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for table, column in (("journal", "taken_at"), ("link", "forgotten"), ("replica", "forgotten")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
