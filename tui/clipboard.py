"""Copies through the terminal (OSC 52), also from inside tmux and screen, over any number of SSH hops."""

import base64
import os
from collections.abc import Mapping
from typing import Final

MOST_BYTES: Final = 74_994
"""What base64 makes 100,000 letters of: the most that common terminals take in one sequence."""


def osc52(text: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The sequence that hands `text` to the terminal's clipboard; None where it is too much for one."""
    content = text.encode("utf-8", "replace")
    if len(content) > MOST_BYTES:
        return None
    sequence = f"\x1b]52;c;{base64.b64encode(content).decode()}\x07"
    if environment.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("TERM", "").startswith("screen"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence
