"""/api/webhooks: made, changed, called and removed by programs; secrets shown once; nothing of another tenant."""

import pytest

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from engine.queries.audit import AuditChain
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.sync.server.conftest import Client, Clients

PATH = "/api/webhooks"
WANTED = {"name": "CI", "url": "https://hooks.example.org/in", "events": ["item.*"]}


async def test_a_webhook_is_made_shown_changed_and_removed(owner: Client) -> None:
    once = {"Idempotency-Key": "hook"}
    made = [await owner.post(PATH, json=WANTED, headers=once) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201] and made[0].json() == made[1].json()
    hook, secret = made[0].json()["webhook"], made[0].json()["secret"]
    assert secret.startswith("whsec_") and len(secret) == len("whsec_") + 44
    path = f"{PATH}/{hook['id']}"
    shown = await owner.get(path)
    assert shown.json() == hook and "secret_id" not in shown.text
    listed = (await owner.get(PATH)).json()
    assert listed["webhooks"] == [hook] and "comment.created" in listed["known"]
    changed = await owner.patch(
        path, json={"events": [], "enabled": False}, headers={"If-Match": shown.headers["etag"]}
    )
    assert (changed.json()["events"], changed.json()["reason"]) == ([], "person")
    late = await owner.patch(path, json={"name": "x"}, headers={"If-Match": shown.headers["etag"]})
    assert late.status_code == 412
    other = await owner.post(f"{path}/secret")
    assert other.status_code == 201 and other.json()["secret"] != secret
    again = await owner.post(PATH, json=WANTED, headers=once)
    assert again.json()["secret"] == other.json()["secret"], "the one in force"
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404


async def test_a_test_is_among_its_deliveries(owner: Client) -> None:
    hook = (await owner.post(PATH, json=WANTED)).json()["webhook"]["id"]
    sent = await owner.post(f"{PATH}/{hook}/test")
    assert sent.status_code == 202
    page = (await owner.get(f"{PATH}/{hook}/deliveries")).json()
    (line,) = page["deliveries"]
    assert (line["id"], line["kind"], line["state"]) == (
        sent.json()["delivery_id"],
        "test",
        "waiting",
    )
    assert page["next"] == ""
    again = await owner.post(f"{PATH}/{hook}/deliveries/{line['id']}/again")
    assert again.status_code == 422, "a test has no events"


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://hooks.example.org/"}, {"url": "https://u:p@hooks.example.org/"}, {"events": ["item.exploded"]}],
)  # fmt: skip
async def test_what_cannot_be_is_refused_with_a_sentence(
    owner: Client, wrong: dict[str, object]
) -> None:
    answer = await owner.post(PATH, json={**WANTED, **wrong})
    assert answer.status_code == 422 and answer.json()["code"] == "invalid"


async def test_http_is_refused_on_every_way_to_the_command(owner: Client) -> None:
    hook = (await owner.post(PATH, json=WANTED)).json()["webhook"]["id"]
    for op, arguments in (
        ("webhook.make@1", {"webhook_id": "another", "name": "x", "secret_id": "s"}),
        ("webhook.edit@1", {"webhook_id": hook}),
    ):
        command = {"op": op, "arguments": {**arguments, "url": "http://hooks.example.org/"}}
        asked = {"id": op, "commands": [command]}
        answer = await owner.post("/sync/execute", json=asked)
        assert answer.status_code == 422 and "https" in answer.json()["detail"], op


async def test_there_are_fifty_at_the_most(owner: Client) -> None:
    for number in range(50):
        assert (await owner.post(PATH, json={**WANTED, "name": f"{number}"})).status_code == 201
    assert (await owner.post(PATH, json=WANTED)).status_code == 409


async def test_no_other_tenant_no_lower_role_and_no_smaller_key_sees_or_changes_one(
    engine: Engine, acting: Acting, owner: Client, clients: Clients
) -> None:
    hook = (await owner.post(PATH, json={**WANTED, "name": "canary"})).json()["webhook"]["id"]
    sent = (await owner.post(f"{PATH}/{hook}/test")).json()["delivery_id"]
    before = (await owner.get(f"{PATH}/{hook}")).json()
    theirs = await new_organization(engine)
    keys = [await make(theirs, "foreign", Scope.ADMIN)]
    keys += [await make(acting, scope.value, scope) for scope in (Scope.READ, Scope.WRITE)]
    for role in (Role.MEMBER, Role.VIEWER, Role.GUEST):
        keys.append(await make(await colleague(acting, role=role), role.value, Scope.ADMIN))
    for number, key in enumerate(keys):
        client = clients(key)
        calls = [
            ("GET", f"{PATH}/{hook}", None), ("PATCH", f"{PATH}/{hook}", {"name": "taken"}),
            ("DELETE", f"{PATH}/{hook}", None), ("POST", f"{PATH}/{hook}/secret", None),
            ("POST", f"{PATH}/{hook}/test", None), ("GET", f"{PATH}/{hook}/deliveries", None),
            ("POST", f"{PATH}/{hook}/deliveries/{sent}/again", None),
            *([] if number == 0 else [("GET", PATH, None), ("POST", PATH, WANTED)]),
        ]  # fmt: skip
        for method, path, body in calls:
            answer = await client.request(method, path, json=body)
            assert answer.status_code in (403, 404), (method, path, answer.text)
            assert "canary" not in answer.text
    assert (await owner.get(f"{PATH}/{hook}")).json() == before


async def test_what_is_done_is_in_the_audit_trail_and_no_secret_is_anywhere(
    acting: Acting, owner: Client
) -> None:
    made = (await owner.post(PATH, json=WANTED)).json()
    await owner.delete(f"{PATH}/{made['webhook']['id']}")
    chain = await acting.query(AuditChain())
    assert {"webhook.made", "webhook.removed"} <= {one.name for one in chain}
    assert made["secret"] not in repr(chain)
