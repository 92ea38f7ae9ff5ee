"""Uploads that take their time are nobody else's loss, and together they keep to what an organization may have."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from msgspec import structs

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.identity.passwords import hashed, matches
from engine.model.actor import Scope
from engine.queries.files import BytesStored
from engine.storing import FileLimits, TooLarge
from sync.server import uploading
from sync.server.app import create_app
from sync.server.settings import Settings
from sync.server.uploading import OF_ONE, TooManyUploads, Uploads
from sync.server.webhooks.targets import resolved
from tests.engine.boards import sample_board
from tests.engine.members import colleague
from tests.sync.server.conftest import Client

PIECE = b"x" * 1_000


class Slow:
    """A body that stops in its midst until it is told to go on."""

    def __init__(self, piece: bytes = PIECE) -> None:
        self.under_way, self.go_on = asyncio.Event(), asyncio.Event()
        self._piece = piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._piece
        self.under_way.set()
        await self.go_on.wait()
        yield self._piece


def begun(uploads: Uploads, acting: Acting, limits: FileLimits, body: Slow) -> asyncio.Task[object]:
    return asyncio.ensure_future(uploads.take(acting, aiter(body), limits))


async def test_slow_uploads_keep_nobody_from_signing_in_nor_webhooks_from_being_told(
    acting: Acting,
) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    uploads, bodies = Uploads(), [Slow(bytes([number])) for number in range(OF_ONE)]
    tasks = [begun(uploads, acting, FileLimits(), body) for body in bodies]
    for body in bodies:
        await body.under_way.wait()
    async with asyncio.timeout(30):
        assert await matches("a password", await hashed("a password", b"pepper"), b"pepper")
        assert (await resolved("http://127.0.0.1:1/", private=True)).port == 1
        await asyncio.to_thread(bytes)
    for body in bodies:
        body.go_on.set()
    assert len(await asyncio.gather(*tasks)) == OF_ONE


async def test_a_member_has_so_many_at_once_and_another_when_one_has_ended(acting: Acting) -> None:
    uploads, bodies = Uploads(), [Slow(bytes([number])) for number in range(OF_ONE)]
    tasks = [begun(uploads, acting, FileLimits(), body) for body in bodies]
    for body in bodies:
        await body.under_way.wait()
    ready = Slow()
    ready.go_on.set()
    with pytest.raises(TooManyUploads):
        await uploads.take(acting, aiter(ready), FileLimits())
    await uploads.take(await colleague(acting), aiter(ready), FileLimits())
    bodies[0].go_on.set()
    await tasks[0]
    await uploads.take(acting, aiter(ready), FileLimits())
    for body in bodies:
        body.go_on.set()
    await asyncio.gather(*tasks)


def from_address(acting: Acting, address: str) -> Acting:
    return acting.engine.acting_as(structs.replace(acting.actor, address=address))


async def test_one_network_has_so_many_at_once_whoever_sends_them_and_leaves_room_for_others(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "OF_NETWORK", 2)
    uploads, bodies = Uploads(), [Slow(bytes([number])) for number in range(2)]
    senders = [from_address(await colleague(acting), "192.0.2.1") for _ in range(3)]
    tasks = [
        begun(uploads, who, FileLimits(), body) for who, body in zip(senders, bodies, strict=False)
    ]
    for body in bodies:
        await body.under_way.wait()
    ready = Slow()
    ready.go_on.set()
    with pytest.raises(TooManyUploads):
        await uploads.take(senders[2], aiter(ready), FileLimits())
    await uploads.take(from_address(senders[2], "192.0.2.2"), aiter(ready), FileLimits())
    for body in bodies:
        body.go_on.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("scarce", [True, False])
async def test_who_is_slow_makes_room_where_there_is_little(
    acting: Acting, monkeypatch: pytest.MonkeyPatch, scarce: bool
) -> None:
    loop, moved = asyncio.get_running_loop(), 0.0
    plain = loop.time
    monkeypatch.setattr(loop, "time", lambda: plain() + moved)
    monkeypatch.setattr(uploading, "SCARCE", 1 if scarce else 2)
    slow = Slow()
    task = begun(Uploads(), acting, FileLimits(), slow)
    await slow.under_way.wait()
    moved = 60.0
    slow.go_on.set()
    (found,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(found, TooManyUploads) is scarce
    assert not list(acting.files.place.workroom.rglob("*.part"))


async def test_too_many_are_refused_as_a_problem_that_says_how_long_to_wait(
    acting: Acting, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "OF_ONE", 0)
    board = await sample_board(acting, items=1)
    answer = await owner.post(
        f"/api/items/{board.items[0]}/attachments", params={"name": "a"}, content=PIECE
    )
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_breaks_off_leaves_nothing_and_no_upload_under_way(
    acting: Acting,
) -> None:
    uploads = Uploads()
    for _ in range(OF_ONE + 1):
        body = Slow()
        task = begun(uploads, acting, FileLimits(), body)
        await body.under_way.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not [path for path in acting.files.place.workroom.rglob("*") if path.is_file()]


async def test_files_whose_size_is_not_announced_keep_to_what_there_may_be_of_all(
    engine: Engine, acting: Acting
) -> None:
    board = await sample_board(acting, items=1)
    settings = Settings(largest_storage=1_000, largest_file=900)
    transport = httpx.ASGITransport(app=create_app(engine, settings, "1"))  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {await make(acting, 'key', Scope.WRITE)}"}

    async def body(letter: bytes, hundreds: int) -> AsyncIterator[bytes]:
        for _ in range(hundreds):
            yield letter * 100

    async with httpx.AsyncClient(
        transport=transport, base_url="http://server", headers=headers
    ) as web:
        path = f"/api/items/{board.items[0]}/attachments"
        found = [
            (await web.post(path, params={"name": "f"}, content=body(letter, hundreds))).status_code
            for letter, hundreds in ((b"a", 10), (b"b", 8), (b"c", 8), (b"d", 2))
        ]
    assert found == [409, 201, 409, 201]
    assert await acting.query(BytesStored()) == 1_000


async def test_files_that_come_at_the_same_time_keep_to_it_together(acting: Acting) -> None:
    uploads, limits = Uploads(), FileLimits(all=3_000)
    bodies = [Slow(letter * 1_000) for letter in (b"a", b"b")]
    tasks = [begun(uploads, acting, limits, body) for body in bodies]
    for body in bodies:
        await body.under_way.wait()
    for body in bodies:
        body.go_on.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(one, TooLarge) for one in found) == 1
    assert await acting.query(BytesStored()) == 2_000
