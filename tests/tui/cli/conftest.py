"""A workspace, and the program called on it: in this process, or as a process of its own."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tui.cli.program import main

ROOT = Path(__file__).parents[3]
PASSPHRASE = "correct horse battery staple"
CLEAR = "clear-beside-the-data"


class Ran(Struct):
    """What a call of the program gave."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def data(self) -> list[Any]:
        """The JSON value of each line."""
        return [json.loads(line) for line in self.lines]


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything the program keeps for its user lies below this folder."""
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("CONNEQTOS_WORKSPACE", raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made by the real program; tests work on copies of it. Its key lies beside the data,
    because wrapping and unwrapping one takes a quarter of a second at each call."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONNEQTOS_HOME", str(folder / "home"))
        patch.setenv("CONNEQTOS_PASSPHRASE", PASSPHRASE)
        made = folder / "work"
        call = ["workspace", "create", str(made), "--name", "Work", "--protection", CLEAR]
        assert main(call) == 0
        assert main(["--workspace", str(made), "board", "create", "Launch plan"]) == 0
    return made


@pytest.fixture
def workspace(home: Path, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one board, “Launch plan”, and named by CONNEQTOS_WORKSPACE."""
    folder = tmp_path / "work"
    shutil.copytree(template, folder)
    monkeypatch.setenv("CONNEQTOS_WORKSPACE", str(folder))
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the program in this process."""

    def call(*arguments: str, stdin: str = "") -> Ran:
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = main(arguments)
        shown = capsys.readouterr()
        return Ran(status, shown.out, shown.err)

    return call


@pytest.fixture
def program(home: Path) -> Run:
    """Run the program as its own process."""

    def call(*arguments: str, stdin: str = "", **variables: str) -> Ran:
        ran = subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, **variables},
        )  # fmt: skip
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return call
