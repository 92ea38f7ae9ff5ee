"""Boards on the command line, undo and redo, the trash and the audit trail."""

import pytest

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")


def names(run: Run, *more: str) -> list[str]:
    return [board["name"] for board in run("board", "list", "--json", *more).data]


def test_boards_are_made_renamed_archived_deleted_and_restored(run: Run) -> None:
    (made,) = run("board", "create", "Second", "--json").data
    assert names(run) == ["Launch plan", "Second"]
    assert run("board", "rename", "second", "Laundry").out == "Renamed: Laundry\n"
    assert run("board", "archive", "laundry").status == 0
    assert names(run) == ["Launch plan"]
    assert names(run, "--archived") == ["Laundry"]
    assert run("trash", "restore", made["id"]).out == "Restored: board Laundry\n"
    assert run("board", "delete", made["id"]).status == 0
    assert [away["name"] for away in run("trash", "list", "--json").data] == ["Laundry"]
    assert run("trash", "restore", made["id"]).status == 0
    assert names(run) == ["Launch plan", "Laundry"]


def test_a_board_is_shown_with_groups_columns_and_counts(run: Run) -> None:
    run("item", "add", "--board", "Launch", "One")
    (shown,) = run("board", "show", "launch", "--json").data
    assert shown["items"] == 1
    assert [(group["name"], group["items"]) for group in shown["groups"]] == [("Items", 1)]
    assert [(column["title"], column["type"]) for column in shown["columns"]] == [
        ("Status", "status"), ("Person", "people"), ("Due", "date"),
    ]  # fmt: skip
    assert "Group: Items (1)" in run("board", "show", "launch").out


def test_a_board_is_duplicated_with_its_items(run: Run) -> None:
    run("item", "add", "--board", "Launch", "One")
    (copy,) = run("board", "duplicate", "launch", "--json").data
    assert len(names(run)) == 2
    (shown,) = run("board", "show", copy["id"], "--json").data
    assert shown["items"] == 1 and shown["name"] == copy["name"]


def test_an_ambiguous_board_is_refused_with_the_candidates(run: Run) -> None:
    run("board", "create", "Laundry")
    ran = run("board", "show", "La")
    assert (ran.status, ran.out) == (2, "")
    assert "“Launch plan” or “Laundry”" in ran.err


def test_undo_and_redo_say_what_they_took_back(run: Run) -> None:
    run("board", "create", "Second")
    assert run("undo").out == "Undone: created a board\n"
    assert run("redo").out == "Done again: created a board\n"
    nothing = run("redo")
    assert (nothing.status, nothing.err) == (6, "conneqtos: There is nothing to redo.\n")


def test_an_untouched_audit_trail_is_whole(run: Run) -> None:
    assert "is whole" in run("audit", "verify").out
    (verdict,) = run("audit", "verify", "--json").data
    assert verdict["ok"] and verdict["checked"] > 0 and verdict["bad_number"] is None
