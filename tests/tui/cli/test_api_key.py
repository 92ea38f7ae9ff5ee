"""`conneqtos key`: a key is made where it is checked, and opens that."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.sync.server.process import a_store_with_a_board
from tests.sync.server.test_serving import running
from tests.tui.cli.conftest import Run


def test_a_key_of_a_local_workspace_opens_it(
    workspace: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("key", "make", "script", "--scope", "read")
    assert made.out.startswith("cq_live_") and "once" in made.err
    monkeypatch.setenv("CONNEQTOS_TOKEN", made.out.strip())
    assert run("board", "list").status == 0
    assert run("board", "create", "More").status == 4


def test_a_key_of_a_joined_workspace_opens_its_server(
    home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path / "server"))
    token = asyncio.run(a_store_with_a_board())
    with running(tmp_path / "server") as server:
        monkeypatch.setenv("CONNEQTOS_HOME", str(home))
        monkeypatch.setenv("CONNEQTOS_TOKEN", token)
        folder = tmp_path / "joined"
        assert run("sync", "join", str(server.base_url), str(folder)).status == 0
        monkeypatch.setenv("CONNEQTOS_WORKSPACE", str(folder))
        made = run("key", "make", "script", "--scope", "read", "--days", "7")
        me = httpx.get(
            f"{server.base_url}/api/me", headers={"Authorization": f"Bearer {made.out.strip()}"}
        )
        assert me.json()["scope"] == "read"
        (listed,) = [one for one in run("key", "list", "--json").data if one["name"] == "script"]
        assert run("key", "revoke", listed["prefix"]).status == 0
