"""Why a server cannot be reached is said as it is, and that something is kept only where something is."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from engine.api import Acting
from engine.commands.items import RenameItem
from engine.commands.members import EditPerson
from engine.errors import ConneqtError, Unreachable
from sync.client.reasons import KEPT, told
from sync.client.sign_in import NewAccount, places, sign_in, sign_up
from tests.engine.boards import sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.sync.meeting import Desks, Network, desks, listening, network
from tests.sync.server.test_serving import certified, free_port

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(with_what: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of something that is no server of ours."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.write(with_what)
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


def page(content: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode()


async def refusal(url: str) -> str:
    """What is said to who signs in there."""
    with pytest.raises(ConneqtError) as told:
        await sign_in(url, "ada@example.org", "secret")
    assert isinstance(told.value, Unreachable) and "secret" not in str(told.value)
    assert "kept" not in str(told.value)
    return str(told.value)


async def test_a_port_at_which_nothing_listens_is_said() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert await refusal(url) == (
        f"Nothing answers at {url}: the server is not running, or it has another port."
    )


async def test_a_name_that_is_not_found_is_said() -> None:
    assert "The name no.such.host.invalid is not found" in await refusal(
        "https://no.such.host.invalid"
    )


async def test_https_to_what_speaks_no_tls_says_to_try_http() -> None:
    async with answering(page("{}")) as port:
        told = await refusal(f"https://127.0.0.1:{port}")
    assert told.endswith(f"speaks no TLS: try http://127.0.0.1:{port}")


async def test_http_to_what_speaks_tls_says_to_try_https(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with answering(page("{}"), context) as port:
        told = await refusal(f"http://127.0.0.1:{port}")
        assert told.endswith(f"try https://127.0.0.1:{port}")
        told = await refusal(f"https://127.0.0.1:{port}")
        assert "is not trusted here" in told and "SSL_CERT_FILE" in told


@pytest.mark.parametrize("content", ["<html>", "{}", '{"ok": true}', "[]"])
async def test_what_is_no_server_of_ours_is_said(content: str) -> None:
    async with answering(page(content)) as port:
        url = f"http://127.0.0.1:{port}"
        assert await refusal(url) == (
            f"What answers at {url} is not a server of ConneqtOS. Check the address."
        )
        account = NewAccount(
            name="A", email="a@b.c", password="p", over_16=True, policy_version="1"
        )
        for call in (sign_up(url, account), places(url, "token")):
            with pytest.raises(Unreachable, match="not a server of ConneqtOS"):
                await call


async def test_an_address_that_leads_past_the_server_is_said(acting: Acting) -> None:
    async with listening(acting.engine) as url:
        told = await refusal(f"{url}/api")
    assert told == (
        f"There is no server of ConneqtOS at {url}/api. Give its address alone, as https://example.org."
    )


async def test_what_waits_is_said_to_be_kept_and_what_is_not_kept_is_not(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    one.acting.engine.forward = one.loop.exchanges.forward
    network.down = True
    name = EditPerson(member_id=one.acting.actor.user_id, name="Ada")
    with pytest.raises(Unreachable) as told:
        await one.acting.execute(name)
    assert "kept" not in str(told.value)
    await one.acting.execute(RenameItem(item_id=board.items[0], name="offline"))
    with pytest.raises(Unreachable) as told:
        await one.loop.exchange()
    assert str(told.value).endswith(KEPT)
    with pytest.raises(Unreachable) as told:
        await one.acting.execute(name)
    assert "kept" not in str(told.value)


def test_the_other_errors_of_the_network_are_told_too() -> None:
    from sync.client.reasons import why

    assert why("https://example.org", httpx.ReadError("")) == (
        "https://example.org broke off without an answer."
    )
    assert "in time" in why("https://example.org", httpx.ConnectTimeout(""))
    assert why("https://example.org", OSError("odd")) == "https://example.org cannot be reached."


def test_what_cannot_be_an_address_is_said() -> None:
    with pytest.raises(Unreachable, match="no address of a server"), told("http://[::1"):
        httpx.URL("http://[::1")
