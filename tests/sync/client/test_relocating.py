"""A workspace on its way to a server and home again, over a network that breaks."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from engine.api import Acting, Engine
from engine.arriving import leaving
from engine.commands.items import RenameItem
from engine.commands.members import EditPerson
from engine.errors import NotSignedIn, NotTaken, Unreachable
from engine.identity.api_keys import make
from engine.identity.organizations import invite
from engine.identity.sessions import Signed, as_account, enter, sign_in
from engine.model.actor import Role, Scope
from engine.model.exchange import FileComing
from engine.queries.files import AttachedFiles
from engine.queries.home import WhoAmI
from engine.queries.members import MailsWaiting
from engine.relocating import begin_taking, could_come
from engine.store import file_parts
from engine.store.file_parts import FileParts
from engine.store.files import FileStore, StoredFile
from engine.syncing import Device
from sync.client import files
from sync.client.loop import Loop, Standing
from sync.client.server import Server
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.boards import Sample, names
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    fresh_address,
    signed_up,
    somewhere,
)
from tests.engine.relocations import workspace
from tests.engine.syncing.devices import rows_of
from tests.engine.test_relocating import without_account
from tests.sync.client.test_loop import ROOT
from tests.sync.meeting import Network, listening, network
from tui import linking
from tui.sync_mark import spoken_mark
from tui.sync_names import Names
from tui.sync_standing import only_here
from tui.sync_words import said

__all__ = ["acting", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

SERVER = "http://server"
Local = tuple[Acting, Sample]


@pytest.fixture
async def local(tmp_path: Path, template_file: Path) -> AsyncIterator[Local]:
    acting, board = await workspace(tmp_path, template_file, tmp_path)
    yield acting, board
    await acting.engine.close()


async def traveller(engine: Engine, acting: Acting, network: Network) -> tuple[Loop, Signed]:
    """The workspace with a line to the server, by a session of an account there."""
    signed, token, _ = await signed_up(engine)
    server = Server(SERVER, token, acting.actor.organization_id, transport=network)
    return Loop(acting, server, lambda mark: None), signed


async def test_rows_and_files_go_there_and_the_loop_goes_on_as_any_other(
    engine: Engine, local: Local, network: Network
) -> None:
    acting, board = local
    loop, signed = await traveller(engine, acting, network)
    await could_come(acting, loop.server.arriving)
    await begin_taking(acting, SERVER, "")
    await acting.execute(RenameItem(item_id=board.items[0], name="On the way"))
    await loop.exchange_all()
    there = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    assert without_account(await rows_of(acting)) == without_account(await rows_of(there))
    assert (await names(there, board.board))[0] == "On the way"
    (file,) = await there.query(AttachedFiles())
    assert there.files.has(file.digest)
    await loop.server.close()


async def test_it_is_not_synced_before_its_files_are_there(
    local: Local, engine: Engine, network: Network
) -> None:
    acting, _ = local
    loop, _ = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    await loop.exchange()  # without its files
    await loop._settled()
    state = await Device(acting).state()
    assert state is not None and not state.settled and only_here(state) == "1 file"
    assert spoken_mark(loop.mark).plain.strip() == "1 file to send"
    await loop.exchange_all()
    await loop._settled()
    assert loop.mark.standing is Standing.SYNCED
    await loop.server.close()


async def test_a_file_for_which_the_server_has_no_room_is_refused_aloud_and_goes_when_it_is_tried_again(
    local: Local, engine: Engine, network: Network
) -> None:
    acting, _ = local
    loop, signed = await traveller(engine, acting, network)
    device, roomy = Device(acting), network.way
    network.way = httpx.ASGITransport(app=create_app(engine, Settings(largest_file=100), "1.0"))
    await begin_taking(acting, SERVER, "")
    await loop.exchange_all()
    await loop._settled()
    (held,) = await device.held()
    assert "100 bytes" in held.reason
    assert "attached a file: " in said(held.command, await Names.of(acting, [held.command]))
    assert spoken_mark(loop.mark).plain.strip() == "1 refused"
    network.way = roomy
    await device.retry(held.command.id)
    await loop.exchange_all()
    state = await device.state()
    assert state is not None and state.settled
    there = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    (file,) = await there.query(AttachedFiles())
    assert there.files.has(file.digest)
    await loop.server.close()


@pytest.mark.parametrize(("called", "there"), [("You", "Ada"), ("Ms Lovelace", "Ms Lovelace")])
async def test_an_owner_without_a_name_of_their_own_is_called_as_their_account_is(
    engine: Engine, local: Local, network: Network, called: str, there: str
) -> None:
    acting, _ = local
    await acting.execute(EditPerson(member_id=acting.actor.user_id, name=called))
    loop, signed = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    await loop.exchange_all()
    owner = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    for end in (owner, acting):
        assert (await end.query(WhoAmI()))[1].name == there
    await invite(owner, fresh_address(), Role.MEMBER)
    mails = await engine.as_system(acting.actor.organization_id).query(MailsWaiting())
    assert f"{there} invites you" in mails[-1].text
    await loop.server.close()


@pytest.mark.parametrize("times", range(6))
async def test_it_goes_on_where_it_was_cut_wherever_that_was(
    engine: Engine, local: Local, network: Network, times: int
) -> None:
    acting, board = local
    loop, signed = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    network.fail_after("POST", times)
    for _ in range(2):
        try:
            await loop.exchange_all()
            break
        except Unreachable:
            continue
    state = await Device(acting).state()
    assert state is not None and state.settled and not state.link.taking
    there = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    assert without_account(await rows_of(acting)) == without_account(await rows_of(there))
    assert await names(there, board.board) == await names(acting, board.board)
    await loop.server.close()


def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent goes in parts of 1,000 bytes."""

    def part(store: FileStore, file: StoredFile, start: int) -> bytes:
        return b"".join(store.chunks(file.digest, file.digest))[start : start + 1_000]

    monkeypatch.setattr(file_parts, "PART", 1_000)
    monkeypatch.setattr(files, "_part", part)


