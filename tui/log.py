"""The log file: what the program did and what went wrong, without a word of anybody's content."""

import logging
import os
from logging.handlers import RotatingFileHandler
from typing import Final

from tui.folders import log_file

LARGEST: Final = 500_000
OURS: Final = ("engine", "sync", "tui")


def start_log() -> None:
    """Write what our own modules log into the state folder; where that cannot be written, nowhere."""
    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler: logging.Handler = RotatingFileHandler(
            file, maxBytes=LARGEST, backupCount=1, encoding="utf-8"
        )
        os.chmod(file, 0o600)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in OURS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.handlers[:] = [handler]
