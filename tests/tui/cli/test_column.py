"""Columns on the command line."""

import pytest

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")
BOARD = ("--board", "launch")


def test_columns_are_added_renamed_and_listed(run: Run) -> None:
    (made,) = run("column", "add", *BOARD, "Cost", "--type", "number", "--json").data
    assert made["type"] == "number"
    assert run("column", "rename", *BOARD, "cost", "Price").out == "Renamed: Price\n"
    listed = run("column", "list", *BOARD, "--json").data
    assert [column["title"] for column in listed] == ["Status", "Person", "Due", "Price"]
    assert "Price" in run("column", "list", *BOARD).out


def test_an_unknown_type_is_refused_with_those_there_are(run: Run) -> None:
    refused = run("column", "add", *BOARD, "Cost", "--type", "money")
    assert refused.status != 0 and refused.out == "" and "number" in refused.err
