"""The HTTP API: boards, items and comments by API key; versions, repetition, pages, errors as problems."""

import asyncio
import hashlib

import pytest

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    confirmed,
    fresh_address,
)
from tests.engine.members import colleague
from tests.sync.server.conftest import Client, Clients


async def made(client: Client, name: str = "Plan") -> dict[str, str]:
    """Ids of a new board and its first group."""
    answer = await client.post("/api/boards", json={"name": name})
    assert answer.status_code == 201, answer.text
    frame = answer.json()
    return {"board": frame["board"]["id"], "group": frame["groups"][0]["id"]}


async def test_a_board_with_items_and_comments(owner: Client) -> None:
    board = await made(owner)
    frame = (await owner.get(f"/api/boards/{board['board']}")).json()
    status = next(one["id"] for one in frame["columns"] if one["type"] == "date")
    item = await owner.post(
        f"/api/boards/{board['board']}/items",
        json={"name": "First", "values": {status: "2026-12-01"}},
    )
    assert item.status_code == 201
    id = item.json()["id"]
    said = await owner.post(f"/api/items/{id}/comments", json={"body": "Looks good"})
    assert said.status_code == 201
    whole = (await owner.get(f"/api/items/{id}")).json()
    assert whole["item"]["values"] == {status: "2026-12-01"} and whole["comments"] == 1
    listed = (await owner.get(f"/api/items/{id}/comments")).json()
    assert [one["body"] for one in listed["comments"]] == ["Looks good"]
    changed = await owner.patch(
        f"/api/items/{id}", json={"name": "Renamed", "values": {status: None}}
    )
    assert (changed.json()["item"]["name"], changed.json()["item"]["values"]) == ("Renamed", {})
    assert (await owner.delete(f"/api/items/{id}")).status_code == 204
    assert (await owner.get(f"/api/boards/{board['board']}/items")).json()["items"] == []


async def test_a_change_is_refused_where_another_came_first(owner: Client) -> None:
    board = await made(owner)
    path = f"/api/boards/{board['board']}"
    etag = (await owner.get(path)).headers["etag"]
    first = await owner.patch(path, json={"name": "One"}, headers={"If-Match": etag})
    assert first.status_code == 200 and first.headers["etag"] != etag
    late = await owner.patch(path, json={"name": "Two"}, headers={"If-Match": etag})
    assert late.status_code == 412 and late.json()["code"] == "version_moved"
    assert (await owner.get(path)).json()["board"]["name"] == "One"
    odd = await owner.patch(path, json={"name": "Two"}, headers={"If-Match": "yesterday"})
    assert odd.status_code == 422


async def test_who_changes_nothing_hears_as_well_that_another_came_first(owner: Client) -> None:
    board = await made(owner)
    item = (await owner.post(f"/api/boards/{board['board']}/items", json={"name": "x"})).json()
    path, etag = f"/api/items/{item['id']}", {"If-Match": f'"{item["version"]}"'}
    assert (await owner.patch(path, json={}, headers=etag)).status_code == 200
    await owner.patch(path, json={"name": "y"})
    late = await owner.patch(path, json={}, headers=etag)
    assert late.status_code == 412 and late.json()["code"] == "version_moved"


async def test_a_key_of_a_call_has_an_end(owner: Client) -> None:
    key = {"Idempotency-Key": "x" * 201}
    answer = await owner.post("/api/boards", json={"name": "x"}, headers=key)
    assert answer.status_code == 400 and "200" in answer.json()["detail"]


async def test_of_writers_at_the_same_moment_with_the_same_version_one_wins(owner: Client) -> None:
    board = await made(owner)
    path = f"/api/boards/{board['board']}"
    item = (await owner.post(f"{path}/items", json={"name": "First"})).json()["id"]
    for record in (path, f"/api/items/{item}"):
        seen = {"If-Match": (await owner.get(record)).headers["etag"]}
        names = [f"by writer {number}" for number in range(4)]
        answers = await asyncio.gather(
            *(owner.patch(record, json={"name": name}, headers=seen) for name in names)
        )
        assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
        won = next(name for name, one in zip(names, answers, strict=True) if one.is_success)
        assert won in (await owner.get(record)).text


async def test_a_removal_of_what_has_changed_is_refused(owner: Client) -> None:
    board = await made(owner)
    path = f"/api/boards/{board['board']}"
    first = (await owner.get(path)).headers["etag"]
    now = (await owner.patch(path, json={"name": "Changed"})).headers["etag"]
    assert (await owner.delete(path, headers={"If-Match": first})).status_code == 412
    either = {"If-Match": f"{first}, {now}"}
    assert (await owner.delete(path, headers=either)).status_code == 204


