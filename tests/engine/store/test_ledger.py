"""Who was erased on one machine of a server is known on the others, in a folder that they share or in a bucket."""

from pathlib import Path

import pytest

from engine.errors import Damaged
from engine.store.file_places import Folder, Place
from engine.store.ledger import ErasureLedger
from engine.store.shared_erasures import UNDER, SharedErasures
from tests.engine.conftest import KEY
from tests.engine.store.test_file_places import bucket_server, place

__all__ = ["bucket_server", "place"]


def machine(name: str, place: Place, tmp_path: Path, key: bytes = KEY) -> ErasureLedger:
    return ErasureLedger(tmp_path / name / "erasures.jsonl", key, SharedErasures(place))


def test_what_one_machine_writes_the_others_read(place: Place, tmp_path: Path) -> None:
    here, there = machine("here", place, tmp_path), machine("there", place, tmp_path)
    assert here.lines() == there.lines() == []
    here.add("home", ["ada", "eve"], 1)
    there.add("home", ["bob"], 2)
    for one in (here, there):
        assert one.among("home", ["ada", "bob", "eve", "grace"]) == ["ada", "bob", "eve"]
        assert one.among("away", ["ada"]) == []
        assert len(one.lines()) == 3, "each once, whoever wrote it"
    assert not list(place.workroom.rglob("*.part"))


def test_what_a_machine_knew_before_it_shared_is_told_once(place: Place, tmp_path: Path) -> None:
    ErasureLedger(tmp_path / "here" / "erasures.jsonl", KEY).add("home", ["ada"], 1)
    for _ in range(2):
        machine("here", place, tmp_path).hand_over()
    assert machine("there", place, tmp_path).among("home", ["ada"]) == ["ada"]
    assert len(list(place.names(UNDER))) == 1


def test_a_shared_list_that_is_damaged_stops_who_reads_it(place: Place, tmp_path: Path) -> None:
    SharedErasures(place).add([b'{"at": 1, "wh'])
    with pytest.raises(Damaged, match="list of who was erased"):
        machine("here", place, tmp_path).among("home", ["ada"])


def test_where_it_cannot_be_shared_nobody_may_be_erased(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no folder")
    with pytest.raises(OSError):
        machine("here", Folder(tmp_path / "files"), tmp_path).add("home", ["ada"], 1)