@pytest.mark.parametrize("at", [0, 1_000])
async def test_two_programs_that_take_it_there_both_come_to_their_end(
    engine: Engine, local: Local, network: Network, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """The second does all of it while a part of the first is on its way."""
    acting, _ = local
    first, signed = await traveller(engine, acting, network)
    second = Loop(acting, first.server, lambda mark: None)
    await begin_taking(acting, SERVER, "")
    in_small_parts(monkeypatch)
    send_part, left = first.server.send_part, [at]

    async def crossed(file: StoredFile, start: int, *rest: object) -> FileComing:
        if left == [start]:
            left.clear()
            await second.exchange()
        return await send_part(file, start, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(first.server, "send_part", crossed)
    await first.exchange_all()
    state = await Device(acting).state()
    assert not left and state is not None and state.settled and not state.link.taking
    there = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    assert without_account(await rows_of(acting)) == without_account(await rows_of(there))
    await first.server.close()


async def test_it_goes_on_where_the_server_lost_what_had_come(
    engine: Engine, local: Local, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting, _ = local
    loop, signed = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    in_small_parts(monkeypatch)
    send_part, left = loop.server.send_part, [2_000]

    async def crossed(file: StoredFile, start: int, *rest: object) -> FileComing:
        if left == [start]:
            left.clear()
            account = as_account(engine, somewhere(), signed)
            FileParts(account.files, account.actor.user_id, file.digest, file.size).drop()
        return await send_part(file, start, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(loop.server, "send_part", crossed)
    with pytest.raises(Unreachable):  # that is: it is tried again
        await loop.exchange_all()
    await loop.exchange_all()
    state = await Device(acting).state()
    assert not left and state is not None and state.settled and not state.link.taking
    await loop.server.close()


async def test_what_another_program_has_taken_there_is_not_made_local_again(
    engine: Engine, local: Local, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting, _ = local
    other, _ = await traveller(engine, acting, network)

    async def refused(loop: Loop) -> None:
        await other.exchange()
        raise NotTaken("The server let go of what this program sent.")

    monkeypatch.setattr(Loop, "exchange_all", refused)
    monkeypatch.setattr(linking, "begin_taking", begin_taking)
    await linking.take_workspace(acting, SERVER, "", lambda done, of: None)
    assert await Device(acting).state() is not None
    await other.server.close()


async def test_a_server_that_was_killed_behind_the_last_part_goes_on_with_what_came(
    engine: Engine, local: Local, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting, board = local
    loop, signed = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")

    def killed(parts: FileParts) -> StoredFile:
        raise OSError("no server any more")

    with monkeypatch.context() as meanwhile, pytest.raises(Unreachable):
        meanwhile.setattr(FileParts, "finish", killed)
        await loop.exchange_all()
    await loop.exchange_all()
    there = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    assert await names(there, board.board) == await names(acting, board.board)
    await loop.server.close()


async def test_an_answer_that_is_lost_does_not_bring_it_twice(
    engine: Engine, local: Local, network: Network
) -> None:
    acting, _ = local
    loop, _ = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    send = network.handle_async_request

    async def losing(request: httpx.Request) -> httpx.Response:
        answer = await send(request)
        if request.url.path == "/sync/arrive":
            network.handle_async_request = send  # type: ignore[method-assign]
            raise httpx.ReadError("gone")
        return answer

    network.handle_async_request = losing  # type: ignore[method-assign]
    await loop.exchange_all()
    assert network.asked.count("/sync/arrive") == 1
    state = await Device(acting).state()
    assert state is not None and state.settled
    await loop.server.close()


async def test_by_an_api_key_nothing_comes_and_the_workspace_stays_local(
    engine: Engine, acting: Acting, local: Local, network: Network
) -> None:
    mine, _ = local
    key = await make(acting, "key", Scope.ADMIN)
    server = Server(SERVER, key, mine.actor.organization_id, transport=network)
    with pytest.raises(NotSignedIn):
        await could_come(mine, server.arriving)
    assert await Device(mine).state() is None
    await server.close()


async def test_everything_comes_home_with_the_files_that_were_never_read_here(
    engine: Engine, local: Local, network: Network
) -> None:
    acting, board = local
    loop, signed = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    await loop.exchange_all()
    there = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    (file,) = await acting.query(AttachedFiles())
    acting.files.remove(file.digest)
    await acting.execute(RenameItem(item_id=board.items[0], name="At last"))
    assert (await loop.go_home()).missing == ()
    assert await Device(acting).state() is None
    assert acting.files.has(file.digest)
    assert (await names(acting, board.board))[0] == "At last"
    assert without_account(await rows_of(acting)) == without_account(await rows_of(there))
    assert (await acting.verify_audit()).bad_number is None
    assert not list(acting.files.of("coming").digests())
    assert not list(leaving(there).digests())
    with pytest.raises(NotSignedIn):
        await loop.server.hello()
    await loop.server.close()


async def test_going_home_that_is_cut_leaves_it_linked(
    engine: Engine, local: Local, network: Network
) -> None:
    acting, _ = local
    loop, _ = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    await loop.exchange_all()
    before = await rows_of(acting)
    network.fail_after("GET", 0)
    with pytest.raises(Unreachable):
        await loop.go_home()
    assert (await Device(acting).state()) is not None
    assert await rows_of(acting) == before
    await loop.go_home()
    assert await Device(acting).state() is None
    await loop.server.close()


async def test_what_is_packed_for_an_owner_opens_no_other_file_and_for_nobody_else(
    engine: Engine, local: Local, network: Network
) -> None:
    acting, _ = local
    loop, _ = await traveller(engine, acting, network)
    await begin_taking(acting, SERVER, "")
    await loop.exchange_all()
    (file,) = await acting.query(AttachedFiles())
    packed = await loop.server.depart()
    for digest, status in ((file.digest, 404), (packed.digest, 200), ("x", 404)):
        answer = await loop.server._client.get(f"/sync/departures/{digest}")
        assert answer.status_code == status
    other, _ = await traveller(engine, acting, network)
    answer = await other.server._client.get(f"/sync/departures/{packed.digest}")
    assert answer.status_code == 404
    await loop.server.close()
    await other.server.close()


async def test_by_the_command_line_there_and_home(engine: Engine, tmp_path: Path) -> None:
    email = fresh_address()
    _, token, _ = await signed_up(engine, email)
    where = tmp_path / "studio"

    async def conneqtos(*words: str, status: int = 0, token: str = "") -> str:
        environment = {**os.environ, "CONNEQTOS_HOME": str(tmp_path / "home")}
        environment.pop("CONNEQTOS_TOKEN", None)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", *words, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
            env={**environment, **({"CONNEQTOS_TOKEN": token} if token else {})},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == status, said.decode()
        return said.decode()

    beside = ("--protection", "clear-beside-the-data")
    await conneqtos("workspace", "create", str(where), "--name", "Studio", *beside)
    await conneqtos("board", "create", "Roadmap")
    await conneqtos("item", "add", "--board", "Roadmap", "From home")
    async with listening(engine) as url:
        assert "Nothing answers" in await conneqtos("sync", "take", "http://127.0.0.1:9", status=21, token=token)  # fmt: skip
        assert "local workspace" in await conneqtos("sync", "status")
        assert "is on" in await conneqtos("sync", "take", url, token=token)
        assert "synced" in await conneqtos("sync", "now")
        assert "linked" in await conneqtos("sync", "take", url, token=token, status=2)
        status = await conneqtos("sync", "status", "--json")
        assert '"synced":true' in status.replace(" ", "")
        assert "From home" in await conneqtos("item", "list", "--board", "Roadmap")
        assert "local one" in await conneqtos("sync", "leave", "--yes")
        assert "From home" in await conneqtos("item", "list", "--board", "Roadmap")
        await conneqtos("audit", "verify")
        _, token = await sign_in(
            engine, somewhere(), email, PASSWORD
        )  # the other session has ended
        assert "already" in await conneqtos("sync", "take", url, token=token, status=6)


async def test_by_the_command_line_from_signing_up_to_joining_by_invitation(
    engine: Engine, acting: Acting, tmp_path: Path
) -> None:
    email = fresh_address()
    invitation = await invite(acting, email, Role.MEMBER)

    async def conneqtos(*words: str, typed: str = "") -> str:
        environment = {**os.environ, "CONNEQTOS_HOME": str(tmp_path / "home")}
        environment.pop("CONNEQTOS_TOKEN", None)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", *words, cwd=ROOT, env=environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate(f"{typed}\n".encode())
        assert process.returncode == 0, said.decode()
        return said.decode()

    async with listening(engine) as url:
        who = ("--name", "Grace", "--email", email, "--over-16", "--accept-policy", "1")
        assert "code" in await conneqtos("sync", "sign-up", url, *who, typed=PASSWORD)
        code = await code_in_mail(engine, await account_of(engine, email))
        assert "confirmed" in await conneqtos("sync", "confirm", url, code)
        where = (url, str(tmp_path / "joined"), "--email", email, "--invitation", invitation)
        beside = ("--protection", "clear-beside-the-data")
        assert "Joined" in await conneqtos("sync", "join", *where, *beside, typed=PASSWORD)
        assert "synced" in await conneqtos("sync", "now")
