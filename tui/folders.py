"""Where ConneqtOS keeps its own files: configuration, data and state.

They follow the operating system's custom (XDG on Linux); `CONNEQTOS_HOME` puts all of them below one
folder, which tests and portable installations use.
"""

import os
from pathlib import Path
from typing import Final

HOME_VARIABLE: Final = "CONNEQTOS_HOME"
MAIL: Final = "mail"
"""The folder of a workspace in which mails are handed over."""
_NAME: Final = "conneqtos"


def config_file() -> Path:
    """The settings that a person may write by hand."""
    return _folder("config") / "config.toml"


def data_folder() -> Path:
    """Where workspaces lie when nobody names another place."""
    return _folder("data")


def state_folder() -> Path:
    """The list of workspaces, the log, crash reports."""
    return _folder("state")


def log_file() -> Path:
    return state_folder() / "conneqtos.log"


def spoken(path: Path) -> str:
    """The path as a person writes it: below the home folder with a tilde."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def _folder(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).expanduser() / kind
    from platformdirs import PlatformDirs

    folders = PlatformDirs(_NAME, appauthor=False)
    return Path(getattr(folders, f"user_{kind}_dir"))