async def test_what_is_sent_twice_with_one_key_is_done_once(owner: Client) -> None:
    once = {"Idempotency-Key": "nightly-17"}
    answers = [
        await owner.post("/api/boards", json={"name": "Plan"}, headers=once) for _ in range(3)
    ]
    assert len({one.json()["board"]["id"] for one in answers}) == 1
    assert len((await owner.get("/api/boards")).json()["boards"]) == 1


async def test_a_key_is_for_one_call_and_what_is_gone_is_said_to_be(owner: Client) -> None:
    once = {"Idempotency-Key": "one key for all"}
    made = (await owner.post("/api/boards", json={"name": "Plan"}, headers=once)).json()
    path = f"/api/boards/{made['board']['id']}"
    item = await owner.post(f"{path}/items", json={"name": "First"}, headers=once)
    assert item.status_code == 201, "another call"
    group = await owner.post(f"{path}/groups", json={"name": "Next"}, headers=once)
    assert group.status_code == 201
    words = f"/api/items/{item.json()['id']}/comments"
    said = [await owner.post(words, json={"body": "Hello"}, headers=once) for _ in range(2)]
    assert [one.status_code for one in said] == [201, 201]
    assert said[0].json() == said[1].json()
    await owner.delete(path)
    again = await owner.post("/api/boards", json={"name": "Plan"}, headers=once)
    assert again.json()["board"]["state"] == "trashed", "it is not made anew"
    assert (await owner.get("/api/boards")).json()["boards"] == []


async def test_a_key_that_comes_again_with_something_else_is_refused(owner: Client) -> None:
    once = {"Idempotency-Key": "plan"}
    first = await owner.post("/api/boards", json={"name": "Plan"}, headers=once)
    other = await owner.post("/api/boards", json={"name": "Another"}, headers=once)
    assert (other.status_code, other.json()["code"]) == (422, "invalid")
    same = await owner.post("/api/boards", json={"name": "Plan"}, headers=once)
    assert same.json()["board"]["id"] == first.json()["board"]["id"]


async def test_of_calls_with_one_key_at_the_same_moment_one_is_carried_out(owner: Client) -> None:
    once = {"Idempotency-Key": "at once"}
    answers = await asyncio.gather(
        *(owner.post("/api/boards", json={"name": "Plan"}, headers=once) for _ in range(4))
    )
    assert {one.status_code for one in answers} == {201}
    assert len((await owner.get("/api/boards")).json()["boards"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/boards"), ("PATCH", "/api/items/x"), ("POST", "/api/sessions")],
)
async def test_where_a_body_is_missing_that_is_said(owner: Client, method: str, path: str) -> None:
    answer = await owner.request(method, path)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "A body is missing: this call takes a JSON object."


async def test_no_other_site_may_call_it_from_a_browser(owner: Client) -> None:
    """CORS stays closed: nothing answers with leave to."""
    site = {"Origin": "https://elsewhere.example.org", "Access-Control-Request-Method": "POST"}
    for method, path in (("OPTIONS", "/api/boards"), ("GET", "/api/boards"), ("GET", "/nowhere")):
        answer = await owner.request(method, path, headers=site)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/boards/nothing", None, 404, "not_found"),
        ("GET", "/api/nowhere", None, 404, "request"),
        ("POST", "/api/boards", {"name": ""}, 400, "request"),
        ("POST", "/api/boards", {"nome": "x"}, 400, "request"),
        ("POST", "/api/boards", {"name": 5}, 400, "request"),
        ("PUT", "/api/boards", {}, 405, "request"),
        ("GET", "/api/boards?limit=0", None, 400, "request"),
        ("GET", "/api/items/nothing", None, 404, "not_found"),
        ("DELETE", "/api/audit", None, 405, "request"),
        ("GET", "/api/boards?" + "x" * 9_000, None, 414, "request"),
        ("GET", "/%00", None, 404, "request"),
        ("PATCH", "/api/items/nothing", [1], 400, "request"),
    ],
)
async def test_an_error_is_a_problem_with_a_sentence(
    owner: Client, method: str, path: str, body: dict[str, object] | None, status: int, code: str
) -> None:
    answer = await owner.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code and answer.json()["detail"]


