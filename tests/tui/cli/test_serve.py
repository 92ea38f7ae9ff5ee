"""What `conneqtos serve` tells the store of the server that it is."""

from email import message_from_bytes
from pathlib import Path

import pytest

from tests.sync.server.test_serving import ACCOUNT, running
from tests.tui.cli.conftest import Run


def first_mail(home: Path) -> str:
    """The words of the first that is handed over, which a job of the server does every few seconds."""
    while not (found := list(home.rglob("mail/*.eml"))):
        continue
    part = message_from_bytes(found[0].read_bytes()).get_payload(0)
    return part.get_payload(decode=True).decode()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("public_url", "named"), [("https://boards.example.org/", "https://boards.example.org"), ("", "https://…")]
)  # fmt: skip
def test_its_mails_name_the_address_that_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, public_url: str, named: str
) -> None:
    monkeypatch.setenv("CONNEQTOS_SERVER_PUBLIC_URL", public_url)
    with running(tmp_path) as server:
        assert server.post("/api/accounts", json=ACCOUNT).status_code == 202
        assert f"conneqtos sync confirm {named} CODE" in first_mail(tmp_path)


def test_an_address_that_is_none_is_said_with_all_else_and_nothing_is_made(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_SERVER_PUBLIC_URL", "boards.example.org")
    told = run("serve", "--port", "0", "--key-beside-data", "--database", "mysql://x")
    assert told.status == 2
    assert "no address of a server" in told.err and "postgresql://" in told.err
    alone = run("serve", "--port", "0", "--key-beside-data")
    assert alone.status == 2 and "no address of a server" in alone.err
    assert not list(home.rglob("server*"))
