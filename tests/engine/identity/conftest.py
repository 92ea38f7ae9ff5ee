"""Each test on both databases; passwords are hashed at the least cost that bcrypt knows, unless a test is about it."""

import pytest

from engine.identity import passwords
from tests.engine.conftest import acting, engine, postgres_url, template_file

__all__ = ["acting", "engine", "postgres_url", "template_file"]


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_cost" not in request.keywords:
        monkeypatch.setattr(passwords, "COST", 4)
        passwords._nobodys.cache_clear()
        request.addfinalizer(passwords._nobodys.cache_clear)
