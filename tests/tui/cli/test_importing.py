"""`conneqtos import`: what came is counted in words that fit the number."""

from pathlib import Path

from tests.tui.cli.conftest import Run


def test_one_of_a_kind_is_called_so(run: Run, workspace: Path, tmp_path: Path) -> None:
    table = tmp_path / "plan.csv"
    table.write_text("Name,Note\nOne,first\nTwo,second\n")
    said = run("import", str(table), "--yes").out
    assert "1 group, " in said and "2 items" in said and "1 groups" not in said
