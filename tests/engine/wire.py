"""A line to a real PostgreSQL that can be cut and mended: what a server sees of a database that goes and comes."""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PIECE = 65_536


class Wire:
    """Listens on a port of this machine and hands on to the socket file of the server that `url` names."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = next(Path(parse_qs(parts.query)["host"][0]).glob(".s.PGSQL.[0-9]*[0-9]"))
        self._name = parts.path
        self._port = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"postgresql://postgres:@127.0.0.1:{self._port}{self._name}?sslmode=disable"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Every line breaks, and nobody answers."""
        assert self._server is not None
        self._server.close()
        for writer in self._lines:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_there, to_there = await asyncio.open_unix_connection(str(self._socket))
        both = {writer, to_there}
        self._lines |= both
        await asyncio.gather(_carry(reader, to_there), _carry(from_there, writer))
        self._lines -= both


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()
