"""What `conneqtos serve` tells the store of the server that it is."""

import re
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.sync.server.test_serving import ACCOUNT, running
from tests.tui.cli.conftest import Run


def mail(home: Path, words: str = "") -> str:
    """One with these words, once it is handed over, which a job of the server does every few seconds."""
    while True:
        for file in home.rglob("mail/*.eml"):
            part = message_from_bytes(file.read_bytes()).get_payload(0)
            text: str = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
            if words in text:
                return text


def code(home: Path, words: str) -> str:
    found = re.search(r"cqm_\S+", mail(home, words))
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("public_url", "named"), [("https://boards.example.org/", "https://boards.example.org"), ("", "https://…")]
)  # fmt: skip
def test_its_mails_name_the_address_that_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, public_url: str, named: str
) -> None:
    monkeypatch.setenv("CONNEQTOS_SERVER_PUBLIC_URL", public_url)
    with running(tmp_path) as server:
        assert server.post("/api/accounts", json=ACCOUNT).status_code == 202
        assert f"conneqtos sync confirm {named} CODE" in mail(tmp_path)


def test_an_account_is_made_confirmed_and_gets_another_password_by_the_command_line(
    home: Path, run: Run, tmp_path: Path
) -> None:
    there, me = tmp_path / "server", str(ACCOUNT["email"])
    with running(there) as server:
        url = str(server.base_url).rstrip("/")

        def said(*words: str, stdin: str = "") -> str:
            told = run("sync", words[0], url, *words[1:], stdin=stdin)
            assert told.status == 0, told.err
            return told.out

        who = ("--name", "Ada", "--email", me, "--over-16", "--accept-policy", "1")
        assert f"sync confirm {url} CODE" in said("sign-up", *who, stdin="correct horse battery\n")
        assert "confirmed" in said("confirm", code(there, "sync confirm"))
        assert f"sync reset {url} CODE" in said("forgotten", me)
        weak = run("sync", "reset", url, code(there, "sync reset"), stdin="secret\n")
        assert weak.status == 5 and "8 is the least" in weak.err
        assert "is set" in said("reset", code(there, "sync reset"), stdin="another secret\n")
        join = ("join", url, str(tmp_path / "new"), "--email", me)
        assert "wrong" in run("sync", *join, stdin="correct horse battery\n").err
        assert "no organization" in run("sync", *join, stdin="another secret\n").err


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
