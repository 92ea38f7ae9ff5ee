"""A NUL in what somebody sends, and what is no text, is refused in one place, before a database has to; text that speaks
of it is not. What a caller calls the server makes no difference."""

from typing import Any

import pytest

from engine.api import Acting
from engine.clock import new_id
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.queries.board_view import OneRow
from tests.engine.boards import sample_board
from tests.sync.server.conftest import Client, Clients
from tests.sync.server.every_route import epoch_of

ITEM = "the item"
"""Stands for the id of an item that is there."""


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/items/%00", None),
        ("GET", "/api/boards/x%00y/export", None),
        ("DELETE", "/api/groups/%00", None),
        ("GET", "/api/audit?words=%00", None),
        ("GET", "/api/boards?cursor=%00", None),
        ("GET", f"/api/items/{ITEM}/comments?cursor=a%00", None),
        ("POST", f"/api/items/{ITEM}/attachments?name=%00", None),
        ("PATCH", f"/api/items/{ITEM}", {"after": "\0"}),
        ("PATCH", f"/api/items/{ITEM}", {"values": {"\0": 1}}),
        ("PATCH", f"/api/items/{ITEM}", {"values": {"x": [{"y": "a\0"}]}}),
        ("POST", "/api/boards", {"name": "a\0b"}),
        ("POST", "/api/boards", {"name": "\\\0"}),
        ("POST", "/api/webhooks", {"name": "n", "url": "https://example.org", "board_id": "\0"}),
        ("POST", "/api/sessions", {"email": "a@example.org", "password": "\0"}),
        ("POST", "/sync/pull", {"replica_id": "\0", "epoch": "", "acked_n": 0, "cursors": {}}),
        ("POST", "/sync/ask", {"name": "ItemHistory", "fields": {"item_id": "\0"}}),
        ("POST", "/sync/execute", {"id": "\0", "commands": []}),
        ("POST", "/sync/where", {"client": "x", "board_id": "\0"}),
        ("POST", "/sync/still", {"organization_id": "\0", "member_id": "", "ticket": ""}),
    ],
)
async def test_a_nul_is_refused_wherever_it_is(
    acting: Acting, owner: Client, method: str, path: str, body: Any
) -> None:
    board = await sample_board(acting, items=1)
    answer = await owner.request(method, path.replace(ITEM, board.items[0]), json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid" and "NUL" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["\\u0000", "\\\\u0000", "u0000", "%00", "C:\\u0000"])
async def test_text_that_speaks_of_it_is_text(owner: Client, name: str) -> None:
    made = await owner.post("/api/boards", json={"name": name})
    assert made.status_code == 201 and made.json()["board"]["name"] == name


async def test_the_bytes_of_a_file_are_no_text(acting: Acting, owner: Client) -> None:
    board = await sample_board(acting, items=1)
    path = f"/api/items/{board.items[0]}/attachments"
    content = b'\0"\\u0000"'
    made = await owner.post(path, params={"name": "x"}, content=content)
    assert made.status_code == 201
    assert (await owner.get(f"{path}/{made.json()['id']}")).content == content


async def test_what_a_device_did_long_ago_is_decided_without_it(
    acting: Acting, clients: Clients
) -> None:
    """Refused, it would be sent again for ever, and all that waits behind it."""
    board = await sample_board(acting, items=1)
    sent = [
        ("item.rename@1", {"item_id": board.items[0], "name": "a\0b"}),
        ("item.rename@1", {"item_id": "\0", "name": "x"}),
        ("preference.set@1", {"name": "x", "value": {"\0": ["\0"]}}),
    ]
    at = 1_780_000_000_000
    push = {
        "replica_id": new_id(), "epoch": await epoch_of(acting), "after_n": 0, "after_id": "",
        "sent_at": at,
        "commands": [
            {
                "n": n, "id": new_id(), "gesture": new_id(), "op": op, "arguments": arguments,
                "at": at, "base": 0,
            }
            for n, (op, arguments) in enumerate(sent, start=1)
        ],
    }  # fmt: skip
    device = clients(await make(acting, "device", Scope.WRITE))
    answer = await device.post("/sync/push", json=push)
    assert answer.status_code == 200, answer.text
    assert [one["status"] for one in answer.json()["acks"]] == ["ok", "rejected", "ok"]
    assert (await acting.query(OneRow(item_id=board.items[0]))).item.name == "ab"


@pytest.mark.parametrize(
    "path", ["/api/accounts", "/api/boards", "/sync/hello", "/sync/push", "/sync/pull", "/sync/ask"]
)
async def test_a_body_that_is_no_text_is_the_callers_mistake(owner: Client, path: str) -> None:
    json = {"content-type": "application/json"}
    answer = await owner.post(path, content=b'{"name":"\xff"}', headers=json)
    assert answer.status_code == 400, answer.text
    assert "UTF-8" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["a:99999", "a:xx", "a@b:c", "[", ""])
async def test_whatever_a_caller_calls_the_server_is_answered_the_same(
    owner: Client, host: str
) -> None:
    named = {"host": host}
    assert (await owner.get("/api/boards", headers=named)).status_code == 200
    assert (await owner.get("/api/boards?limit=x", headers=named)).status_code == 400
    assert (await owner.get("/api/nowhere", headers=named)).status_code == 404
    wrong = await owner.post("/api/boards", json={"name": 7}, headers=named)
    assert wrong.status_code == 400 and "/api/boards" in wrong.json()["detail"]
