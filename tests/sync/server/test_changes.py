"""What a device says has bounds: numbers that a column can hold, ids that an index can, and so many commands at once."""

import random
import string
from typing import Any

import pytest

import engine.commands.everything  # noqa: F401
from engine.api import Acting
from engine.clock import new_id
from engine.commands.members import SetRole
from engine.commands.registry import HANDLERS
from engine.model.actor import Role
from engine.model.exchange import MOST_COMMANDS
from engine.queries.audit import AuditChain
from tests.engine.members import colleague
from tests.sync.server.conftest import Client

PULL = {"replica_id": "device", "epoch": "x", "acked_n": 0, "cursors": {}}
PUSH = {
    "replica_id": "device", "epoch": "x", "after_n": 0, "after_id": "", "sent_at": 0, "commands": [],
}  # fmt: skip
TOO_MUCH = (10**20, 1 << 53, -1)


@pytest.mark.parametrize("number", TOO_MUCH)
@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/sync/pull", PULL, "acked_n"),
        ("/sync/pull", PULL, "cursors"),
        ("/sync/push", PUSH, "after_n"),
        ("/sync/push", PUSH, "sent_at"),
        ("/sync/push", PUSH, "seen"),
        ("/sync/hello", {"protocol": 1, "replica_id": "device"}, "read"),
        ("/sync/where", {"client": "device"}, "number"),
        ("/sync/ask", {"name": "AuditTrail", "fields": {}}, "fields"),
    ],
)
async def test_a_number_that_no_column_can_hold_is_refused(
    owner: Client, path: str, body: dict[str, Any], where: str, number: int
) -> None:
    inside = {"cursors": {"org": number}, "fields": {"before": number}}
    answer = await owner.post(path, json={**body, where: inside.get(where, number)})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize("number", TOO_MUCH)
async def test_so_is_one_in_an_address(owner: Client, number: int) -> None:
    path = f"/sync/files/{'a' * 64}"
    assert (await owner.get(path, params={"size": number})).status_code == 400


SECRETS = {"token", "password_hash", "secret_hash", "secret", "recovery_codes", "code"}
FROM_AFAR = {kind: found for kind, found in HANDLERS.items() if found.on_server or found.offline}
BESIDE_IT = sorted(kind.OP for kind in HANDLERS if kind not in FROM_AFAR)


@pytest.mark.parametrize("op", BESIDE_IT)
async def test_what_is_done_beside_the_store_alone_no_device_can_ask_for(
    owner: Client, op: str
) -> None:
    """Accounts, what jobs do, and whatever has a secret in it that the server makes itself."""
    asked = {"id": new_id(), "commands": [{"op": op, "arguments": {}}]}
    answer = await owner.post("/sync/execute", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), answer.text


def test_nothing_that_a_device_can_ask_for_brings_a_secret_along() -> None:
    assert {"account.open@1", "api_key.make@1", "invitation.send@1"} <= set(BESIDE_IT)
    assert not [kind.OP for kind in FROM_AFAR if SECRETS & set(kind.__struct_fields__)]


LONG = "".join(random.Random(1).choices(string.ascii_letters, k=9_000))
"""Of many letters, so that no index can pack it."""
NO_IDS = ["", LONG, "a b", "a\n"]


def board(id: str) -> dict[str, Any]:
    return {
        "op": "board.create@1",
        "arguments": {"board_id": id, "name": "x", "group_id": new_id()},
    }


def column(id: str) -> dict[str, Any]:
    fields = {"board_id": new_id(), "name": "x", "columns": [["text", "y"]], "column_ids": [id]}
    return {"op": "board.create@1", "arguments": fields}


def imported(id: str) -> dict[str, Any]:
    return {"op": "board.import@1", "arguments": {"board_id": id, "name": "x"}}


@pytest.mark.parametrize("id", NO_IDS)
@pytest.mark.parametrize("made", [board, column, imported])
async def test_nothing_is_kept_under_what_is_no_id(owner: Client, made: Any, id: str) -> None:
    answer = await owner.post("/sync/execute", json={"id": new_id(), "commands": [made(id)]})
    assert answer.status_code == 422 and answer.json()["code"] == "invalid", answer.text


@pytest.mark.parametrize("id", ["", LONG])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sync/execute", {"id": "", "commands": [board(new_id())]}),
        ("/sync/push", PUSH),
        ("/sync/pull", PULL),
    ],
)
async def test_devices_and_commands_have_ids(
    owner: Client, path: str, body: dict[str, Any], id: str
) -> None:
    name = "id" if "id" in body else "replica_id"
    answer = await owner.post(path, json={**body, name: id})
    assert answer.status_code == 422 and answer.json()["code"] == "invalid", answer.text


async def test_who_only_greets_need_not_be_a_device_but_a_device_has_an_id(owner: Client) -> None:
    said = {"protocol": 1}
    assert (await owner.post("/sync/hello", json=said)).status_code == 200
    assert (await owner.post("/sync/hello", json=said | {"replica_id": LONG})).status_code == 422


async def test_a_gesture_has_so_many_commands(acting: Acting, owner: Client) -> None:
    ada = await colleague(acting)

    async def asked(count: int) -> int:
        one = {
            "op": SetRole.OP,
            "arguments": {"member_id": ada.actor.user_id, "role": Role.VIEWER},
        }
        answer = await owner.post("/sync/execute", json={"id": new_id(), "commands": [one] * count})
        return answer.status_code

    assert [await asked(count) for count in (1, MOST_COMMANDS)] == [200, 200]
    assert [await asked(count) for count in (0, MOST_COMMANDS + 1)] == [422, 422]


async def test_commands_that_are_asked_twice_are_done_once(acting: Acting, owner: Client) -> None:
    one, two = board(new_id()), board(new_id())
    asked = {"id": new_id(), "commands": [one, two]}
    before = len(await acting.query(AuditChain()))
    first = await owner.post("/sync/execute", json=asked)
    again = await owner.post("/sync/execute", json=asked)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["seq"] == first.json()["seq"]
    assert len(await acting.query(AuditChain())) == before + 2
