"""The daily run over a whole store: accounts whose time has come end, everything kept long enough goes, mails leave."""

from pathlib import Path

from engine import filing
from engine.api import Engine
from engine.identity.delivery import deliver_all
from engine.identity.ending import end_due
from engine.queries.accounts import AccountDue
from engine.retaining import run_retention


async def keep_house(engine: Engine, outbox: Path, *, but: str = "") -> int:
    """For every tenant but one that was looked after already; comes back with how many accounts ended. Broken off,
    it goes on with the next run. Raises Damaged, OSError as `run_retention`."""
    ended = await end_due(engine, outbox)
    for tenant in await engine.organizations():
        system = engine.as_system(tenant)
        if tenant != but and tenant not in ended and await system.query(AccountDue()) is None:
            await run_retention(system)
    await filing.let_unfinished_go(engine)
    await engine.limits.forget_idle()
    await deliver_all(engine, outbox)
    return len(ended)
