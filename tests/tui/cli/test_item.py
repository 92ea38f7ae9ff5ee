"""Items on the command line: added, listed, found, shown, changed, put away and brought back."""

from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run

ADD = ("item", "add", "--board", "Launch plan")
LIST = ("item", "list", "--board", "Launch plan")
pytestmark = pytest.mark.usefixtures("workspace")


def test_an_added_item_is_listed_with_its_values(run: Run) -> None:
    (added,) = run(
        *ADD, "Write text", "--set", "Status=stuck", "--set", "due=2026-05-03", "--json"
    ).data
    (listed,) = run(*LIST, "--json").data
    assert listed == added
    assert listed == {
        "id": added["id"], "number": added["number"], "name": "Write text", "group": "Items",
        "values": {"Status": "Stuck", "Person": None, "Due": "2026-05-03"},
    }  # fmt: skip


def test_a_pipe_adds_an_item_a_line_in_one_step(run: Run) -> None:
    added = run(*ADD, "-", "--set", "Status=To do", stdin="one\r\n\n  \ntwo\x1b[31m\nthree\n")
    assert [line.partition(" ")[2].partition(" ")[2] for line in added.lines] == [
        "one", "two", "three",
    ]  # fmt: skip
    assert run("undo").status == 0
    assert run(*LIST).out == ""


def test_an_empty_pipe_adds_nothing_and_says_so(run: Run) -> None:
    ran = run(*ADD, "-", stdin="\n\n")
    assert (ran.status, ran.out) == (5, "")
    assert "no line" in ran.err


def test_a_wrong_value_adds_nothing(run: Run) -> None:
    for assignment, status, told in (
        ("Status=nonsense", 5, "Choose one of: To do"),
        ("Due=2026-02-30", 5, "no 30 February 2026"),
        ("Colour=red", 3, "no column “Colour” on “Launch plan”. There is “Status”"),
        ("Status", 2, "not COLUMN=TEXT"),
        ("name=Other", 2, "title"),
    ):
        ran = run(*ADD, "Text", "--set", assignment)
        assert (ran.status, ran.out) == (status, "")
        assert told in ran.err
    assert run(*LIST).out == ""


def test_lists_are_filtered_sorted_and_streamed_past_one_window(run: Run) -> None:
    names = [f"Task {number:04}" for number in range(1_100)]
    run(*ADD, "-", stdin="\n".join(names))
    assert [item["name"] for item in run(*LIST, "--json").data] == names
    assert [item["name"] for item in run(*LIST, "--filter", "0777", "--json").data] == ["Task 0777"]
    backwards = run(*LIST, "--sort", "name:desc", "--json").data
    assert [item["name"] for item in backwards] == names[::-1]
    assert run(*LIST, "--filter", "no such words").out == ""


def test_a_sort_orders_the_whole_board_across_its_groups(run: Run) -> None:
    run(*ADD, "-", stdin="b\nd")
    run(*ADD, "-", "--group", "Items", stdin="a\nc")
    assert [item["name"] for item in run(*LIST, "--sort", "Name", "--json").data] == list("abcd")
    assert run(*LIST, "--sort", "nothing:desc").status == 3


def test_values_and_name_change_in_one_step(run: Run) -> None:
    first, second = (item["number"] for item in run(*ADD, "-", "--json", stdin="a\nb").data)
    ran = run("item", "set", f"#{first}", str(second), "Status=Done", "name=New", "Due=", "--json")
    assert [(item["name"], item["values"]["Status"]) for item in ran.data] == [("New", "Done")] * 2
    run("undo")
    assert [item["name"] for item in run(*LIST, "--json").data] == ["a", "b"]
    assert run("redo").status == 0
    assert [item["name"] for item in run(*LIST, "--json").data] == ["New", "New"]


def test_set_wants_an_item_and_an_assignment(run: Run) -> None:
    assert run("item", "set", "1").status == 2
    assert run("item", "set", "Status=Done").status == 2


def test_done_sets_the_first_label_that_means_done(run: Run) -> None:
    (item,) = run(*ADD, "Text", "--json").data
    (done,) = run("item", "done", item["id"], "--json").data
    assert done["values"]["Status"] == "Done"


def test_a_deleted_item_is_in_the_trash_and_comes_back(run: Run) -> None:
    (item,) = run(*ADD, "Text", "--json").data
    number = str(item["number"])
    assert run("item", "delete", number).out == f"Moved to the trash: #{number} Text\n"
    assert run(*LIST).out == ""
    refused = run("item", "done", number)
    assert refused.status == 6 and f"conneqtos item restore {number}" in refused.err
    (away,) = run("trash", "list", "--json").data
    assert (away["what"], away["name"], away["id"]) == ("item", "Text", item["id"])
    assert run("item", "restore", number).status == 0
    assert run("trash", "list").out == ""
    assert run(*LIST, "--json").data == [item]


def test_what_is_removed_for_good_needs_a_yes(run: Run) -> None:
    (item,) = run(*ADD, "Text", "--json").data
    run("item", "delete", item["id"])
    assert run("trash", "empty").status == 2
    assert run("trash", "empty", "--yes").out == "Removed for good: 1\n"
    assert run("item", "restore", item["id"]).status == 3
    assert run("trash", "empty", "--yes").out == "The trash is empty.\n"


def test_an_item_is_shown_with_what_hangs_on_it(run: Run, tmp_path: Path) -> None:
    (item,) = run(*ADD, "Text", "--set", "Status=Stuck", "--json").data
    number = str(item["number"])
    file = tmp_path / "plan.txt"
    file.write_text("the plan")
    run("comment", "add", number, "-", stdin="first\nsecond\n")
    run("attach", number, str(file))
    run("attach", number, "https://example.org/plan")
    (whole,) = run("item", "show", number, "--json").data
    assert whole["comments"][0]["body"] == "first\nsecond"
    assert [(a["name"], a["size"], a["url"]) for a in whole["attachments"]] == [
        ("plan.txt", 8, ""),
        ("https://example.org/plan", 0, "https://example.org/plan"),
    ]
    assert (whole["board"], whole["state"], whole["parent"]) == ("Launch plan", "live", None)
    shown = run("item", "show", number).out
    for told in (f"#{number} Text", "Status: Stuck", "plan.txt (8 bytes)", "    first\n    second"):
        assert told in shown


def test_what_cannot_be_attached_is_told(run: Run, tmp_path: Path) -> None:
    (item,) = run(*ADD, "Text", "--json").data
    assert run("attach", item["id"], str(tmp_path / "missing")).status == 3
    assert run("attach", item["id"], str(tmp_path)).status == 6
    assert run("comment", "add", item["id"], " ").status == 5


@pytest.mark.parametrize("word", ["99999", "#99999", "nothing"])
def test_an_item_that_is_not_there_is_told(run: Run, word: str) -> None:
    ran = run("item", "show", word)
    assert ran.status == 3
    assert ran.err.startswith(f"conneqtos: There is no item “{word}”. Name it by its number")


def test_an_item_moves_to_another_board_with_its_values(run: Run) -> None:
    run("board", "create", "Other plan")
    (added,) = run(*ADD, "Write text", "--set", "Status=stuck", "--json").data
    where = ("--to-board", "Other plan", "--group", "Items")
    moved = run("item", "move", str(added["number"]), *where)
    assert (moved.status, moved.err) == (0, "")
    assert run(*LIST).out == ""
    (there,) = run("item", "list", "--board", "Other plan", "--json").data
    assert (there["number"], there["values"]["Status"]) == (added["number"], "Stuck")
