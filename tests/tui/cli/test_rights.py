"""`conneqtos privacy …`: every right can be used from the command line, as in the app."""

import time
from pathlib import Path

import pytest
import time_machine

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")
DAY = 86_400


def said(run: Run, *words: str) -> str:
    ran = run("privacy", *words)
    assert ran.status == 0, ran.err
    return ran.out


def test_the_rights_are_told_with_whom_to_ask(run: Run) -> None:
    out = said(run, "rights")
    assert "dpo@leadconneqt.com" in out and "ico.org.uk" in out
    assert "Marketing mail: not agreed" in out


def test_a_dry_run_says_what_a_deletion_would_do_and_does_nothing(run: Run) -> None:
    out = said(run, "delete", "--dry-run")
    assert "Your profile" in out and "under a pseudonym" in out
    assert run("privacy", "keep").status != 0  # nothing was asked for


def test_an_only_owner_is_told_the_way_out(run: Run) -> None:
    me = run("privacy", "rights", "--json").data[0]
    ran = run("privacy", "delete", "--confirm", me["name"])
    assert ran.status != 0
    assert "only owner" in ran.err and "close it" in ran.err


def test_a_closed_workspace_is_gone_from_the_device_after_seven_days(
    run: Run, workspace: Path
) -> None:
    (workspace / "mine.txt").write_text("not of ConneqtOS")
    me = run("privacy", "rights", "--json").data[0]
    assert run("privacy", "close", "--confirm", "yes").status != 0
    assert "7 days" in said(run, "close", "--confirm", me["organization"])
    assert "will be closed on" in said(run, "rights")
    said(run, "reopen")
    said(run, "close", "--confirm", me["organization"])
    assert run("retention", "run").status == 0
    assert (workspace / "workspace.db").exists()
    with time_machine.travel(time.time() + 8 * DAY, tick=False):
        assert "was closed" in run("board", "list").err
    assert [path.name for path in workspace.iterdir()] == ["mine.txt"]
    assert run("board", "list").status != 0


def test_what_is_restricted_is_not_written_until_it_is_lifted(run: Run) -> None:
    said(run, "restrict")
    ran = run("board", "create", "New")
    assert ran.status != 0 and "restricted at your wish" in ran.err
    said(run, "lift")
    assert run("board", "create", "New").status == 0


def test_consent_is_withdrawn_as_it_is_given(run: Run) -> None:
    said(run, "consent", "give", "marketing")
    assert "Marketing mail: agreed" in said(run, "rights")
    said(run, "consent", "withdraw", "marketing")
    assert "Marketing mail: not agreed" in said(run, "rights")
    assert run("privacy", "consent", "give", "everything").status != 0


def test_a_request_is_filed_listed_and_answered(run: Run) -> None:
    said(run, "request", "other", "Where is my data?")
    said(run, "request", "access", "A copy", "--sender", "x@example.org")
    assert "Where is my data?" in said(run, "requests")
    said(run, "answer", "1", "--text", "In this file.")
    answered = {one["number"]: one for one in run("privacy", "requests", "--json").data}
    assert answered[1]["state"] == "answered" and answered[1]["answer"] == "In this file."
    assert answered[2]["sender"] == "x@example.org"
    assert "There is no request 7" in run("privacy", "answer", "7", "--text", "x").err


def test_the_policy_can_be_read_before_there_is_a_workspace(home: Path, run: Run) -> None:
    told = run("privacy", "policy")
    assert told.status == 0 and told.lines[0].startswith("Version ") and "[C" in told.out
    assert run("privacy", "policy", "--json").data[0]["version"]["number"]
