"""What somebody is called on a device who has never said a name: it is none to show to others."""

import getpass
from typing import Final

from engine.model.text import clean_line

NAMELESS: Final = "You"


def login_name() -> str:
    """What the operating system calls the person; “You” where it does not know."""
    try:
        return clean_line(getpass.getuser()) or NAMELESS
    except (OSError, KeyError):
        return NAMELESS


def is_placeholder(name: str) -> bool:
    return name in (NAMELESS, login_name())
