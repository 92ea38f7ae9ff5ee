"""The app's budgets on a real pseudo-terminal."""

from pathlib import Path

from bench.figures import Figures


def measure(figures: Figures, folder: Path, sizes: tuple[int, ...]) -> None: ...
