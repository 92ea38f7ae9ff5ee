"""`conneqtos webhook` on a workspace of a server that really runs."""

import asyncio
from pathlib import Path

import pytest

from tests.sync.server.process import a_store_with_a_board
from tests.sync.server.test_serving import running
from tests.tui.cli.conftest import Run


def test_webhooks_of_the_server_by_the_command_line(
    home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path / "server"))
    key = asyncio.run(a_store_with_a_board())
    with running(tmp_path / "server") as server:
        monkeypatch.setenv("CONNEQTOS_HOME", str(home))
        monkeypatch.setenv("CONNEQTOS_TOKEN", key)
        folder = tmp_path / "joined"
        joined = run("sync", "join", str(server.base_url), str(folder))
        assert joined.status == 0, joined.err
        monkeypatch.setenv("CONNEQTOS_WORKSPACE", str(folder))
        call = ("CI", "https://hooks.example.org/in", "--event", "item.*", "--board", "Plan")
        made = run("webhook", "make", *call)
        assert made.out.startswith("whsec_") and "once" in made.err
        (line,) = run("webhook", "list", "--json").data
        assert (line["name"], line["events"], line["enabled"]) == ("CI", ["item.*"], True)
        assert line["board_id"] and line["url"] in run("webhook", "list").out
        assert run("webhook", "off", "CI").status == 0
        assert "somebody switched it off" in run("webhook", "list").out
        assert run("webhook", "test", "ci").status == 6, "it is off"
        assert run("webhook", "on", "CI").status == 0
        assert run("webhook", "log", "CI").out == ""
        assert run("webhook", "secret", "CI").out != made.out
        assert run("webhook", "again", "CI", "none").status == 5
        assert run("webhook", "make", "Plain", "http://hooks.example.org").status == 5
        assert run("webhook", "remove", "CI").status == 0
        assert run("webhook", "on", "CI").status == 3


def test_a_local_workspace_calls_nobody(workspace: Path, run: Run) -> None:
    told = run("webhook", "list")
    assert told.status == 3 and "Only a server" in told.err and "sync join" in told.err
