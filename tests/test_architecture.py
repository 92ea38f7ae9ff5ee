"""The plan of the house, checked: who imports whom, what start-up loads, what every module says."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("engine", "sync", "tui")
MODULES: Final = sorted(file for name in PACKAGES for file in (ROOT / name).rglob("*.py"))

OPEN_TO_TUI: Final = frozenset(
    f"engine.{name}"
    for name in (
        "api",
        "backing_up",
        "relocating",
        "syncing",
        "clock",
        "columns",
        "commands",
        "errors",
        "filing",
        "identity",
        "model",
        "queries",
        "receipts",
        "retaining",
        "transfer",
    )
)
COMPOSITION_ROOT: Final = frozenset({"tui.bootstrap", "tui.unlocking", "tui.server_store"})

NOT_AT_START: Final = frozenset(
    {
        "alembic",
        "asyncpg",
        "bcrypt",
        "charset_normalizer",
        "cryptography",
        "dateparser",
        "email_validator",
        "httpx",
        "ijson",
        "litestar",
        "pyotp",
        "rapidfuzz",
        "segno",
        "stripe",
        "zxcvbn",
    }
)


def spoken(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_tui_imports_only_the_open_parts_of_the_engine() -> None:
    graph = import_graph()
    deeper = {
        (importer, imported)
        for importer in graph.modules
        if importer.startswith("tui") and importer not in COMPOSITION_ROOT
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.startswith("engine")
        if ".".join(imported.split(".")[:2]) not in OPEN_TO_TUI
    }
    assert deeper == set()


@pytest.mark.parametrize("file", MODULES, ids=spoken)
def test_every_module_says_what_it_is_for(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    may_be_empty = file.name == "__init__.py" and not source
    assert may_be_empty or ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_init_of_a_package_stays_empty(package: str) -> None:
    assert (ROOT / package / "__init__.py").read_bytes() == b""


def test_starting_loads_nothing_heavy() -> None:
    program = "import sys, tui.__main__; print('\\n'.join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    loaded = set(ran.stdout.split())
    assert "tui.__main__" in loaded
    assert loaded & NOT_AT_START == set()
