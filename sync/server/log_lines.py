"""How the server writes its log: a line is one JSON object, and nothing of anybody is in it."""

import logging
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from engine.clock import iso_time

FIELDS: Final = "fields"
CHATTY: Final = ("httpx", "httpcore")
"""They tell every address that they call, and that of a webhook is a secret."""


class JsonLine(logging.Formatter):
    """Of a fault its kind and its place, never what it says; of what others log the first line, since asyncio puts
    what it was about into those below."""

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage().splitlines() or [""]
        line: dict[str, Any] = {
            "time": iso_time(int(record.created * 1000)), "level": record.levelname.lower(), "logger": record.name,
            "message": said[0], **getattr(record, FIELDS, {}),
        }  # fmt: skip
        if record.exc_info and record.exc_info[1] is not None:
            line |= fault(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def set_up() -> None:
    """For this process, on its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def fields(**said: str | int | float) -> Mapping[str, Any]:
    """What a line says beside its message: `log.info("request", extra=fields(status=200))`."""
    return {FIELDS: said}


def fault(error: BaseException) -> dict[str, str]:
    """What may be told of one: its message may repeat what was sent."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return {"fault": type(error).__name__, "at": place}
