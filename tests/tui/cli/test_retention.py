"""`conneqtos retention run`: what is due is shown, and goes only when it is not a dry run."""

import time

import pytest
import time_machine

from engine.privacy.retention import RULES
from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")
DAY = 86_400


def due(run: Run, *more: str) -> dict[str, tuple[int, int]]:
    ran = run("retention", "run", "--json", *more)
    assert ran.status == 0, ran.err
    return {one["rule"]: (one["count"], one["removed"]) for one in ran.data}


def test_nothing_is_due_in_a_new_workspace(run: Run) -> None:
    assert due(run) == dict.fromkeys(RULES, (0, 0))
    assert "Nothing was due" in run("retention", "run").err


def test_a_dry_run_removes_nothing_and_a_run_what_is_due(run: Run) -> None:
    run("board", "create", "Old")
    run("board", "delete", "Old")
    with time_machine.travel(time.time() + 800 * DAY, tick=False):
        trash, audit = due(run, "--dry-run")["trash"], due(run, "--dry-run")["audit"]
        assert trash == (1, 0)
        assert audit[0] > 2 and audit[1] == 0
        assert "dry run" in run("retention", "run", "--dry-run").err
        assert "Removed for good" in run("retention", "run").out
        assert run("trash", "list").out == ""
        assert run("audit", "verify").status == 0
        assert due(run)["audit"] == (0, 0)
