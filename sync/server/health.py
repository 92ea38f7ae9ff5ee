"""Whether the process lives, and whether it can work: for whoever starts and stops it."""

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from engine.api import Engine
from sync.server.api.parameters import OPEN


class Health(Struct, frozen=True, kw_only=True):
    status: str


@get("/health/live", name="health.live", tags=["health"], security=OPEN)
async def live() -> Health:
    return Health(status="live")


@get("/health/ready", name="health.ready", tags=["health"], security=OPEN)
async def ready(engine: NamedDependency[Engine]) -> Health:
    """Asks the database; a fault of it answers 503."""
    await engine.limits.counted("health")
    return Health(status="ready")
