"""Finds the app's stylesheet, in a checkout and in an installed wheel."""

from pathlib import Path
from typing import Final

_NAME: Final = "conneqtos.tcss"


def stylesheet() -> Path:
    """The file to give to Textual as `CSS_PATH`."""
    package = Path(__file__).parent
    installed = package / _NAME  # the wheel carries it here: pyproject.toml, force-include
    return installed if installed.exists() else package.parent / _NAME
