"""`conneqtos serve` as a process on a real socket: started, called, restarted, ended; over TLS; on PostgreSQL."""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import httpx
import msgspec
import pytest

from engine.api import Acting
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.store.files import FileStore, StoredFile
from sync.server.serving import _config, listening_socket, place_of, serve
from sync.server.settings import Settings
from tests.engine.boards import sample_board
from tests.engine.conftest import new_database

ROOT = Path(__file__).parents[3]
ACCOUNT = {
    "name": "Ada", "email": "ada@example.org", "password": "correct horse battery", "over_16": True,
    "policy_version": "1",
}  # fmt: skip


def test_what_is_accepted_is_sent_at_once() -> None:
    with listening_socket(Settings(port=0)) as listening:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (Settings(host="::1"), "http://[::1]:8431"),
        (Settings(host="boards.example.org", tls_cert="x"), "https://boards.example.org:8431"),
    ],
)
def test_where_it_listens_is_said_so_that_it_can_be_called(settings: Settings, place: str) -> None:
    assert place_of(settings, 8431) == place and httpx.URL(place).port == 8431


async def test_no_upgrade_leads_past_the_guard_whatever_is_installed() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        raise AssertionError

    assert _config(app, Settings()).ws == "none"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(home: Path, *more: str, verify: ssl.SSLContext | bool = True) -> Iterator[httpx.Client]:
    """The server until it answers, and a client of it; ended by SIGTERM, which must end it well."""
    port, env = free_port(), {**os.environ, "CONNEQTOS_HOME": str(home)}
    command = [
        sys.executable,
        "-m",
        "tui",
        "serve",
        "--port",
        str(port),
        "--key-beside-data",
        *more,
    ]
    log = (
        home / f"server-{port}.log"
    )  # a pipe that nobody reads would stop the server when it is full
    home.mkdir(exist_ok=True)
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=said)
    scheme = "https" if "--tls-cert" in more else "http"
    try:
        with httpx.Client(base_url=f"{scheme}://127.0.0.1:{port}", verify=verify) as client:
            while True:
                assert process.poll() is None, log.read_text()
                try:
                    client.get("/health/live")
                    break
                except httpx.TransportError:
                    continue
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM), log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("kind", ["file", "postgres"])
def test_it_starts_answers_ends_and_has_everything_again(tmp_path: Path, kind: str) -> None:
    more = ["--database", new_database()] if kind == "postgres" else []
    email = f"ada{tmp_path.name}@example.org"
    for time in range(2):
        with running(tmp_path, *more) as client:
            assert client.get("/health/ready").json() == {"status": "ready"}
            answer = client.post("/api/accounts", json={**ACCOUNT, "email": email})
            assert answer.status_code == 202, (time, answer.text)
            signed = client.post("/api/sessions", json={"email": email, "password": "wrong"})
            assert signed.status_code == 401
            mail = tmp_path.rglob("mail/*.eml")
            while not any(email in one.read_text() for one in mail):
                mail = tmp_path.rglob("mail/*.eml")


