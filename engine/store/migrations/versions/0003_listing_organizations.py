"""On PostgreSQL the list of organizations can be read without a tenant, by a role that sees nothing else."""

from alembic import op

from engine.store.postgres import LISTS_ORGANIZATIONS

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(LISTS_ORGANIZATIONS)
