"""Settings of the server: file, environment and call, in this order; all faults in one sentence."""

from pathlib import Path

import pytest

from engine.errors import UsageError
from sync.server.settings import Settings, found, refuse


def test_without_a_word_it_listens_on_this_machine_only() -> None:
    assert found({}) == (Settings(), [])
    assert Settings().host == "127.0.0.1"


def test_the_call_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "server.toml"
    file.write_text('port = 1\nhost = "::1"\nproxies = ["10.0.0.0/8"]\n')
    monkeypatch.setenv("CONNEQTOS_SERVER_PORT", "2")
    monkeypatch.setenv("CONNEQTOS_SERVER_PROXIES", "192.0.2.1, 192.0.2.2")
    settings, _ = found({"port": None, "database": None}, file)
    assert (settings.host, settings.port, settings.proxies) == (
        "::1",
        2,
        ("192.0.2.1", "192.0.2.2"),
    )
    assert found({"port": 3}, file)[0].port == 3


def test_everything_that_is_wrong_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "server.toml"
    file.write_text(
        'prot = 1\nlargest_body = 5\nproxies = ["everybody"]\ntls_cert = "nowhere.pem"\n'
    )
    monkeypatch.setenv("CONNEQTOS_SERVER_SECONDS", "soon")
    _, faults = found({"port": 70_000, "database": "mysql://x", "host": ""}, file)
    with pytest.raises(UsageError) as refused:
        refuse(faults)
    for word in (
        "prot",
        "largest_body",
        "everybody",
        "nowhere.pem",
        "both",
        "seconds",
        "70000",
        "host: it is empty",
        "postgresql",
    ):
        assert word in str(refused.value), word


@pytest.mark.parametrize("content", [b"port =", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "server.toml"
    file.write_bytes(content)
    assert "server.toml cannot be read" in found({}, file)[1][0]
    assert "cannot be read" in found({}, tmp_path / "nowhere.toml")[1][0]
