"""A file comes in parts, in any company of repetitions, and is whole or not there."""

import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Invalid, Refused
from engine.store.file_parts import AT_ONCE, PART, FileParts, drop_old_parts
from engine.store.file_places import Folder
from engine.store.files import FileStore

KEY = bytes(32)
WHOLE = random.Random(7).randbytes(2 * PART + 100)
DIGEST = hashlib.sha256(WHOLE).hexdigest()
PARTS = [(start, WHOLE[start : start + PART]) for start in range(0, len(WHOLE), PART)]


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(Folder(tmp_path), KEY).of("organization")


def coming(files: FileStore, member: str = "member") -> FileParts:
    return FileParts(files, member, DIGEST, len(WHOLE))


@settings(max_examples=25, deadline=None)
@given(order=st.lists(st.integers(0, 2), max_size=6))
def test_parts_come_in_their_turn_or_once_more(tmp_path_factory: object, order: list[int]) -> None:
    folder = tmp_path_factory.mktemp("parts")  # type: ignore[attr-defined]
    files = FileStore(Folder(folder), KEY).of("organization")
    there = 0
    for number in (*order, 0, 1, 2):
        start, content = PARTS[number]
        if number <= there:  # else it comes too early
            there = max(there, number + 1)
        assert coming(files).take(start, content) == min(there * PART, len(WHOLE))
    assert coming(files).finish().digest == DIGEST
    assert b"".join(files.chunks(DIGEST, "it")) == WHOLE
    assert not [path for path in folder.rglob("*") if path.is_file() and path.name != DIGEST]


def test_what_is_not_whole_is_no_file(files: FileStore) -> None:
    coming(files).take(*PARTS[0])
    with pytest.raises(Refused):
        coming(files).finish()
    assert coming(files).received() == PART


def test_what_is_not_what_its_digest_says_leaves_nothing(files: FileStore, tmp_path: Path) -> None:
    for start, content in PARTS:
        coming(files).take(start, bytes(len(content)))
    with pytest.raises(Invalid):
        coming(files).finish()
    assert coming(files).received() == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_wrong_file_does_not_take_the_place_of_one_that_is_there(files: FileStore) -> None:
    known = files.take(iter([b"kept"]))
    wrong = FileParts(files, "member", "0" * 64, 4)
    wrong.take(0, b"kept")
    with pytest.raises(Invalid):
        wrong.finish()
    assert files.has(known.digest)


@pytest.mark.parametrize(
    ("start", "length"), [(1, PART), (0, PART - 1), (0, PART + 1), (2 * PART, 99), (-PART, PART)]
)
def test_parts_of_another_length_are_refused(files: FileStore, start: int, length: int) -> None:
    with pytest.raises((Invalid, Refused)):
        coming(files).take(start, bytes(length))
    assert coming(files).received() == 0


def test_parts_of_one_member_are_nobody_elses(files: FileStore) -> None:
    coming(files).take(*PARTS[0])
    assert coming(files, "another").received() == 0


def test_a_member_can_begin_so_many_files_and_no_more(files: FileStore) -> None:
    for number in range(AT_ONCE):
        FileParts(files, "member", f"{number:064x}", PART + 1).take(0, bytes(PART))
    with pytest.raises(Refused):
        coming(files).take(*PARTS[0])
    coming(files, "another").take(*PARTS[0])


def test_parts_lie_encrypted_and_go_after_a_week(files: FileStore, tmp_path: Path) -> None:
    import os

    coming(files).take(*PARTS[0])
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (WHOLE[:64] in path.read_bytes()) is False
    drop_old_parts(files)
    assert path.exists()
    os.utime(path, (0, 0))
    drop_old_parts(files)
    assert coming(files).received() == 0


@pytest.mark.parametrize(("digest", "size"), [("x", 1), ("../" * 20, 1), (DIGEST, -1)])
def test_what_can_be_no_file_is_none(files: FileStore, digest: str, size: int) -> None:
    with pytest.raises(Invalid):
        FileParts(files, "member", digest, size)
