"""The OpenAPI says what a call needs, takes and answers beside what its handler says."""

from typing import Any

import pytest

from tests.sync.server.conftest import Clients

Operations = dict[str, dict[str, Any]]


@pytest.fixture
async def operations(clients: Clients) -> Operations:
    """By their names."""
    document = (await clients("").get("/api/openapi.json")).json()
    found = {
        one["operationId"]: one for path in document["paths"].values() for one in path.values()
    }
    found["document"] = document
    return found


async def test_statuses_are_named_one_by_one(operations: Operations) -> None:
    shared = operations.pop("document")["components"]["responses"]
    for name, one in operations.items():
        problems = {status: answer for status, answer in one["responses"].items() if status > "399"}
        assert "default" not in one["responses"] and problems, name
        for status, answer in problems.items():
            assert answer == {"$ref": f"#/components/responses/{status}"}, name
            assert list(shared[status]["content"]) == ["application/problem+json"]
    assert "Retry-After" in shared["429"]["headers"]
    assert "WWW-Authenticate" in shared["401"]["headers"]


async def test_a_version_is_asked_for_where_it_can_be_refused(operations: Operations) -> None:
    operations.pop("document")
    for name, one in operations.items():
        named = {parameter.get("name") for parameter in one.get("parameters", [])}
        assert ("If-Match" in named) is ("412" in one["responses"]), name
        assert ("requestBody" in one) is ("413" in one["responses"]), name


async def test_bytes_are_bytes_on_the_way_in_and_out(operations: Operations) -> None:
    up, down = operations["attachments.create"], operations["attachments.read"]
    assert list(up["requestBody"]["content"]) == ["application/octet-stream"]
    assert list(down["responses"]["200"]["content"]) == ["application/octet-stream"]
    assert list(operations["boards.export"]["responses"]["200"]["content"]) == ["application/json"]


async def test_only_who_is_somebody_needs_a_token_names_an_organization_and_is_counted(
    operations: Operations,
) -> None:
    document = operations.pop("document")
    assert document["security"] == [{"bearer": []}]
    opened = {name for name, one in operations.items() if one.get("security") == [{}]}
    assert opened == {
        "accounts.sign_up", "accounts.confirm", "accounts.forgotten", "accounts.reset", "sessions.start", "health.live",
        "health.ready",
    }  # fmt: skip
    organization = {"$ref": "#/components/parameters/Organization"}
    of_accounts = {
        "account.show", "sessions.end", "organizations.create", "invitations.accept", *opened,
    }  # fmt: skip
    for name, one in operations.items():
        assert (organization in one.get("parameters", [])) is (name not in of_accounts), name
        good = next(answer for status, answer in one["responses"].items() if status < "300")
        assert ("RateLimit" in good.get("headers", {})) is (name not in opened), name


async def test_what_has_a_version_says_so(operations: Operations) -> None:
    for name in ("boards.show", "items.edit", "groups.move", "comments.create", "columns.restore"):
        (good,) = (one for status, one in operations[name]["responses"].items() if status < "300")
        assert "ETag" in good["headers"], name