async def test_a_body_that_is_too_large_or_too_deep_or_no_json_is_refused(owner: Client) -> None:
    large = await owner.post("/api/boards", content=b'{"name":"' + b"x" * (2 << 20) + b'"}')
    assert large.status_code == 413
    for content in (b"[" * 100_000, b"{", b"\xff", b""):
        answer = await owner.post(
            "/api/boards", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("token", ["", "nonsense", "cq_live_aaaaaaaa_" + "b" * 32, "cqs_x_y"])
async def test_who_cannot_show_who_they_are_gets_401(clients: Clients, token: str) -> None:
    answer = await clients(token).get("/api/boards")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"


async def test_a_key_reaches_as_far_as_its_scope_and_its_member(
    acting: Acting, clients: Clients
) -> None:
    reader = clients(await make(acting, "reader", Scope.READ))
    assert (await reader.get("/api/boards")).status_code == 200
    assert (await reader.post("/api/boards", json={"name": "x"})).status_code == 403
    writer = clients(await make(acting, "writer", Scope.WRITE))
    assert (await writer.post("/api/boards", json={"name": "x"})).status_code == 201
    assert (await writer.get("/api/audit")).status_code == 403
    viewer = await colleague(acting, role=Role.VIEWER)
    theirs = clients(await make(viewer, "viewer", Scope.ADMIN))
    assert (await theirs.post("/api/boards", json={"name": "x"})).status_code == 403


async def test_every_answer_carries_the_headers_of_the_policy(
    owner: Client, clients: Clients
) -> None:
    """C42: also on errors and where nothing is."""
    answers = [
        await owner.get("/api/me"), await clients("").get("/api/boards"), await owner.get("/nowhere"),
        await clients("").get("/health/live"), await owner.get("/api/openapi.json"),
    ]  # fmt: skip
    for answer in answers:
        assert "max-age" in answer.headers["strict-transport-security"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers, "C43: no cookie"
        assert "server" not in answer.headers


async def test_signing_up_in_and_out_inviting_and_joining_over_the_web(
    engine: Engine, clients: Clients, owner: Client
) -> None:
    from engine.queries.members import MailsWaiting

    email, nobody = fresh_address(), clients("")
    wish = {
        "name": "Ada", "email": email, "password": "correct horse battery", "over_16": True,
        "policy_version": "1",
    }  # fmt: skip
    for _ in range(2):  # the second time the address has an account, and that does not show
        answer = await nobody.post("/api/accounts", json=wish)
        assert (answer.status_code, answer.json()["message"][:6]) == (202, "A mail")
    tenant = await account_of(engine, email)
    mails = await engine.as_system(tenant).query(MailsWaiting())
    assert [mail.template for mail in mails] == ["confirm", "exists"]
    code = next(
        mail.text.split("cqm_")[1].split()[0] for mail in mails if mail.template == "confirm"
    )
    assert (
        await nobody.post("/api/accounts/confirm", json={"code": f"cqm_{code}"})
    ).status_code == 200
    wrong = await nobody.post("/api/sessions", json={"email": email, "password": "wrong"})
    assert wrong.status_code == 401
    session = await nobody.post(
        "/api/sessions", json={"email": email, "password": "correct horse battery"}
    )
    ada = clients(session.json()["token"])
    assert (await ada.get("/api/account")).json()["email"] == email
    invited = await owner.post("/api/invitations", json={"email": email, "role": "viewer"})
    joined = await ada.post("/api/invitations/accept", json={"code": invited.json()["code"]})
    assert joined.status_code == 200, joined.text
    assert (await ada.get("/api/me")).json()["member"]["role"] == "viewer"
    made = await ada.post("/api/organizations", json={"name": "Her own"})
    assert (await ada.get("/api/me")).status_code == 400, "two by now: one must be named"
    her = {"X-Organization": made.json()["organization_id"]}
    assert (await ada.get("/api/me", headers=her)).json()["organization"] == "Her own"
    assert (await ada.delete("/api/sessions/current")).status_code == 204
    assert (await ada.get("/api/account")).status_code == 401


async def test_who_has_forgotten_their_password_sets_another_by_a_code_from_the_mail(
    engine: Engine, clients: Clients
) -> None:

    email, nobody = await confirmed(engine), clients("")
    old = {"email": email, "password": PASSWORD}
    session = await nobody.post("/api/sessions", json=old)
    answers = [
        await nobody.post("/api/accounts/forgotten", json={"email": one})
        for one in (email, fresh_address())
    ]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].content == answers[1].content, "nobody learns who has an account"
    code = await code_in_mail(engine, await account_of(engine, email))
    weak = await nobody.post("/api/accounts/password", json={"code": code, "password": "12345678"})
    assert weak.status_code == 422 and "common" in weak.json()["detail"]
    new = {"code": code, "password": "another secret"}
    assert (await nobody.post("/api/accounts/password", json=new)).status_code == 200
    assert (await nobody.post("/api/accounts/password", json=new)).status_code == 409, "used"
    assert (await clients(session.json()["token"]).get("/api/account")).status_code == 401
    assert (await nobody.post("/api/sessions", json=old)).status_code == 401
    again = {"email": email, "password": "another secret"}
    assert (await nobody.post("/api/sessions", json=again)).status_code == 201


async def test_guessing_gets_429_with_how_long_to_wait(clients: Clients) -> None:
    email, nobody = fresh_address(), clients("")
    answers = [
        await nobody.post("/api/sessions", json={"email": email, "password": "wrong"})
        for _ in range(6)
    ]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_health(clients: Clients) -> None:
    assert (await clients("").get("/health/live")).json() == {"status": "live"}
    assert (await clients("").get("/health/ready")).json() == {"status": "ready"}


async def test_the_openapi_is_3_1_and_names_every_route(clients: Clients) -> None:
    document = (await clients("").get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert {"/api/boards", "/api/items/{item_id}", "/api/audit"} <= set(document["paths"])
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


async def test_a_file_goes_up_and_comes_down_whole_with_its_name(
    acting: Acting, owner: Client
) -> None:
    board = await sample_board(acting, items=1)
    content = bytes(range(256)) * 9_000  # more than one chunk of the store
    path = f"/api/items/{board.items[0]}/attachments"
    name = 'Übersicht "final".pdf'
    up = await owner.post(path, params={"name": name}, content=content)
    assert up.status_code == 201, up.text
    assert (up.json()["name"], up.json()["size"]) == (name, len(content))
    down = await owner.get(f"{path}/{up.json()['id']}")
    assert down.content == content
    assert down.headers["content-type"] == "application/octet-stream"
    assert (
        down.headers["content-disposition"].startswith("attachment;")
        and '"' not in down.headers["content-disposition"]
    )
    assert (await owner.get(f"{path}/nothing")).status_code == 404
    acting.files.remove(hashlib.sha256(content).hexdigest())
    gone = await owner.get(f"{path}/{up.json()['id']}")
    assert gone.status_code == 404
    assert gone.headers["content-type"] == "application/problem+json"
    other = await owner.get(f"/api/items/nothing/attachments/{up.json()['id']}")
    assert other.status_code == 404


async def test_a_file_of_another_tenant_or_board_is_not_there(
    engine: Engine, clients: Clients
) -> None:
    theirs, mine = await new_organization(engine), await new_organization(engine)
    board, own = await sample_board(theirs, items=1), await sample_board(mine, items=1)
    them, me = [clients(await make(one, "k", Scope.ADMIN)) for one in (theirs, mine)]
    path = f"/api/items/{board.items[0]}/attachments"
    up = await them.post(path, params={"name": "secret.txt"}, content=b"secret")
    for item in (board.items[0], own.items[0]):
        answer = await me.get(f"/api/items/{item}/attachments/{up.json()['id']}")
        assert answer.status_code == 404 and "secret" not in answer.text
    assert (await me.post(path, params={"name": "x"}, content=b"x")).status_code == 404


async def test_a_board_goes_out_as_json_and_that_is_audited_also_for_a_key_that_only_reads(
    acting: Acting, clients: Clients, owner: Client
) -> None:
    board = await sample_board(acting, items=3, name="Plan")
    reader = clients(await make(acting, "reader", Scope.READ))
    answer = await reader.get(f"/api/boards/{board.board}/export")
    assert answer.status_code == 200, answer.text
    whole = answer.json()
    assert whole["format"] == "conneqtos-board" and len(whole["items"]) == 3
    entries = (await owner.get("/api/audit")).json()["entries"]
    assert entries[0]["name"] == "board.exported" and entries[0]["device"].startswith("API key")


async def test_figures_are_for_the_same_machine_and_tell_of_nobody(
    acting: Acting, owner: Client, engine: Engine
) -> None:
    import httpx

    from sync.server.app import create_app
    from sync.server.settings import Settings

    board = await sample_board(acting, items=1, name="canary board")
    await owner.get(f"/api/boards/{board.board}")
    told = (await owner.get("/metrics")).text
    assert 'conneqtos_requests_total{method="GET",route="boards.show",status="200"} 1.0' in told
    assert board.board not in told and "canary" not in told
    far = httpx.ASGITransport(app=create_app(engine, Settings(), "1"), client=("198.51.100.1", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=far, base_url="http://server") as stranger:
        assert (await stranger.get("/metrics")).status_code == 404
    settings = Settings(proxies=("127.0.0.1",))
    near = httpx.ASGITransport(app=create_app(engine, settings, "1"), client=("127.0.0.1", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=near, base_url="http://server") as by_proxy:
        from_afar = {"X-Forwarded-For": "198.51.100.1"}
        assert (await by_proxy.get("/metrics", headers=from_afar)).status_code == 404
        assert (await by_proxy.get("/metrics")).status_code == 200
