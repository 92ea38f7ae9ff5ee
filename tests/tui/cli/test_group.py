"""Groups on the command line."""

import pytest

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")
BOARD = ("--board", "launch")


def test_groups_are_added_renamed_and_listed(run: Run) -> None:
    (made,) = run("group", "add", *BOARD, "Later", "--json").data
    assert run("group", "rename", *BOARD, "later", "Someday").out == "Renamed: Someday\n"
    listed = run("group", "list", *BOARD, "--json").data
    assert [group["name"] for group in listed] == ["Items", "Someday"]
    assert listed[1]["id"] == made["id"]
    assert "Someday" in run("group", "list", *BOARD).out


def test_an_unknown_group_is_refused_with_those_there_are(run: Run) -> None:
    refused = run("group", "rename", *BOARD, "nowhere", "x")
    assert refused.status != 0 and refused.out == "" and "There is “Items”" in refused.err
