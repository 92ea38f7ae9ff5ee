"""API keys that the server makes: for whom, how far they reach, and that they open it at once."""

from engine.api import Acting
from engine.commands.api_keys import RevokeApiKey
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.queries.members import ApiKeys
from tests.sync.server.conftest import Client, Clients


async def test_a_key_is_made_by_the_server_and_opens_it_as_its_maker(
    acting: Acting, owner: Client, clients: Clients
) -> None:
    wanted = {"name": "nightly", "scope": "read", "days": 7}
    answer = await owner.post("/api/keys", json=wanted)
    assert answer.status_code == 201
    me = (await clients(answer.json()["key"]).get("/api/me")).json()
    assert (me["member"]["id"], me["scope"]) == (acting.actor.user_id, "read")
    (shown,) = [one for one in await acting.query(ApiKeys()) if one.name == "nightly"]
    assert shown.expires_at > acting.engine.now()


async def test_a_key_makes_no_further_keys_unless_it_may_do_everything(
    acting: Acting, clients: Clients
) -> None:
    writer = clients(await make(acting, "writer", Scope.WRITE))
    answer = await writer.post("/api/keys", json={"name": "more", "scope": "read"})
    assert answer.status_code == 403
    assert (await clients("").post("/api/keys", json={})).status_code == 401


async def test_a_call_that_is_sent_again_makes_one_key_and_shows_it_again(
    acting: Acting, owner: Client
) -> None:
    once, wanted = {"Idempotency-Key": "nightly"}, {"name": "nightly", "scope": "read"}
    first, second = [await owner.post("/api/keys", json=wanted, headers=once) for _ in range(2)]
    assert first.json() == second.json() and second.status_code == 201
    (made,) = [one for one in await acting.query(ApiKeys()) if one.name == "nightly"]
    other = await owner.post("/api/keys", json={**wanted, "scope": "admin"}, headers=once)
    assert other.status_code == 422
    assert (await owner.post("/api/keys", json=wanted)).json() != first.json()
    await acting.execute(RevokeApiKey(key_id=made.id))
    gone = await owner.post("/api/keys", json=wanted, headers=once)
    assert gone.status_code == 409 and "cq_live_" not in gone.text


async def test_what_is_no_key_that_could_be_made_is_refused(owner: Client) -> None:
    for wrong in ({"name": "", "scope": "read"}, {"name": "k", "scope": "all"}, {"name": "k", "scope": "read", "days": -1}):  # fmt: skip
        assert (await owner.post("/api/keys", json=wrong)).status_code in (400, 422)
