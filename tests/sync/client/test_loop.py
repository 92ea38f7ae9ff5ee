"""The client's loop against the server's app: exchanged over HTTP, on both databases, with what goes wrong."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from engine.api import Acting, Engine
from engine.commands.items import AddItems, NewItem, RenameItem, TrashItems
from engine.commands.trash import EmptyTrash
from engine.commands.views import SetPreference
from engine.errors import Busy, Forbidden, NeedsServer, NotSignedIn, Refused, TooMany, Unreachable
from engine.filing import add_file
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from engine.model.exchange import Pull
from engine.store import outgoing
from sync.client import loop
from sync.client import server as sync_server
from sync.client.loop import Loop, Standing
from sync.client.server import Server, problem
from tests.engine.boards import names, sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.engine.syncing.devices import rows_of
from tests.sync.meeting import (
    Desk,
    Desks,
    Network,
    desk,
    desks,
    kept_together,
    listening,
    network,
)
from tui.sync_standing import trouble

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

ROOT = Path(__file__).parents[3]


async def test_the_first_exchange_brings_everything_board_by_board(
    acting: Acting, desks: Desks
) -> None:
    for name in ("A", "B", "C"):
        await sample_board(acting, name=name)
    one = await desks(acting)
    await one.loop.exchange()
    assert await rows_of(one.acting) == await rows_of(acting)
    assert [mark.boards for mark in one.marks] == [(0, 3), (1, 3), (2, 3)]


async def test_two_devices_meet_over_http(acting: Acting, desks: Desks) -> None:
    board = await sample_board(acting)
    here, there = await desks(acting), await desks(await colleague(acting))
    await here.loop.exchange()
    await there.loop.exchange()
    for number in range(120):  # more than one push
        new = NewItem(name=f"new {number}")
        await here.acting.execute(AddItems(group_id=board.groups[1], items=(new,)))
    await there.acting.execute(RenameItem(item_id=board.items[0], name="theirs"))
    await here.loop.exchange()
    await there.loop.exchange()
    await here.loop.exchange()
    assert await rows_of(here.acting) == await rows_of(acting)
    assert len(await names(there.acting, board.board)) == 125


async def test_offline_is_said_with_its_hour_and_nothing_is_lost(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    running = asyncio.create_task(one.loop.run())

    async def standing(wanted: Standing) -> bool:
        return one.loop.mark.standing is wanted

    await one.until(lambda: standing(Standing.SYNCED))
    network.down = True
    await one.acting.execute(RenameItem(item_id=board.items[0], name="offline"))
    await one.until(lambda: standing(Standing.OFFLINE))
    assert one.loop.mark.since > 0 and "kept here" in one.loop.mark.reason
    network.down = False
    one.loop.wake()
    await one.until(lambda: standing(Standing.SYNCED))
    assert (await names(acting, board.board))[0] == "offline"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Bent(httpx.AsyncBaseTransport):
    """A way to the app on which requests to one path meet with `what` instead."""

    def __init__(
        self,
        way: httpx.AsyncBaseTransport,
        path: str,
        what: Callable[[], Awaitable[httpx.Response]],
    ) -> None:
        self._way, self._path, self._what = way, path, what

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == self._path:
            return await self._what()
        return await self._way.handle_async_request(request)


async def test_from_the_edit_on_it_is_not_synced_however_long_the_server_takes(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    asked = asyncio.Event()

    async def never() -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def synced() -> bool:
        return one.loop.mark.standing is Standing.SYNCED

    async with kept_together(one):
        await one.until(synced)
        network.way = Bent(network.way, "/sync/push", never)
        await one.acting.execute(RenameItem(item_id=board.items[0], name="x"))
        assert one.loop.mark.standing is Standing.SYNCING
        await asked.wait()
        assert (one.loop.mark.standing, one.loop.mark.waiting) == (Standing.SYNCING, 1)


async def test_what_the_app_remembers_by_itself_does_not_move_the_mark(
    acting: Acting, desks: Desks
) -> None:
    await sample_board(acting)
    one = await desks(acting)

    async def synced() -> bool:
        return one.loop.mark.standing is Standing.SYNCED

    async with kept_together(one):
        await one.until(synced)
        await one.acting.execute(SetPreference(name="last:board", value="x"))
        assert one.loop.mark.standing is Standing.SYNCED


async def test_however_much_waits_it_goes_in_pieces_that_the_server_takes(
    acting: Acting, desks: Desks
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    long = {board.columns["long_text"]: "word " * 18_000}
    for start in range(50):
        new = tuple(NewItem(name=f"{start}.{number}", values=long) for number in range(4))
        await one.acting.execute(AddItems(group_id=board.groups[1], items=new))
    await acting.execute(RenameItem(item_id=board.items[0], name="news of others"))
    await one.loop.exchange()
    found = await names(one.acting, board.board)
    assert (found[0], len(found)) == ("news of others", 205)
    assert await rows_of(one.acting) == await rows_of(acting)


async def test_one_command_that_no_server_takes_is_held_and_what_is_behind_it_goes(
    acting: Acting, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "LARGEST_PUSH", outgoing.USUAL + 1_000)
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    text = {board.columns["text"]: "y" * 900}
    await one.acting.execute(
        AddItems(group_id=board.groups[1], items=(NewItem(name="large", values=text),))
    )
    await one.acting.execute(RenameItem(item_id=board.items[0], name="behind it"))
    await one.loop.exchange()
    (kept,) = await one.device.held()
    assert kept.code == "quota" and "Divide" in kept.reason
    found = await names(one.acting, board.board)
    assert "large" not in found and found == await names(acting, board.board)
    assert found[0] == "behind it"


async def test_what_the_server_will_not_take_keeps_nothing_from_coming(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()

    async def refused() -> httpx.Response:
        return httpx.Response(409, json={"detail": "not now"})

    network.way = Bent(network.way, "/sync/push", refused)
    await one.acting.execute(RenameItem(item_id=board.items[1], name="mine"))
    await acting.execute(RenameItem(item_id=board.items[0], name="theirs"))
    with pytest.raises(Refused, match="not now"):
        await one.loop.exchange()
    assert (await names(one.acting, board.board))[:2] == ["theirs", "mine"]
    assert len(await one.device.waiting()) == 1


async def test_an_answer_that_only_drips_is_given_up(
    acting: Acting, desks: Desks, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await desks(acting)
    monkeypatch.setattr(sync_server, "LONGEST", 0.0)
    monkeypatch.setattr(sync_server, "SLOWEST", 1 << 40)

    class Drops(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b"x"

    async def dripping() -> httpx.Response:
        return httpx.Response(200, stream=Drops())

    network.way = Bent(network.way, "/sync/pull", dripping)
    with pytest.raises(Unreachable, match="too slowly"):
        await one.server.pull(await one.device.pulling())


async def test_a_fault_while_files_go_is_said_and_the_loop_goes_on(
    acting: Acting, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await desks(acting)

    async def breaks() -> bool:
        raise ValueError("not foreseen")

    monkeypatch.setattr(one.loop.files, "send_all", breaks)
    await one.loop._carry_files()
    assert trouble(one.loop.mark, 0, 0) == (
        "Files wait: A fault stopped the exchange, which is tried again (ValueError)."
    )


async def test_a_file_that_does_not_go_rests_while_all_else_goes_on(
    acting: Acting, desks: Desks, network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FIRST_WAIT", loop.LONGEST_WAIT)
    board, one = await sample_board(acting), await desks(acting)
    tries: list[bool] = []

    async def refuses() -> httpx.Response:
        tries.append(True)
        return httpx.Response(413, content=b"<html>Request Entity Too Large</html>")

    await one.loop.exchange()
    (tmp_path / "plan").write_bytes(b"123")
    stored = await add_file(one.acting, tmp_path / "plan")
    network.way = Bent(network.way, f"/sync/files/{stored.digest}", refuses)
    for number in range(3):
        await one.acting.execute(RenameItem(item_id=board.items[0], name=f"name {number}"))
        await turned(one)
        assert (await names(acting, board.board))[0] == f"name {number}"
    assert len(tries) == 1 and "Files wait: " in trouble(one.loop.mark, 0, 0)
    one.loop.wake()
    await turned(one)
    assert len(tries) == 2


async def turned(one: Desk) -> None:
    """One turn, with the files that go beside it."""
    await one.loop._turn()
    assert one.loop._carrying is not None
    await one.loop._carrying


async def test_each_request_says_the_version_and_another_one_is_refused(
    acting: Acting, network: Network
) -> None:
    key = await make(acting, "old", Scope.WRITE)
    headers = {"Authorization": f"Bearer {key}", "X-Proto": "2"}
    async with httpx.AsyncClient(transport=network, base_url="http://server") as client:
        for path in ("/sync/push", "/sync/pull", "/sync/execute", "/sync/arriving"):
            answer = await client.post(path, json={}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (426, "too_old"), path


async def test_synced_is_not_said_while_something_is_held(acting: Acting, desks: Desks) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="too late"))
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    await one.loop.exchange()
    await one.loop._settled()
    assert (one.loop.mark.standing, one.loop.mark.held) == (Standing.NEEDS_YOU, 1)


async def test_a_key_that_is_not_known_is_told_and_the_loop_ends(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    stranger = Server("http://server", "cqk_unknown", transport=network)
    with pytest.raises(NotSignedIn):
        await stranger.hello()
    turned_away = Loop(one.acting, stranger, lambda mark: None)
    await turned_away.run()
    assert turned_away.mark.standing is Standing.NEEDS_YOU
    await stranger.close()


async def test_what_is_forbidden_for_now_is_said_and_tried_again(
    acting: Acting, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await desks(acting)
    real = one.loop.server.pull

    async def forbidden(pull: Pull) -> bytes:
        raise Forbidden("Not from here.")

    monkeypatch.setattr(one.loop.server, "pull", forbidden)
    assert await one.loop._turn()
    assert (one.loop.mark.standing, one.loop.mark.reason) == (Standing.NEEDS_YOU, "Not from here.")
    await one.loop.recount()
    assert one.loop.mark.standing is Standing.NEEDS_YOU
    monkeypatch.setattr(one.loop.server, "pull", real)
    assert await one.loop._turn()
    assert (one.loop.mark.standing, one.loop.mark.reason) == (Standing.SYNCED, "")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.GUEST])
async def test_who_may_not_write_reads_and_what_they_tried_is_held(
    acting: Acting, desks: Desks, role: Role
) -> None:
    await sample_board(acting)
    one = await desks(await colleague(acting, role=role))
    await one.loop.exchange()
    assert bool([name for name in await rows_of(one.acting) if name.startswith("item:")]) == (
        role is Role.VIEWER
    )


async def test_what_is_no_server_of_ours_is_told_in_one_sentence(tmp_path: Path) -> None:
    page = httpx.MockTransport(lambda request: httpx.Response(200, text="<html>hello</html>"))
    server = Server("http://elsewhere", "x", transport=page)
    with pytest.raises(Unreachable, match="not a server of ConneqtOS"):
        await server.hello()
    await server.close()


async def test_an_older_device_is_told_to_update(acting: Acting, network: Network) -> None:
    async with httpx.AsyncClient(transport=network, base_url="http://server") as client:
        headers = {"Authorization": f"Bearer {await make(acting, 'old', Scope.WRITE)}"}
        answer = await client.post("/sync/hello", json={"protocol": 0}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (426, "too_old")


async def test_a_change_on_one_device_wakes_the_other_through_real_sockets(
    engine: Engine, acting: Acting, tmp_path: Path, template_file: Path
) -> None:
    board = await sample_board(acting)
    async with listening(engine) as url:
        here = await desk(tmp_path, template_file, acting, url)
        there = await desk(tmp_path, template_file, await colleague(acting), url)
        loops = [asyncio.create_task(one.loop.run()) for one in (here, there)]

        async def has(one: Desk, name: str) -> bool:
            state = await one.device.state()
            known = state is not None and f"board:{board.board}" in state.scopes
            return known and name in await names(one.acting, board.board)

        await here.until(lambda: has(here, "Item 1"))
        await there.until(lambda: has(there, "Item 1"))
        await here.acting.execute(RenameItem(item_id=board.items[0], name="from here"))
        await there.until(lambda: has(there, "from here"))
        await there.acting.execute(RenameItem(item_id=board.items[1], name="from there"))
        await here.until(lambda: has(here, "from there"))
        for one in loops:
            one.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await here.close()
        await there.close()


async def test_a_sign_of_life_on_the_line_for_news_is_no_news(
    engine: Engine,
    acting: Acting,
    tmp_path: Path,
    template_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A device that nothing happens to asks for nothing, however often the line says that it lives."""
    monkeypatch.setattr("sync.server.poking.BREATH", 0.005)
    now = engine.now()  # it stands: else each breath is some time later, and a use of the key
    monkeypatch.setattr(engine, "now", lambda: now)
    await sample_board(acting)
    async with listening(engine) as url:
        one = await desk(tmp_path, template_file, acting, url)
        pull, news = one.server.pull, one.server.news
        signs = [0]  # since it asked last

        async def counted(asked: Pull) -> bytes:
            signs[0] = 0
            return await pull(asked)

        @asynccontextmanager
        async def listened() -> AsyncIterator[AsyncIterator[object]]:
            async def each(line: AsyncIterator[object]) -> AsyncIterator[object]:
                async for sign in line:
                    signs[0] += 1
                    one.moved.set()
                    yield sign

            async with news() as line:
                yield each(line)

        async def quiet() -> bool:
            return signs[0] >= 200

        monkeypatch.setattr(one.server, "pull", counted)
        monkeypatch.setattr(one.server, "news", listened)
        running = asyncio.create_task(one.loop.run())
        await one.until(quiet)  # were each sign news, it would ask about every 60 of them
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await one.close()


