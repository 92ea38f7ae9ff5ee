"""What a device says has bounds: numbers that a column can hold, and so many commands at once."""

from typing import Any

import pytest

from engine.api import Acting
from engine.clock import new_id
from engine.commands.members import SetRole
from engine.model.actor import Role
from engine.model.exchange import MOST_COMMANDS
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
