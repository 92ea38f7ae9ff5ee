"""Collects figures and prints them as one table, with the machine they were taken on."""

import os
import platform
from datetime import UTC, datetime


class Figures:
    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str, str]] = []

    def plain(self, what: str, value: str, budget: str = "") -> None:
        """A figure by itself; `budget` is what DESIGN §11 asks of it."""
        self._add(what, value, "", budget)

    def ratio(self, what: str, value: str, against: str, ratio: float, budget: str) -> None:
        """A figure against a baseline taken in the same run."""
        self._add(what, value, f"{ratio:.2f} × ({against})", budget)

    def _add(self, *row: str) -> None:
        self._rows.append(row)  # type: ignore[arg-type]
        print(" | ".join(part for part in row if part), flush=True)

    def markdown(self) -> str:
        head = ["| what | measured | ratio | budget |", "|---|---|---|---|"]
        return "\n".join(head + ["| " + " | ".join(row) + " |" for row in self._rows])


def machine() -> str:
    """One line that says where and when figures were taken."""
    cores = os.cpu_count()
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, Python "
        f"{platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    )
