"""Every route that takes an id, by the OpenAPI itself, with ids of another tenant: as every role, with every scope."""

import re
from typing import Any, Final

from engine.api import Acting, Engine
from engine.commands.comments import AddComment
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.engine.state import state_of
from tests.sync.server.conftest import Client, Clients

BODIES: Final[dict[tuple[str, str], Any]] = {
    ("patch", "/api/boards/{board_id}"): {"name": "taken"},
    ("post", "/api/boards/{board_id}/groups"): {"name": "taken"},
    ("post", "/api/boards/{board_id}/items"): {"name": "taken"},
    ("patch", "/api/items/{item_id}"): {"name": "taken"},
    ("post", "/api/items/{item_id}/comments"): {"body": "taken"},
    ("post", "/api/items/{item_id}/attachments"): b"taken",
    ("patch", "/api/webhooks/{webhook_id}"): {"name": "taken"},
}
"""What a call that needs a body sends; one that is missing here fails the test."""


async def theirs_of(engine: Engine, clients: Clients) -> tuple[Acting, dict[str, str]]:
    """An organization with one of each thing that a route can name, all called secret."""
    theirs = await new_organization(engine, "Secret")
    board = await sample_board(theirs, items=1, name="secret board")
    await theirs.execute(AddComment(item_id=board.items[0], body="secret"))
    owner = clients(await make(theirs, "k", Scope.ADMIN))
    path = f"/api/items/{board.items[0]}/attachments"
    file = (await owner.post(path, params={"name": "secret"}, content=b"secret")).json()
    wanted = {"name": "secret", "url": "https://secret.example.org"}
    hook = (await owner.post("/api/webhooks", json=wanted)).json()["webhook"]["id"]
    sent = (await owner.post(f"/api/webhooks/{hook}/test")).json()["delivery_id"]
    return theirs, {
        "board_id": board.board, "item_id": board.items[0], "attachment_id": file["id"], "webhook_id": hook,
        "delivery_id": sent,
    }  # fmt: skip


async def strangers(engine: Engine, clients: Clients) -> list[Client]:
    mine = await new_organization(engine)
    keys = [await make(mine, scope.value, scope) for scope in Scope]
    for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER, Role.GUEST):
        keys.append(await make(await colleague(mine, role=role), role.value, Scope.ADMIN))
    return [clients(key) for key in keys]


async def test_no_route_shows_or_changes_anything_of_another_tenant(
    engine: Engine, clients: Clients
) -> None:
    theirs, ids = await theirs_of(engine, clients)
    before = await state_of(theirs)
    callers = await strangers(engine, clients)
    paths = (await clients("").get("/api/openapi.json")).json()["paths"]
    tried = 0
    for path, operations in paths.items():
        if "{" not in path:
            continue
        filled = re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], path)
        for method, about in operations.items():
            body = BODIES.get((method, path))
            assert body is not None or "requestBody" not in about, f"{method} {path} needs a body"
            sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
            for caller in callers:
                answer = await caller.request(method, filled, params={"name": "taken"}, **sent)
                assert answer.status_code in (403, 404), (method, path, answer.text)
                assert "secret" not in answer.text.casefold(), (method, path)
                tried += 1
    assert tried > 100
    assert await state_of(theirs) == before
