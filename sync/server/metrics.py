"""Figures for Prometheus: how many requests, how long they took, by route and status. Nothing of anybody's data."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)

from engine.errors import NotFound
from sync.server.authentication import Gate

NEAR: Final = ("127.0.0.1", "::1")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def counted(method: str) -> str:
    """Anybody can make up names of methods, and each one that was counted would stay here for good."""
    return method if method in METHODS else "other"


class Figures:
    """Of one process; each has its own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "conneqtos_requests_total", "Requests answered", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "conneqtos_request_seconds", "Time to answer", ("route",), registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


@get("/metrics", name="metrics", include_in_schema=False)
async def metrics(
    request: Request[None, None, State], gate: NamedDependency[Gate], figures: NamedDependency[Figures]
) -> Response[Any]:  # fmt: skip
    """For programs on the same machine only: to others there is nothing here, whether they come by a proxy or not."""
    if gate.caller(request).address not in NEAR:
        raise NotFound("There is nothing here.")
    return Response(figures.text(), media_type=CONTENT_TYPE_LATEST)
