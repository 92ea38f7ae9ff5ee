"""`conneqtos privacy`: what is held, one's export, and checking it."""

from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")


def test_what_is_held_is_a_line_for_each_kind(run: Run) -> None:
    shown = run("privacy", "show")
    assert shown.status == 0
    kinds = [line.split("\t")[0] for line in shown.lines]
    assert kinds[0] == "profile"
    assert {"items", "comments", "audit"} <= set(kinds)


def test_the_json_holds_purposes_and_who_processes(run: Run) -> None:
    [held] = run("privacy", "show", "--json").data
    account = held[0]
    assert account["category"]["title"] == "Account"
    assert all("Art. 6(1)" in purpose["basis"] for purpose in account["purposes"])
    assert {"Railway", "Resend"} <= {other["name"] for other in account["subprocessors"]}


def test_the_records_of_a_kind_are_json_lines(run: Run) -> None:
    [profile] = run("privacy", "show", "profile").data
    assert profile["role"] == "owner"
    assert profile["created_at"].endswith("Z")
    refused = run("privacy", "show", "nonsense")
    assert (refused.status, refused.out) == (3, "")
    assert "nonsense" in refused.err


def test_an_export_is_written_and_passes_its_check(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"
    written = run("privacy", "export", "-o", str(target))
    assert written.status == 0
    assert "records about you" in written.out
    [checked] = run("privacy", "check", str(target), "--json").data
    assert checked["ok"] is True
    assert run("privacy", "show", "audit").data[-1]["name"] == "privacy.exported"


def test_a_damaged_export_is_named(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"
    run("privacy", "export", "-o", str(target))
    target.write_bytes(target.read_bytes()[:-50])
    refused = run("privacy", "check", str(target))
    assert refused.status == 8
    assert "mine.zip" in refused.err
