"""A bad network between devices and servers: it delays, cuts and repeats requests, by a seed."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

REPEATED = ("/sync/push", "/sync/pull", "/sync/execute", "/sync/files")
PIECE = 16_384


class Weather(Struct):
    """How likely each fault is for one request, and how long a piece may be on its way (seconds)."""

    cut_request: float = 0.06
    cut_answer: float = 0.06
    repeat: float = 0.10
    delay: float = 0.03


class Counted(Struct):
    requests: int = 0
    cut: int = 0
    repeated: int = 0


class Proxy:
    """HTTP/1.1, a request a connection. `backends` are ports of this machine, taken in turn by chance."""

    def __init__(self, backends: Sequence[int], seed: int) -> None:
        self.backends = list(backends)
        self.weather = Weather()
        self.counted = Counted()
        self._chance = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Its address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._one(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _request(reader)
        self.counted.requests += 1
        chance, weather = self._chance, self.weather
        await asyncio.sleep(chance.random() * weather.delay)
        if chance.random() < weather.cut_request:
            self.counted.cut += 1
            return
        path = request.split(b" ", 2)[1].decode()
        if path.startswith(REPEATED) and chance.random() < weather.repeat:
            self.counted.repeated += 1
            await self._swallow(request)
        await self._forward(request, writer)

    async def _swallow(self, request: bytes) -> None:
        """The same once more, whose answer nobody gets."""
        with suppress(OSError):
            reader, writer = await self._connect()
            writer.write(request)
            while await reader.read(PIECE):
                pass
            writer.close()

    async def _forward(self, request: bytes, client: asyncio.StreamWriter) -> None:
        reader, writer = await self._connect()
        cut = self._chance.random() < self.weather.cut_answer
        left = self._chance.randrange(2_000) if cut else None
        try:
            writer.write(request)
            while piece := await reader.read(PIECE):
                await asyncio.sleep(self._chance.random() * self.weather.delay)
                client.write(piece if left is None else piece[:left])
                await client.drain()
                if left is not None and (left := left - len(piece)) <= 0:
                    self.counted.cut += 1
                    return
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._chance.choice(self.backends))


async def _request(reader: asyncio.StreamReader) -> bytes:
    """All of it, told to be the only one of its connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next(
        (int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")),
        0,
    )
    body = await reader.readexactly(length)
    return b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]) + body
