"""A fault before the first piece of an answer is told like any other: nothing was sent yet."""

from collections.abc import AsyncIterator

import pytest

from engine.api import Acting
from engine.errors import Away
from sync.server.api import files
from tests.engine.boards import sample_board
from tests.sync.server.conftest import Client


async def test_an_export_that_cannot_begin_is_a_problem(
    acting: Acting, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await sample_board(acting)

    async def away(*_: object) -> AsyncIterator[bytes]:
        raise Away("The database is away.")
        yield b""

    path = f"/api/boards/{board.board}/export"
    assert (await owner.get(path)).json()["board"]["id"] == board.board
    monkeypatch.setattr(files, "written", away)
    answer = await owner.get(path)
    assert answer.status_code == 503 and answer.json()["code"] == Away.code
