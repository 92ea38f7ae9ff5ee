"""`conneqtos audit`: reading the trail, taking it along, comparing it later."""

from pathlib import Path

import pytest

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")


def test_the_newest_entry_is_listed_first(run: Run) -> None:
    run("item", "add", "--board", "Launch", "One")
    newest, *_ = run("audit", "list").lines
    assert newest.split("\t")[3] == "added items"
    assert len(run("audit", "list", "--limit", "2").lines) == 2


def test_words_choose_entries(run: Run) -> None:
    run("item", "add", "--board", "Launch", "One")
    found = run("audit", "list", "--filter", "added items", "--json").data
    assert {entry["name"] for entry in found} == {"item.added"}
    assert run("audit", "list", "--filter", "nonsense-word").out == ""
    assert run("audit", "list", "--mine", "--json").data


def test_a_trail_is_exported_and_compared_later(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "audit.jsonl"
    assert run("audit", "export", "-o", str(target)).status == 0
    run("item", "add", "--board", "Launch", "One")
    assert "in it unchanged" in run("audit", "verify", "--against", str(target)).out
    lines = target.read_text().splitlines()
    target.write_text("\n".join([lines[1], *lines[1:]]) + "\n")
    changed = run("audit", "verify", "--against", str(target))
    assert changed.status == 13
    assert "cut or rewritten" in changed.err
    (verdict,) = run("audit", "verify", "--against", str(target), "--json").data
    assert verdict["ok"] is False and verdict["against"]["bad_number"] == 2