async def test_what_only_the_server_does_is_done_there_at_once_and_read_back(
    acting: Acting, desks: Desks
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await one.acting.execute(TrashItems(item_ids=(board.items[0],)))
    with pytest.raises(NeedsServer):
        await one.acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    one.acting.engine.forward = one.loop.exchanges.forward
    await one.acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    assert await rows_of(one.acting) == await rows_of(acting)
    assert [name for name in await rows_of(acting) if board.items[0] in name] == []


async def test_joined_by_the_command_line_worked_offline_and_left(
    engine: Engine, acting: Acting, tmp_path: Path
) -> None:
    await sample_board(acting, name="Roadmap")
    home = tmp_path / "home"
    environment = {**os.environ, "CONNEQTOS_HOME": str(home)}

    async def conneqtos(*words: str, token: str = "", status: int = 0) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", *words, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
            env={**environment, **({"CONNEQTOS_TOKEN": token} if token else {})},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == status, said.decode()
        return said.decode()

    where = str(tmp_path / "joined")
    async with listening(engine) as url:
        token = await make(acting, "laptop", Scope.ADMIN)
        beside = ("--protection", "clear-beside-the-data")
        assert "Joined" in await conneqtos("sync", "join", url, where, *beside, token=token)
        assert "#…" in await conneqtos("item", "add", "--board", "Roadmap", "From the shell")
        assert "1 waiting" in await conneqtos("sync", "status")
        assert "synced" in await conneqtos("sync", "now")
        status = json.loads(await conneqtos("sync", "status", "--json"))
        assert (status["linked"], status["synced"], status["waiting"]) == (True, True, 0)
        assert await conneqtos("sync", "refused") == ""
        text = await conneqtos("sync", "join", "http://example.org", where + "2", status=2)
        assert "not encrypted" in text
    assert "Nothing answers" in await conneqtos("sync", "now", status=21)
    assert "--offline" in await conneqtos("sync", "leave", "--yes", status=21)
    assert "local one" in await conneqtos("sync", "leave", "--offline", "--yes")
    assert "local workspace" in await conneqtos("sync", "status")
    assert "#7" in await conneqtos("item", "add", "--board", "Roadmap", "Alone again")


async def test_a_loop_that_is_woken_while_it_is_cancelled_ends(
    acting: Acting, desks: Desks
) -> None:
    """Found by the soak: quitting the app would have waited for ever."""
    one = await desks(acting)
    for steps in range(5):
        waiting = asyncio.create_task(one.loop._woken(30))
        for _ in range(2):
            await asyncio.sleep(0)
        one.loop.wake()
        for _ in range(steps):
            await asyncio.sleep(0)
        over = waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert over or waiting.cancelled()
        one.loop._wake.clear()


async def test_what_waits_goes_up_before_it_is_read_what_became_of_it(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board, one = await sample_board(acting), await desks(acting)
    await one.loop.exchange()
    for n in range(130):
        await one.acting.execute(RenameItem(item_id=board.items[0], name=f"name {n}"))
    before = len(network.asked)
    await one.loop.exchange()
    asked = [path for path in network.asked[before:] if path in ("/sync/push", "/sync/pull")]
    assert asked == ["/sync/push"] * 3 + ["/sync/pull"]
    state = await one.device.state()
    assert state is not None and state.settled


async def test_an_answer_that_decides_nothing_is_no_reason_to_ask_at_once(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board, one, asked = await sample_board(acting), await desks(acting), []
    await one.loop.exchange()

    async def nothing() -> httpx.Response:
        asked.append("push")
        assert len(asked) < 30, "without a pause"
        return httpx.Response(200, json={})

    network.way = Bent(network.way, "/sync/push", nothing)
    await one.acting.execute(RenameItem(item_id=board.items[0], name="x"))
    with pytest.raises(Unreachable, match="says nothing"):
        await one.loop.exchange()


async def test_a_fault_of_the_store_does_not_end_the_loop(
    acting: Acting, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, one = await sample_board(acting), await desks(acting)
    monkeypatch.setattr(loop, "FIRST_WAIT", 0.01)

    async def synced() -> bool:
        return one.loop.mark.standing is Standing.SYNCED

    running = asyncio.create_task(one.loop.run())
    await one.until(synced)
    state, faults = one.loop._device.state, [Busy("The workspace is busy.")]

    async def fails() -> object:
        if faults:
            raise faults.pop()
        return await state()

    async def offline() -> bool:
        return any(mark.reason == "The workspace is busy." for mark in one.marks)

    monkeypatch.setattr(one.loop._device, "state", fails)
    one.loop._wake.set()
    await one.until(offline)
    await one.acting.execute(RenameItem(item_id=board.items[0], name="after it"))
    await one.until(synced)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_proxy_that_says_when_by_a_date_is_waited_for(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)

    async def busy() -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})

    network.way = Bent(network.way, "/sync/hello", busy)
    with pytest.raises(TooMany) as raised:
        await one.loop.exchange()
    assert raised.value.seconds == 60


@pytest.mark.parametrize(
    "content", [b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"detail":"\xff"}', b"[1]"]
)
def test_an_error_that_cannot_be_read_says_nothing(content: bytes) -> None:
    assert problem(httpx.Response(500, content=content)) == {}


@pytest.mark.parametrize("token", ["clé", "two words", "a line\nmore"])
async def test_what_cannot_be_a_token_is_said_and_the_work_goes_on(
    token: str, acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    server = Server("http://server", token, transport=network)
    loop = Loop(one.acting, server, lambda mark: None)
    await loop.run()
    assert loop.mark.standing is Standing.NEEDS_YOU and "no token has" in loop.mark.reason
    with pytest.raises(NotSignedIn, match="no token has"):
        await server.hello()
    await server.close()
