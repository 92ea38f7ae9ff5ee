"""What can go wrong with a workspace on disk: each a sentence with what to do, and nothing lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.api import Acting, Engine
from engine.commands.items import RenameItem
from engine.errors import (
    Busy,
    Damaged,
    DiskFull,
    Invalid,
    Locked,
    NewerVersion,
    NoWorkspace,
    Refused,
)
from engine.queries.audit import AuditTrail
from engine.store import keyfile
from engine.store.faults import storage_faults
from engine.store.sqlite import CIPHER
from tests.engine.boards import names, sample_board
from tests.engine.conftest import KEY, new_organization


async def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path, template_file: Path) -> None:
    content = bytearray(template_file.read_bytes())
    content[2000:30000] = os.urandom(28000)
    (tmp_path / "workspace.db").write_bytes(content)
    with pytest.raises(Damaged, match="copy"):
        await Engine.open_workspace(tmp_path, KEY)


async def test_a_file_from_before_our_cipher_opens_with_what_its_log_still_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with monkeypatch.context() as before:
        before.setattr("engine.store.sqlite.CIPHER", ())
        engine = await Engine.open_workspace(tmp_path, KEY)
        acting = await new_organization(engine)
        board = await sample_board(acting, items=2)
        for name in ("workspace.db", "workspace.db-wal"):
            shutil.copy(tmp_path / name, crashed / name)
        await engine.close()
    again = await Engine.open_workspace(crashed, KEY)
    assert await names(again.acting_as(acting.actor), board.board) == ["Item 1", "Item 2"]
    await again.close()


@pytest.mark.parametrize("before", [1 << 63, 10**30])
async def test_a_number_that_no_column_can_hold_is_no_fault_of_the_store(
    acting: Acting, before: int
) -> None:
    with pytest.raises(Invalid, match="number"):
        await acting.query(AuditTrail(before=before))


async def test_a_full_disk_loses_nothing(local: Acting) -> None:
    """SQLite's own page limit stands in for the disk: the same error by the same way."""
    board = await sample_board(local, items=1)

    def fill(connection: object) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    await local._session.database._store._writer._hand_over(  # type: ignore[union-attr]
        lambda: fill(local._session.database._store._writer._engine.connect())  # type: ignore[union-attr]
    )
    with pytest.raises(DiskFull, match="Free some space"):
        await local.execute(
            *(RenameItem(item_id=board.items[0], name="long " * 90 + str(n)) for n in range(400))
        )
    assert await names(local, board.board) == ["Item 1"]


def test_faults_of_the_disk_itself_become_sentences() -> None:
    import errno

    with pytest.raises(DiskFull), storage_faults("there"):
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_second_program_that_writes_too_long_is_named(
    tmp_path: Path, template_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.sqlite.BUSY_TIMEOUT_SECONDS", 0.1)
    shutil.copy(template_file, tmp_path / "workspace.db")
    engine = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(engine)
    board = await sample_board(acting, items=1)
    script = (
        "import sys, sqlcipher3\n"
        "c = sqlcipher3.connect(sys.argv[1], isolation_level=None)\n"
        f"c.execute('''PRAGMA key = \"x'{KEY.hex()}'\"''')\n"
        f"for setting in {CIPHER}: c.execute('PRAGMA ' + setting)\n"
        f"for setting in {CIPHER}: c.execute('PRAGMA ' + setting)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "print('holding', flush=True)\n"
        "sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "workspace.db")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None and other.stdout.readline() == "holding\n"
    with pytest.raises(Busy, match="Another program"):
        await acting.execute(RenameItem(item_id=board.items[0], name="x"))
    other.communicate()
    await acting.execute(RenameItem(item_id=board.items[0], name="afterwards"))
    assert await names(acting, board.board) == ["afterwards"]
    await engine.close()


def test_a_passphrase_opens_what_it_closed_and_no_other_does(tmp_path: Path) -> None:
    key = keyfile.new_key()
    content = keyfile.KeyFile(
        workspace_id="w", organization_id="o", protection=keyfile.Protection.PASSPHRASE,
        wrapped=keyfile.wrap(key, "right", "w"),
    )  # fmt: skip
    keyfile.write(tmp_path, content)
    assert key not in (tmp_path / keyfile.NAME).read_bytes()
    assert (tmp_path / keyfile.NAME).stat().st_mode & 0o077 == 0
    again = keyfile.read(tmp_path)
    assert keyfile.unwrap(again, "right", tmp_path) == key
    with pytest.raises(Locked, match="does not open"):
        keyfile.unwrap(again, "wrong", tmp_path)
    with pytest.raises(Locked, match="empty"):
        keyfile.unwrap(again, "", tmp_path)


def test_a_folder_without_a_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace, match="workspace create"):
        keyfile.read(tmp_path / "nothing")


def test_a_broken_key_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / keyfile.NAME).write_text("{ not json")
    with pytest.raises(Damaged):
        keyfile.read(tmp_path)


def test_a_key_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    content = keyfile.KeyFile(
        format=99, workspace_id="w", organization_id="o", protection=keyfile.Protection.KEYRING
    )
    keyfile.write(tmp_path, content)
    with pytest.raises(NewerVersion):
        keyfile.read(tmp_path)


def test_a_new_workspace_never_overwrites_one(tmp_path: Path) -> None:
    (tmp_path / "workspace.db").touch()
    with pytest.raises(Refused, match="already"):
        keyfile.make_room(tmp_path)
