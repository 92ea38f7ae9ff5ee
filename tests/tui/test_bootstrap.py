"""Making and opening workspaces: where the key goes, and a sentence for everything that can be wrong."""

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from engine.errors import (
    ConneqtError,
    Damaged,
    Locked,
    NewerVersion,
    NoWorkspace,
    ReadOnly,
    Refused,
    UsageError,
)
from engine.queries.history import UndoState
from engine.queries.home import Boards, WhoAmI
from engine.store import keyfile
from tests.sync.client.test_credentials import MemoryKeyring
from tui import bootstrap, demo_workspace, recent_workspaces, unlocking
from tui.bootstrap import Opened, Protection

PASSPHRASE = "correct horse"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CONNEQTOS_PASSPHRASE", raising=False)
    monkeypatch.delenv("CONNEQTOS_PASSPHRASE_FD", raising=False)
    monkeypatch.setattr(keyfile, "SCRYPT_N", 1 << 10)  # quick: what is tested here is not scrypt
    return tmp_path / "home"


@pytest.fixture
def a_keyring() -> Iterator[MemoryKeyring]:
    before, memory = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


async def made(folder: Path, **more: object) -> Path:
    await closed(await bootstrap.create_workspace(folder, name="Work", **more))  # type: ignore[arg-type]
    return folder


async def closed(opened: Opened) -> Opened:
    await opened.acting.engine.close()
    return opened


async def test_with_a_keyring_the_key_goes_there_and_opens_without_asking(
    tmp_path: Path, a_keyring: MemoryKeyring
) -> None:
    folder = await made(tmp_path / "work")
    assert unlocking.protection_of(folder) is Protection.KEYRING
    opened = await closed(await bootstrap.open_workspace(folder))
    assert opened.name == "Work"