def test_what_it_logs_holds_nothing_of_anybody(tmp_path: Path) -> None:
    port, env = free_port(), {**os.environ, "CONNEQTOS_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tui", "serve", "--port", str(port), "--key-beside-data"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        while True:
            try:
                client.post(
                    "/api/sessions", json={"email": "ada@example.org", "password": "canary"}
                )
                break
            except httpx.TransportError:
                assert process.poll() is None
        client.get("/api/boards/canary-id", headers={"Authorization": "Bearer canary"})
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    logged = [line for line in said.splitlines() if line.startswith("{")]
    (told_whom,) = (line for line in said.splitlines() if line not in logged)
    assert told_whom.startswith("Listening on http://127.0.0.1:"), "for who started it"
    lines = [msgspec.json.decode(line) for line in logged]
    told = [line for line in lines if line.get("route") == "sessions.start"]
    assert [(one["method"], one["status"], one["level"]) for one in told] == [("POST", 401, "info")]
    for word in ("canary", "ada@", "127.0.0.1"):
        assert not [line for line in logged if word in line], word


def test_what_is_being_answered_when_the_end_begins_is_answered(tmp_path: Path) -> None:
    port, env = free_port(), {**os.environ, "CONNEQTOS_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tui", "serve", "--port", str(port), "--key-beside-data"]
    log = tmp_path / "server.log"
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=said)
    with connected(process, port) as line:
        body = msgspec.json.encode(ACCOUNT)
        head = (
            "POST /api/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        )
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        process.send_signal(signal.SIGTERM)
        while not refuses(port):
            assert process.poll() is None
        line.sendall(body)
        assert line.recv(1_000).startswith(b"HTTP/1.1 202")
    process.wait(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM) and "Traceback" not in log.read_text()


async def test_an_upload_that_is_not_whole_at_the_end_is_answered_and_leaves_nothing(
    acting: Acting,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("sync.server.serving.GRACE_SECONDS", 0)
    board = await sample_board(acting, items=1)
    key = await make(acting, "key", Scope.WRITE)
    settings, room = Settings(port=free_port()), acting.files.place.workroom
    listens, taken = asyncio.Event(), asyncio.Event()
    plain = FileStore.take

    def take(files: FileStore, chunks: Iterator[bytes]) -> StoredFile:
        first = next(chunks)
        loop.call_soon_threadsafe(taken.set)
        return plain(files, chain([first], chunks))

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(FileStore, "take", take)
    previous = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it once more
    serving = serve(acting.engine, settings, "1.0", tmp_path / "mail", lambda _: listens.set())
    running = asyncio.create_task(serving)
    await listens.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    head = (
        f"POST /api/items/{board.items[0]}/attachments?name=x HTTP/1.1\r\nHost: a\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: 9000\r\n\r\n"
    )
    writer.write(head.encode() + b"x" * 2_000)
    await taken.wait()
    signal.raise_signal(signal.SIGTERM)
    await running
    assert (await reader.readline()).startswith(b"HTTP/1.1 503")
    writer.close()
    signal.signal(signal.SIGTERM, previous)
    assert not list(room.rglob("*.part")) and "Exception in ASGI" not in caplog.text


def connected(process: "subprocess.Popen[bytes]", port: int) -> socket.socket:
    """When it answers: before, it has only tried whether it could listen there."""
    while True:
        assert process.poll() is None
        try:
            httpx.get(f"http://127.0.0.1:{port}/health/live")
        except httpx.TransportError:
            continue
        return socket.create_connection(("127.0.0.1", port), timeout=30)


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return True
    return False


def test_over_tls_and_nothing_older_than_1_2(tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    trust = ssl.create_default_context(cafile=str(certificate))
    call = ("--tls-cert", str(certificate), "--tls-key", str(key))
    with running(tmp_path / "home", *call, verify=trust) as client:
        assert client.get("/health/live").status_code == 200
        old = ssl.create_default_context(cafile=str(certificate))
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        port = client.base_url.port
        with (
            pytest.raises((ssl.SSLError, OSError)),
            socket.create_connection(("127.0.0.1", port)) as plain,
        ):
            old.wrap_socket(plain, server_hostname="127.0.0.1")


def test_what_is_wrong_is_a_sentence_and_a_status(tmp_path: Path) -> None:
    env = {**os.environ, "CONNEQTOS_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tui", "serve", "--port", "99999", "--database", "mysql://x"]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1
    assert "99999" in ran.stderr and "postgresql://" in ran.stderr
    assert not (tmp_path / "data" / "server").exists()


def refusal(home: Path, *more: str) -> str:
    """What the server says when it does not start, in one line."""
    env = {**os.environ, "CONNEQTOS_HOME": str(home)}
    command = [sys.executable, "-m", "tui", "serve", "--key-beside-data", *more]
    ran = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode not in (0, 70) and ran.stderr.count("\n") == 1, ran.stderr
    return ran.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refusal(tmp_path, "--port", port)
    assert f"port {port}" in said and "in use" in said and "--port" in said


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    wrong = tmp_path / "certificate.pem"
    wrong.write_text("no certificate")
    call = ("--tls-cert", str(wrong), "--tls-key", str(wrong), "--port", str(free_port()))
    assert str(wrong) in (said := refusal(tmp_path, *call)) and "PEM" in said


def test_a_database_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://somebody:canary@127.0.0.1:{free_port()}/x"
    said = refusal(tmp_path, "--database", url)
    assert "PostgreSQL cannot be used" in said and "canary" not in said


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for this machine, and its key."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
