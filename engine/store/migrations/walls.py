"""The wall between tenants that a migration builds around a new table, on either database."""

from alembic import op

from engine.store.postgres import row_level_security
from engine.store.sqlite import tenant_trigger


def wall(table: str) -> None:
    """Row-level security on PostgreSQL; on SQLite triggers that refuse a write of another tenant."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in row_level_security(table):
            op.execute(statement)
    else:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            op.execute(tenant_trigger(table, verb))
