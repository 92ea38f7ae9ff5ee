"""A server on each database, and devices that join it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from engine.api import Acting
from tests.engine.syncing.devices import Laptop, laptop

Laptops = Callable[..., Awaitable[Laptop]]


@pytest.fixture
async def laptops(tmp_path: Path, template_file: Path, acting: Acting) -> AsyncIterator[Laptops]:
    """Makes devices of the organization, and closes them."""
    made: list[Laptop] = []

    async def make(**how: object) -> Laptop:
        made.append(await laptop(tmp_path, template_file, acting, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        await one.engine.close()
