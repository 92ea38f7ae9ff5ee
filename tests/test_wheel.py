"""The built wheel, installed in an empty environment, starts and holds all it needs."""

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

import pytest

from tui.version import version

ROOT: Final = Path(__file__).parents[1]

# One worker builds and installs for all of them: make test distributes by group.
pytestmark = pytest.mark.xdist_group("wheel")

MAKE_A_WORKSPACE: Final = """
import asyncio, pathlib
from engine.api import Engine

async def main():
    engine = await Engine.open_workspace(pathlib.Path("made"), bytes(32))
    await engine.close()

pathlib.Path("made").mkdir()
asyncio.run(main())
"""


def run(*call: str | Path, cwd: Path) -> str:
    """What the program printed; it sees nothing of the checkout or of this environment."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    ran = subprocess.run(
        call, cwd=cwd, env=surroundings, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.strip()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and its dependencies only."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir")
    run(*build, folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("conneqtos-*.whl")
    environment = folder / "environment"
    venv.create(environment, symlinks=True, with_pip=False)
    pip = (sys.executable, "-m", "pip", "--python", environment, "install", "--quiet")
    run(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=folder)
    return environment / "bin"


def test_the_installed_program_starts(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "conneqtos", "--version", cwd=tmp_path) == f"conneqtos {version()}"


def test_the_stylesheet_is_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    ask = "from tui.stylesheet import stylesheet; print(stylesheet().resolve())"
    found = Path(run(installed / "python", "-c", ask, cwd=tmp_path))
    assert found.is_relative_to(installed.parent.resolve())
    assert found.read_bytes() == (ROOT / "conneqtos.tcss").read_bytes()


def test_the_migrations_are_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    run(installed / "python", "-c", MAKE_A_WORKSPACE, cwd=tmp_path)
    assert (tmp_path / "made" / "workspace.db").is_file()
