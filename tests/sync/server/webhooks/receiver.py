"""A program that is told: it listens on loopback, over TLS if asked, keeps what it got, and answers as it is set to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body)  # type: ignore[no-any-return]

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.said["data"]["events"]  # type: ignore[no-any-return]


@dataclass
class Receiver:
    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What it answers next, whole; `204` when there is none left. "" says nothing, and keeps the line open."""
    names: list[str] = field(default_factory=list)
    """The names that TLS asked for."""

    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = (await reader.readline()).decode()
            if not first:
                return
            headers = {}
            while line := (await reader.readline()).decode().strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.got.append(Got(first.split()[1], headers, body))
            self.called.set()
            answer = self.answers.pop(0) if self.answers else "204 No Content"
            if not answer:
                await reader.read()
                return
            writer.write(f"HTTP/1.1 {answer}\r\n\r\n".encode())
            await writer.drain()
        except (OSError, ssl.SSLError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    one = Receiver()
    if tls is not None:
        tls.sni_callback = lambda _, name, __: one.names.append(str(name))
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, ssl=tls)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


def tls_for(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate of its own for `host`: what the server shows, and who trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{host}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(path)
    return shows, ssl.create_default_context(
        cadata=made.public_bytes(serialization.Encoding.PEM).decode()
    )
