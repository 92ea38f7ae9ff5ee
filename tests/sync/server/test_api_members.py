"""Members over the API: their list, their roles, their end; and invitations, once for a key."""

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.identity.organizations import preview
from engine.model.actor import Role, Scope
from engine.queries.members import MailsWaiting
from tests.engine.identity.people import fresh_address, somewhere
from tests.engine.members import colleague
from tests.sync.server.conftest import Client, Clients, Stopped


async def test_a_role_is_changed_and_a_membership_ended_by_who_may(
    acting: Acting, owner: Client, clients: Clients
) -> None:
    ada = await colleague(acting, name="Ada")
    path = f"/api/members/{ada.actor.user_id}"
    hers = clients(await make(ada, "ada", Scope.ADMIN))
    assert (await hers.patch(path, json={"role": "owner"})).status_code == 403
    assert (await hers.delete(f"/api/members/{acting.actor.user_id}")).status_code == 403
    writer = clients(await make(acting, "writer", Scope.WRITE))
    assert (await writer.patch(path, json={"role": "viewer"})).status_code == 403
    changed = await owner.patch(path, json={"role": "viewer"})
    assert (changed.status_code, changed.json()["role"]) == (200, "viewer")
    stale = {"If-Match": '"0"'}
    assert (await owner.patch(path, json={"role": "admin"}, headers=stale)).status_code == 412
    last = await owner.patch(f"/api/members/{acting.actor.user_id}", json={"role": "admin"})
    assert last.status_code == 409, "an organization needs an owner"
    assert (await owner.delete(path)).status_code == 204
    shown = (await owner.get("/api/members")).json()["members"]
    assert [one["account"] for one in shown if one["name"] == "Ada"] == [False]
    assert (await hers.get("/api/me")).status_code == 401


async def test_who_may_not_invite_uses_up_none_of_the_invitations_of_others(
    acting: Acting, owner: Client, clients: Clients, clock: Stopped
) -> None:
    guest = clients(await make(await colleague(acting, role=Role.GUEST), "guest", Scope.ADMIN))
    tried = [
        (await guest.post("/api/invitations", json={"email": fresh_address()})).status_code
        for _ in range(31)
    ]
    assert tried == [403] * 30 + [429]
    sent = await owner.post("/api/invitations", json={"email": fresh_address()})
    assert sent.status_code == 201


async def test_an_invitation_is_sent_once_for_a_key_and_its_code_is_told_again(
    engine: Engine, acting: Acting, owner: Client
) -> None:
    email, once = fresh_address(), {"Idempotency-Key": "invite ada"}
    wanted = {"email": email, "role": "viewer"}
    sent = [await owner.post("/api/invitations", json=wanted, headers=once) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201] and sent[0].json() == sent[1].json()
    mails = await engine.as_system(acting.actor.organization_id).query(MailsWaiting())
    assert [mail.address for mail in mails] == [email]
    invited, _ = await preview(engine, somewhere(), sent[0].json()["code"])
    assert (invited.email, invited.role) == (email, Role.VIEWER)
    other = {**wanted, "role": "admin"}
    assert (await owner.post("/api/invitations", json=other, headers=once)).status_code == 422
    anew = await owner.post("/api/invitations", json=wanted)
    assert anew.json()["code"] != sent[0].json()["code"]
    late = await owner.post("/api/invitations", json=wanted, headers=once)
    assert late.status_code == 409, "the one that this key stands for is void by now"
