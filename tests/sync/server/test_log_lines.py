"""The server's log: one JSON object a line, without what others put into theirs."""

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from sync.server.log_lines import CHATTY, JsonLine, fields, set_up
from sync.server.webhooks.sending import Sender
from tests.sync.server.webhooks.receiver import receiving
from tests.sync.server.webhooks.test_sending import letter


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a server's process would write."""
    root, stream = logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr("sys.stderr", stream)
    levels = {name: logging.getLogger(name).level for name in (None, *CHATTY)}
    set_up()
    yield stream
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in written.getvalue().splitlines()]


def test_a_line_has_its_time_its_level_its_message_and_its_fields(written: io.StringIO) -> None:
    logging.getLogger("conneqtos.server").info("request", extra=fields(route="me.show", status=200))
    (line,) = lines(written)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info", "logger": "conneqtos.server", "message": "request", "route": "me.show",
        "status": 200,
    }  # fmt: skip


async def test_a_fault_that_nobody_saw_is_its_kind_and_its_place_in_one_line(
    written: io.StringIO,
) -> None:
    async def fails() -> None:
        raise ValueError("canary")

    task = asyncio.ensure_future(fails())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler(
        {"message": "nobody saw\na canary", "exception": task.exception(), "task": task}
    )
    (line,) = lines(written)
    assert (line["level"], line["message"], line["fault"]) == ("error", "nobody saw", "ValueError")
    assert "test_log_lines.py:" in line["at"] and "canary" not in written.getvalue()


async def test_the_address_of_a_webhook_is_in_no_line(written: io.StringIO) -> None:
    async with receiving() as one:
        await Sender(private=True).send(letter(f"http://127.0.0.1:{one.port}/canary?key=canary"))
        assert one.got
    assert "canary" not in written.getvalue()


def test_a_message_of_several_lines_or_none_stays_one_line() -> None:
    for said in ("one\ntwo", ""):
        record = logging.LogRecord("x", logging.INFO, "", 0, said, None, None)
        assert len(JsonLine().format(record).splitlines()) == 1
