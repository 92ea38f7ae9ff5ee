"""schemathesis on the OpenAPI, over a real socket: no fault of the server, no answer that the schema does not know."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from engine.identity.api_keys import make
from engine.model.actor import Scope
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.sync.server.test_serving import running
from tui import bootstrap

CHECKS = (
    schemathesis.checks.not_a_server_error, content_type_conformance, response_schema_conformance,
    status_code_conformance,
)  # fmt: skip


async def prepared() -> str:
    """A store with a board in it, and a key that may do everything."""
    engine = await bootstrap.open_server("", key_beside_data=True, ask=None, ask_new=None)
    owner = await new_organization(engine)
    await sample_board(owner, items=3)
    key = await make(owner, "schemathesis", Scope.ADMIN)
    await engine.close()
    return key


def test_nothing_that_the_schema_allows_brings_the_server_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path))
    key = asyncio.run(prepared())
    with running(tmp_path) as client:
        schema = schemathesis.openapi.from_url(f"{client.base_url}/api/openapi.json")
        tried = [try_out(found.ok(), key) for found in schema.get_all_operations()]
    assert len(tried) >= 20


def try_out(operation: Any, key: str) -> str:
    @settings(
        max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(answer, checks=CHECKS)

    check()
    return str(operation.label)
