"""Workspaces, their keys, the configuration and the doctor on the command line."""

import json
from pathlib import Path

import pytest

from tests.tui.cli.conftest import CLEAR, Run

pytestmark = pytest.mark.usefixtures("home")


def create(run: Run, folder: Path, *more: str) -> int:
    return run("workspace", "create", str(folder), "--name", "Work", *more).status


def test_a_made_workspace_is_the_one_used_from_then_on(run: Run, tmp_path: Path) -> None:
    nothing = run("board", "list")
    assert nothing.status == 11 and "conneqtos workspace create DIR --name NAME" in nothing.err
    assert run("workspace", "list", "--json").data == []
    first, second = tmp_path / "first", tmp_path / "second"
    assert create(run, first, "--protection", CLEAR) == 0
    assert create(run, second, "--protection", CLEAR) == 0
    folders = [known["folder"] for known in run("workspace", "list", "--json").data]
    assert folders == [str(second), str(first)]
    (shown,) = run("workspace", "show", "--json").data
    assert (shown["name"], shown["folder"], shown["boards"]) == ("Work", str(second), 0)
    assert "in clear beside the data" in run("--workspace", str(first), "workspace", "show").out


def test_a_passphrase_given_by_the_environment_protects_and_opens(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "work"
    assert create(run, folder) == 0
    assert json.loads((folder / "workspace.json").read_text())["protection"] == "passphrase"
    assert run("workspace", "show", "--json").data[0]["protection"] == "passphrase"
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE", "wrong")
    assert run("board", "list").status == 12
    monkeypatch.delenv("CONNEQTOS_PASSPHRASE")
    locked = run("board", "list")
    assert locked.status == 12 and "Set CONNEQTOS_PASSPHRASE" in locked.err


def test_an_occupied_folder_is_refused(run: Run, tmp_path: Path) -> None:
    assert create(run, tmp_path / "work", "--protection", CLEAR) == 0
    assert create(run, tmp_path / "work", "--protection", CLEAR) == 6


def test_a_folder_that_is_none_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("--workspace", str(tmp_path / "nowhere"), "board", "list")
    assert ran.status == 11 and ran.err.startswith("conneqtos: There is no workspace in")


def test_the_doctor_finds_a_healthy_workspace_healthy(run: Run, workspace: Path) -> None:
    ran = run("doctor", "--json")
    (report,) = ran.data
    findings = {finding["what"]: finding["text"] for finding in report["findings"]}
    assert (ran.status, report["ok"]) == (0, True)
    assert findings["file"] == "whole"
    assert findings["audit trail"].startswith("whole, ")
    assert findings["key"].startswith("in clear beside the data")
    assert {"conneqtos", "python", "terminal", "configuration", "keyring", "disk"} <= set(findings)
    assert "WRONG" not in run("doctor").out


def test_the_doctor_needs_no_workspace(run: Run) -> None:
    ran = run("doctor")
    assert ran.status == 0 and "workspace: none was used yet" in ran.out


def test_the_doctor_says_what_is_wrong(run: Run, workspace: Path, home: Path) -> None:
    (workspace / "workspace.db").write_bytes(b"nothing of the kind" * 1_000)
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text('theme = "pink"\n')
    ran = run("doctor", "--json")
    wrong = [finding["what"] for finding in ran.data[0]["findings"] if not finding["ok"]]
    assert ran.status == 1
    assert wrong == ["configuration", "the workspace is damaged"]


def test_the_configuration_is_checked(run: Run, home: Path) -> None:
    path = Path(run("config", "path").out.strip())
    assert path.is_relative_to(home)
    assert run("config", "check").status == 0
    path.parent.mkdir(parents=True)
    path.write_text('theme = "pink"\nkeyz = "vim"\n')
    wrong = run("config", "check")
    assert (wrong.status, wrong.out) == (5, "")
    assert "line 1" in wrong.err and "line 2" in wrong.err
    path.write_text('theme = "light"\n')
    assert run("config", "check").out.endswith("is right.\n")


def test_a_key_that_would_do_two_things_is_named(run: Run, home: Path) -> None:
    path = Path(run("config", "path").out.strip())
    path.parent.mkdir(parents=True)
    path.write_text('[bindings]\n"board.filter" = ["s"]\n')
    wrong = run("config", "check")
    assert wrong.status == 5
    assert "board.filter" in wrong.err and "board.sort" in wrong.err
    (report,) = run("doctor", "--json").data
    assert not all(one["ok"] for one in report["findings"] if one["what"] == "configuration")
    path.write_text('[bindings]\n"board.filtre" = ["s"]\n')
    assert "Did you mean" in run("config", "check").err


@pytest.mark.usefixtures("workspace")
def test_a_whole_workspace_goes_into_a_file_and_comes_in_elsewhere(
    run: Run, tmp_path: Path
) -> None:
    assert run("item", "add", "--board", "Launch", "One").status == 0
    target = str(tmp_path / "all.zip")
    assert "1 boards" in run("workspace", "export", "-o", target).out
    other = str(tmp_path / "other")
    assert run("workspace", "create", other, "--name", "Other", "--protection", CLEAR).status == 0
    assert run("--workspace", other, "workspace", "import", target).status == 2
    came = run("--workspace", other, "workspace", "import", target, "--yes", "--json")
    assert [report["items"] for report in came.data] == [1]
    listed = run("--workspace", other, "item", "list", "--board", "Launch", "--json").data
    assert [item["name"] for item in listed] == ["One"]
