"""Who sends too much is told to wait, on every path, and who cannot show who they are sooner than anybody else."""

import httpx
import pytest

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.model.exchange import MOST_COMMANDS, PROTOCOL
from engine.store.limiting import Limit
from sync.server import quotas
from sync.server.app import create_app
from sync.server.quotas import QUOTAS, STRANGERS
from sync.server.settings import Settings
from tests.engine.identity.people import signed_up
from tests.sync.server.conftest import Stopped

HELLO = {"protocol": PROTOCOL}


def caller(engine: Engine, address: str = "") -> httpx.AsyncClient:
    """At an address of its own, unless it is given one."""
    app = create_app(engine, Settings(), "1.0")
    transport = httpx.ASGITransport(app=app, client=(address or f"at-{new_id()}", 1))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://server")


def by(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


def small(monkeypatch: pytest.MonkeyPatch, path: str, burst: int) -> None:
    policy, _ = QUOTAS[path]
    monkeypatch.setitem(quotas.QUOTAS, path, (policy, Limit(burst=burst, seconds=60)))


async def test_devices_are_counted_too_and_apart_from_calls_of_the_api(
    engine: Engine, acting: Acting, clock: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, "/sync/", 3)
    key = by(await make(acting, "device", Scope.WRITE))
    async with caller(engine) as client:
        answers = [await client.post("/sync/hello", headers=key, json=HELLO) for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"device";q=3;w=60'
        assert 0 < int(answers[-1].headers["retry-after"]) <= 20
        assert (await client.get("/api/me", headers=key)).status_code == 200


def test_a_device_says_all_of_a_month_at_once() -> None:
    """A push and a pull for each fifty commands, of a hundred thousand."""
    _, limit = QUOTAS["/sync/"]
    assert limit is not None and limit.burst >= 2 * 100_000 / MOST_COMMANDS


async def test_guesses_at_keys_are_counted_by_address_wherever_they_are_tried(
    engine: Engine, acting: Acting, clock: Stopped
) -> None:
    key = by(await make(acting, "known", Scope.READ))
    async with caller(engine) as client:
        assert (await client.post("/sync/hello", headers=key, json=HELLO)).status_code == 200
        tried = []
        for number in range(STRANGERS.burst + 3):
            wrong = by(f"cq_live_{number:08}_{'x' * 32}")
            tried.append((await client.post("/sync/hello", headers=wrong, json=HELLO)).status_code)
        assert tried == [401] * STRANGERS.burst + [429] * 3
        elsewhere = await client.get("/api/me", headers=by("nonsense"))
        assert elsewhere.status_code == 429 and int(elsewhere.headers["retry-after"]) > 0
        assert (await client.get("/api/me", headers=key)).status_code == 200, "it was known"


async def test_a_key_that_was_good_and_is_no_more_is_a_guess_like_others(
    engine: Engine, acting: Acting, clock: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.commands.membership import TakeKeysAway

    monkeypatch.setattr(quotas, "STRANGERS", Limit(burst=2, seconds=60))
    key = by(await make(acting, "former", Scope.READ))
    async with caller(engine) as client:
        assert (await client.get("/api/me", headers=key)).status_code == 200
        await acting.execute(TakeKeysAway())
        tried = [(await client.get("/api/me", headers=key)).status_code for _ in range(4)]
        assert tried == [401, 401, 429, 429]


async def test_calls_that_need_no_token_are_counted_by_address(
    engine: Engine, clock: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "OPEN", Limit(burst=3, seconds=60))
    async with caller(engine) as client:
        wrong = {"email": "ada@example.org", "password": "wrong"}
        tried = [
            (await client.post("/api/sessions", json=wrong)).status_code,
            (await client.post("/api/accounts/confirm", json={"code": "x"})).status_code,
            (await client.post("/api/accounts/forgotten", json={"email": "x"})).status_code,
            (await client.post("/api/sessions", json=wrong)).status_code,
        ]
        assert tried == [401, 409, 422, 429]


async def test_a_session_that_asks_for_organizations_of_others_is_counted(
    engine: Engine, clock: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, "/sync/", 3)
    _, token, _ = await signed_up(engine)
    async with caller(engine) as client:
        tried = []
        for _ in range(5):
            headers = by(token, **{"X-Organization": new_id()})
            tried.append(
                (await client.post("/sync/hello", headers=headers, json=HELLO)).status_code
            )
        assert tried == [404, 404, 404, 429, 429]
