"""What a server needs is tried before anything is opened, and all that is wrong with it is said at once."""

import json
import os
import socket
from pathlib import Path

import pytest

from engine.errors import UsageError
from sync.server.starting import settled
from tests.engine.wire import Wire
from tests.sync.server.test_serving import certified, free_port
from tui.server_address import checked_address


async def refused(**given: object) -> str:
    with pytest.raises(UsageError) as error:
        await settled({"port": free_port(), **given})
    return str(error.value)


async def test_everything_that_does_not_work_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "certificate.pem"
    wrong.write_text("no certificate")
    monkeypatch.setenv("CONNEQTOS_SERVER_SECONDS", "soon")
    said = await refused(
        host="999.1.1.1", database=f"postgresql://somebody:canary@127.0.0.1:{free_port()}/x",
        tls_cert=str(wrong), tls_key=str(wrong), files=str(wrong / "below"),
    )  # fmt: skip
    for word in ("seconds", "999.1.1.1", "PostgreSQL cannot be used", "PEM", str(wrong / "below")):
        assert word in said, word
    assert "canary" not in said and "\n" not in said


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://127.0.0.1:99999/x", "postgresql://127.0.0.1:x/x", "postgresql://[",
        "postgresql://127.0.0.1:1/x?sslmode=nonsense", "postgresql://a:b:c@[::1/x",
        "postgresql://127.0.0.1:-1/x", "postgresql://127.0.0.1,127.0.0.2:1,2,3/x",
    ],
)  # fmt: skip
async def test_an_address_of_a_database_that_is_none_is_one_sentence(address: str) -> None:
    said = await refused(database=address)
    assert "atabase is none" in said or "PostgreSQL cannot be used" in said
    assert "\n" not in said and ".." not in said


async def test_an_empty_host_is_not_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNEQTOS_SERVER_HOST", "")
    assert "host: it is empty" in await refused()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "ää..b"), ("host", "a\0b"), ("host", "x" * 300), ("files", "/tmp/a\0b"),
        ("files", "/proc/x"), ("files", "s3://a\0b"), ("tls_cert", "a\0b"), ("database", "postgresql://a\0b/x"),
        ("public_url", "http://["), ("public_url", "http://a\0b"),
    ],
)  # fmt: skip
async def test_what_can_be_no_such_setting_is_one_sentence_that_names_it(
    tmp_path: Path, name: str, value: str
) -> None:
    file = tmp_path / "server.toml"
    file.write_text(f"{name} = {json.dumps(value)}\nport = {free_port()}\n")
    with pytest.raises(UsageError) as error:
        await settled({}, file, checked_address)
    said = str(error.value)
    assert (name in said or "PostgreSQL" in said) and "\n" not in said, said


async def test_what_is_wrong_by_itself_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port}" in await refused(port=port)
        assert "cannot listen" not in await refused(port=port, host="")
    assert "cannot be used" not in await refused(database="mysql://x")


async def test_a_certificate_and_the_key_of_another_are_no_pair(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (certificate, key), (_, other) = certified(tmp_path), certified(tmp_path / "other")
    assert "cannot be used" in await refused(tls_cert=str(certificate), tls_key=str(other))
    await settled({"port": free_port(), "tls_cert": str(certificate), "tls_key": str(key)})


async def test_a_place_for_files_is_written_to_and_left_as_it_was(tmp_path: Path) -> None:
    await settled({"port": free_port(), "files": str(tmp_path / "files")})
    assert os.listdir(tmp_path / "files") == []


@pytest.mark.parametrize(
    ("more", "works"),
    [
        ("sslmode=disable", True), ("sslmode=prefer", True), ("application_name=conneqtos", True),
        ("sslmode=require", False), ("sslmode=sometimes", False), ("nonsense=1", False),
    ],
)  # fmt: skip
async def test_an_address_of_a_database_says_what_libpq_knows(
    postgres_url: str, more: str, works: bool
) -> None:
    """The PostgreSQL of the tests has no TLS."""
    wire = Wire(postgres_url)
    await wire.mend()
    url = wire.url.replace("sslmode=disable", more)
    if works:
        assert (await settled({"port": free_port(), "database": url})).database == url
    else:
        assert "PostgreSQL cannot be used" in await refused(database=url)
    wire.cut()