async def test_a_given_passphrase_comes_before_the_keyring(
    tmp_path: Path, a_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE", PASSPHRASE)
    folder = await made(tmp_path / "work")
    assert unlocking.protection_of(folder) is Protection.PASSPHRASE
    assert a_keyring.kept == {}
    assert (await closed(await bootstrap.open_workspace(folder))).name == "Work"


async def test_without_a_keyring_a_passphrase_is_asked_for(
    tmp_path: Path, no_keyring: None
) -> None:
    folder = await made(tmp_path / "work", ask_new=lambda: PASSPHRASE)
    assert unlocking.protection_of(folder) is Protection.PASSPHRASE
    opened = await closed(await bootstrap.open_workspace(folder, lambda prompt: PASSPHRASE))
    assert opened.name == "Work"


async def test_without_a_keyring_and_with_nobody_there_nothing_is_made(
    tmp_path: Path, no_keyring: None
) -> None:
    with pytest.raises(Locked, match="CONNEQTOS_PASSPHRASE"):
        await bootstrap.create_workspace(tmp_path / "work", name="Work")
    assert not (tmp_path / "work").exists()


async def test_a_passphrase_can_come_by_a_file_descriptor(
    tmp_path: Path, no_keyring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE_FD", str(reading))
    unlocking._from_descriptor.cache_clear()
    folder = await made(tmp_path / "work")
    assert (await closed(await bootstrap.open_workspace(folder))).name == "Work"
    monkeypatch.delenv("CONNEQTOS_PASSPHRASE_FD")
    assert (
        await closed(await bootstrap.open_workspace(folder, lambda prompt: PASSPHRASE))
    ).name == "Work"


def test_a_file_descriptor_that_is_not_open_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE_FD", "991")
    unlocking._from_descriptor.cache_clear()
    with pytest.raises(Locked, match="CONNEQTOS_PASSPHRASE_FD"):
        unlocking.given_passphrase()


async def test_a_wrong_passphrase_opens_nothing(tmp_path: Path, no_keyring: None) -> None:
    folder = await made(tmp_path / "work", ask_new=lambda: PASSPHRASE)
    with pytest.raises(Locked, match="does not open"):
        await bootstrap.open_workspace(folder, lambda prompt: "wrong")


async def test_a_locked_workspace_with_nobody_there_says_what_to_do(
    tmp_path: Path, no_keyring: None
) -> None:
    folder = await made(tmp_path / "work", ask_new=lambda: PASSPHRASE)
    with pytest.raises(Locked, match=r"nobody is there.*CONNEQTOS_PASSPHRASE"):
        await bootstrap.open_workspace(folder)


async def test_a_key_that_left_the_keyring_says_what_can_still_be_done(
    tmp_path: Path, a_keyring: MemoryKeyring
) -> None:
    folder = await made(tmp_path / "work")
    a_keyring.kept.clear()
    with pytest.raises(Locked, match=r"keyring does not give it.*Restore"):
        await bootstrap.open_workspace(folder)


async def test_the_key_is_beside_the_data_only_when_asked_for(tmp_path: Path) -> None:
    folder = await made(tmp_path / "work", protection=Protection.CLEAR)
    assert keyfile.read(folder).clear is not None
    assert (folder / keyfile.NAME).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert (await closed(await bootstrap.open_workspace(folder))).name == "Work"


async def test_a_workspace_is_never_made_over_another(tmp_path: Path) -> None:
    folder = await made(tmp_path / "work", protection=Protection.CLEAR)
    with pytest.raises(Refused, match="already"):
        await made(folder, protection=Protection.CLEAR)
    assert (await closed(await bootstrap.open_workspace(folder))).name == "Work"


async def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("mine")
    with pytest.raises(Refused, match="a file is there"):
        await made(tmp_path / "work", protection=Protection.CLEAR)
    assert (tmp_path / "work").read_text() == "mine"


async def test_other_files_of_the_folder_survive_a_failed_creation(
    tmp_path: Path, no_keyring: None
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Locked):
        await made(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt"]


async def test_a_workspace_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name"):
        await bootstrap.create_workspace(tmp_path / "work", name=" \x1b[2J ")


async def broken_database(folder: Path) -> None:
    (folder / "workspace.db").write_bytes(b"not a database" * 1000)


async def missing_database(folder: Path) -> None:
    (folder / "workspace.db").unlink()


async def broken_key_file(folder: Path) -> None:
    (folder / keyfile.NAME).write_text("{")


async def newer_key_file(folder: Path) -> None:
    text = (folder / keyfile.NAME).read_text()
    (folder / keyfile.NAME).write_text(text.replace('"format": 1', '"format": 9'))


async def short_key(folder: Path) -> None:
    from msgspec.structs import replace

    keyfile.write(folder, replace(keyfile.read(folder), clear=b"short"))


async def other_organization(folder: Path) -> None:
    from msgspec.structs import replace

    keyfile.write(folder, replace(keyfile.read(folder), organization_id="another"))


async def no_folder(folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (broken_database, Damaged),
        (missing_database, Damaged),
        (broken_key_file, Damaged),
        (newer_key_file, NewerVersion),
        (short_key, Damaged),
        (other_organization, Damaged),
        (no_folder, NoWorkspace),
    ],
)
async def test_each_harm_is_a_sentence_that_names_the_place(
    tmp_path: Path, harm: object, error: type[ConneqtError]
) -> None:
    folder = await made(tmp_path / "work", protection=Protection.CLEAR)
    await harm(folder)  # type: ignore[operator]
    with pytest.raises(error) as caught:
        await bootstrap.open_workspace(folder)
    assert "work" in str(caught.value)
    assert caught.value.exit_status > 10


async def test_a_folder_that_may_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/sys/nowhere")  # where even root may not make a folder
    else:
        tmp_path.chmod(0o500)
        target = tmp_path / "work"
    with pytest.raises((ReadOnly, NoWorkspace), match=str(target)):
        await made(target, protection=Protection.CLEAR)


async def test_the_workspace_used_last_is_remembered(tmp_path: Path) -> None:
    first = await made(tmp_path / "first", protection=Protection.CLEAR)
    second = await made(tmp_path / "second", protection=Protection.CLEAR)
    assert recent_workspaces.last_workspace() == second
    await closed(await bootstrap.open_workspace(first))
    assert recent_workspaces.known_workspaces() == [(first, "Work"), (second, "Work")]
    (first / keyfile.NAME).unlink()
    assert recent_workspaces.last_workspace() == second


async def test_a_broken_list_of_workspaces_is_no_obstacle(tmp_path: Path, home: Path) -> None:
    (home / "state").mkdir(parents=True)
    (home / "state" / "workspaces.json").write_text("{ not json")
    assert recent_workspaces.last_workspace() is None
    folder = await made(tmp_path / "work", protection=Protection.CLEAR)
    assert recent_workspaces.last_workspace() == folder


async def test_the_demo_is_made_once_and_is_rich(home: Path, no_keyring: None) -> None:
    folder = await demo_workspace.make_demo(key_beside_data=True)
    assert folder == home / "data" / "demo"
    assert await demo_workspace.make_demo(key_beside_data=True) == folder
    opened = await bootstrap.open_workspace(folder)
    boards = await opened.acting.query(Boards())
    _, me = await opened.acting.query(WhoAmI())
    steps = await opened.acting.query(UndoState())
    await opened.acting.engine.close()
    assert me.name == "You"
    assert steps.undo is None  # the samples are no step of the person
    assert len(boards) >= 3
    assert all(6 <= summary.items <= 40 for summary in boards)


async def test_the_demo_has_no_key_in_clear_unless_that_was_asked_for(
    home: Path, no_keyring: None
) -> None:
    with pytest.raises(Locked):
        await demo_workspace.make_demo()
    assert not (home / "data" / "demo").exists()
