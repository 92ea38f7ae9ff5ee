"""schemathesis on the OpenAPI, over a real socket and on each database: every call answers as the document says, to who has
what it asks for as to who has not; no fault of the server."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from engine.identity import passwords
from tests.engine.conftest import new_database
from tests.sync.server.every_route import MAKING, Call, Theirs, absent, belongings, calls, note_made
from tests.sync.server.test_serving import running
from tui import server_store

CHECKS: Final = (
    schemathesis.checks.not_a_server_error, content_type_conformance, response_schema_conformance,
    response_headers_conformance, status_code_conformance,
)  # fmt: skip
EXAMPLES: Final = 18
"""Of each call; of those that hash a password or a key, which takes its time, three."""
SLOW: Final = {"keys.create": 3, "sessions.start": 3}
OPAQUE: Final = ("cursor", "If-Match")
"""What only the server makes."""


class Served:
    """A server with two organizations in its store, and what its document says."""

    def __init__(self, client: httpx.Client, one: Theirs, other: Theirs) -> None:
        self.client, self.one, self.other = client, one, other
        schema = schemathesis.openapi.from_url(f"{client.base_url}/api/openapi.json")
        found = [operation.ok() for operation in schema.get_all_operations()]
        self.operations = {one.definition.raw["operationId"]: one for one in found}


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    database = new_database() if request.param == "postgres" else ""
    home = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNEQTOS_HOME", str(home))
        patch.setenv("CONNEQTOS_SERVER_REQUESTS_PER_MINUTE", "60000")
        patch.setattr(passwords, "COST", 4)
        one, other = asyncio.run(prepared(database))
        with running(home, *(["--database", database] if database else [])) as client:
            yield Served(client, one, other)


async def prepared(database: str) -> tuple[Theirs, Theirs]:
    engine = await server_store.open_server(database, key_beside_data=True, ask=None, ask_new=None)
    found = await belongings(engine, "pigeon"), await belongings(engine, "magpie")
    await engine.close()
    return found


def headers_of(theirs: Theirs, call: Call) -> dict[str, str]:
    token = {"key": theirs.key, "session": theirs.session}.get(call.by, "")
    named = {"X-Organization": theirs.ids["organization_id"]} if call.by == "session" else {}
    return {"Authorization": f"Bearer {token}", **named} if token else {}


def test_each_call_answers_as_the_document_says_to_who_has_what_it_asks_for(served: Served) -> None:
    theirs = served.one
    for name, call in calls({**theirs.ids, "word": "pigeon"}).items():
        if name not in served.operations:
            continue
        case = case_of(served.operations[name], call, theirs.ids)
        answer = case.call(headers=headers_of(theirs, call))
        case.validate_response(answer, checks=CHECKS)
        expected = {call.gives} if call.gives else {200, 201, 202, 204}
        assert answer.status_code in expected, (name, answer.text)
        note_made(name, answer, theirs.ids)
    assert set(served.operations) <= set(calls(theirs.ids))


def case_of(operation: Any, call: Call, ids: dict[str, str]) -> Any:
    body = call.json if call.json is not None else call.content
    sent = {} if body is None else {"body": body, "media_type": media_type(operation)}
    path = {one.name: ids[one.name] for one in operation.path_parameters}
    return operation.Case(path_parameters=path, query=dict(call.query), **sent)


def media_type(operation: Any) -> str:
    return str(operation.body[0].media_type)


def test_whatever_the_document_allows_is_answered_as_it_says(served: Served) -> None:
    theirs = served.other
    for name, call in calls(theirs.ids).items():
        operation = served.operations.get(name)
        if operation is not None and name in MAKING:
            note_made(
                name,
                case_of(operation, call, theirs.ids).call(headers=headers_of(theirs, call)),
                theirs.ids,
            )
    for name, call in calls(theirs.ids).items():
        if name in served.operations:
            try_out(served.operations[name], headers_of(theirs, call), theirs.ids)


def try_out(operation: Any, headers: dict[str, str], ids: dict[str, str]) -> None:
    """In three of four calls with ids that are there, and without what nobody could make up."""
    examples = SLOW.get(operation.definition.raw["operationId"], EXAMPLES)

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(), real=st.sampled_from((True, True, True, False)))
    def check(case: Any, real: bool) -> None:
        if real:
            case.path_parameters = with_ids(case.path_parameters, ids)
            case.body = with_ids(case.body, ids)
            for name in OPAQUE:
                for given_ones in (case.query, case.headers):
                    (given_ones or {}).pop(name, None)
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    check()


def with_ids(given_ones: Any, ids: dict[str, str]) -> Any:
    """Where something is named, what is there."""
    if not isinstance(given_ones, dict):
        return given_ones
    known = {**ids, "after": ids["other_item"], "parent_id": ids["other_item"]}
    return {name: known.get(name, one) if one else one for name, one in given_ones.items()}


def test_who_shows_no_token_gets_as_far_as_the_document_says(served: Served) -> None:
    for name, operation in served.operations.items():
        answer = case_of(operation, calls(absent())[name], absent()).call(headers={})
        is_open = operation.definition.raw.get("security") == [{}]
        if name != "sessions.start":  # who gives a wrong password is nobody too
            assert (answer.status_code != 401) is is_open, (name, answer.text)
