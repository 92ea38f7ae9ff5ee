"""The program answers for itself: help, version, wrong calls, exit statuses, and what it must not import."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import ConneqtError
from tui.cli.grammar import NOUNS, grammar
from tui.cli.parser import runner
from tui.cli.program import CRASHED, INTERRUPTED, PIPE_CLOSED, main

ROOT = Path(__file__).parents[3]
HEAVY = ("sqlalchemy", "textual", "cryptography", "alembic", "rich", "asyncio", "keyring")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["item", "add", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from tui.__main__ import main; "
        f"status = main({arguments!r}); found = set({HEAVY!r}) & set(sys.modules); "
        "print(status, sorted(found), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stderr == "0 []\n"
    assert ran.stdout


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^    {noun} ", shown, re.MULTILINE) for noun in NOUNS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["item"], "the following arguments are required: COMMAND. See: conneqtos item --help"),
        (["item", "add", "x"], "required: --board. See: conneqtos item add --help"),
        (["item", "list", "--boar", "x"], "required: --board"),
        (["export", "--board", "x", "--format", "pdf"], "choose from"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("conneqtos: ") and shown.err.count("\n") == 1
    assert sentence in shown.err


def test_every_command_leads_to_a_function_that_is_there() -> None:
    text = "".join(file.read_text() for file in (ROOT / "tui" / "cli").glob("grammar*.py"))
    named = set(re.findall(r'"([a-z_]+:[a-z_]+)"', text))
    assert len(named) > 100
    for name in named:
        module, _, function = name.partition(":")
        assert callable(getattr(__import__(f"tui.cli.{module}", fromlist=["x"]), function))
    assert callable(runner("doctor:examine"))


def test_a_fault_of_its_own_is_a_sentence_and_a_report_without_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: object) -> None:
        raise KeyError("what somebody wrote")

    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path))
    monkeypatch.setattr("tui.cli.config.path", fail)
    assert main(["config", "path"]) == CRASHED
    told = capsys.readouterr().err
    (report,) = (tmp_path / "state").glob("crash-*.txt")
    assert told.startswith("conneqtos: a fault in the program stopped this (KeyError).")
    assert "what somebody wrote" not in told + report.read_text()


def test_the_guide_lists_the_exit_statuses_as_they_are() -> None:
    guide = (ROOT / "docs" / "guide" / "command-line.md").read_text()
    rows = re.findall(r"^\| (\d+) \| *(\w*) \| \S.*\|$", guide, re.MULTILINE)
    kinds = [kind for kind in _tree(ConneqtError) if kind.__module__ == ConneqtError.__module__]
    errors = {(str(kind.exit_status), kind.code) for kind in kinds}
    own = {(str(status), "") for status in (0, CRASHED, INTERRUPTED, PIPE_CLOSED)}
    assert set(rows) == errors | own
    assert len(rows) == len(errors | own)


def test_the_guide_names_every_command() -> None:
    guide = (ROOT / "docs" / "guide" / "command-line.md").read_text()
    for noun, verb in _commands():
        assert f"conneqtos {noun} {verb}".strip() in guide


def _commands() -> list[tuple[str, str]]:
    found = []
    for noun in NOUNS:
        parser = next(a for a in grammar()._actions if a.choices).choices[noun]  # type: ignore[index]
        below = [a for a in parser.filled()._actions if a.dest == "==SUPPRESS==" and a.choices]
        verbs = list(below[0].choices) if below else [""]
        found += [(noun, verb) for verb in verbs]
    return found


def _tree(kind: type[ConneqtError]) -> list[type[ConneqtError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in _tree(below))]
