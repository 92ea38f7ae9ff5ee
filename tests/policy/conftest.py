"""The clauses are tried on both databases, with a clock that the tests move."""

from engine.api import Acting
from engine.model.actor import Role
from tests.engine.conftest import Ticking, acting, engine, local, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague

__all__ = ["acting", "engine", "local", "postgres_url", "quick_hashes", "template_file"]

DAY = 86_400_000


def later(acting: Acting, days: float) -> None:
    """Move the clock of the acting person's engine."""
    clock = acting.engine._session.clock
    assert isinstance(clock, Ticking)
    clock.now += int(days * DAY)


async def another_owner(acting: Acting) -> Acting:
    return await colleague(acting, "Second owner", Role.OWNER)
