"""A personal export that was broken off: by a crash it goes on, by a person or a fault it leaves nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.api import Acting
from engine.queries.privacy import OwnRecords
from engine.queries.registry import Query
from engine.transfer.archive_check import check_archive
from engine.transfer.personal_archive import export_personal_data
from engine.transfer.staging import Staging
from tests.engine.boards import sample_board
from tests.engine.conftest import START

HOUR = 3_600_000


class Ending:
    """The door, through which at one question something happens."""

    def __init__(self, acting: Acting, kind: str, happens: BaseException) -> None:
        self.acting, self.kind, self.happens = acting, kind, happens
        self.asked: list[str] = []

    async def query(self, query: Query) -> object:  # type: ignore[type-arg]
        if isinstance(query, OwnRecords):
            self.asked.append(query.data_kind)
            if query.data_kind == self.kind:
                raise self.happens
        return await self.acting.query(query)

    def __getattr__(self, name: str) -> object:
        return getattr(self.acting, name)


def crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed process does not do any more."""
    monkeypatch.setattr(Staging, "remove", lambda self: None)


async def broken_off(acting: Acting, target: Path, kind: str, at: int = START) -> None:
    door = Ending(acting, kind, RuntimeError("the machine stopped"))
    with pytest.raises(RuntimeError):
        await export_personal_data(door, target, at=at)  # type: ignore[arg-type]


async def test_it_goes_on_where_a_crash_broke_it_off(
    acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sample_board(acting, items=3)
    target = tmp_path / "mine.zip"
    with monkeypatch.context() as patch:
        crash(patch)
        await broken_off(acting, target, "items")
    assert not target.exists() and (tmp_path / ".mine.zip.export").exists()
    door = Ending(acting, "nothing", RuntimeError())
    manifest = await export_personal_data(door, target, at=START + HOUR)  # type: ignore[arg-type]
    assert "items" in door.asked and "profile" not in door.asked, (
        "what was finished is not read again"
    )
    assert check_archive(target).manifest == manifest
    assert [path.name for path in tmp_path.iterdir() if "mine" in path.name] == ["mine.zip"]


async def test_another_person_or_another_day_begins_anew(
    acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.engine.members import colleague

    target = tmp_path / "mine.zip"
    with monkeypatch.context() as patch:
        crash(patch)
        await broken_off(acting, target, "items")
    other = await colleague(acting)
    manifest = await export_personal_data(other, target, at=START + HOUR)
    assert manifest.subject == other.actor.user_id
    with monkeypatch.context() as patch:
        crash(patch)
        await broken_off(acting, target, "items")
    door = Ending(acting, "nothing", RuntimeError())
    await export_personal_data(door, target, at=START + 25 * HOUR)  # type: ignore[arg-type]
    assert "profile" in door.asked


@pytest.mark.parametrize(
    "happens", [RuntimeError("fault"), asyncio.CancelledError()], ids=["fault", "cancelled"]
)
async def test_a_fault_or_a_person_leaves_nothing_behind(
    acting: Acting, tmp_path: Path, happens: BaseException
) -> None:
    target = tmp_path / "mine.zip"
    with pytest.raises(type(happens)):
        await export_personal_data(Ending(acting, "items", happens), target, at=START)  # type: ignore[arg-type]
    assert not [path for path in tmp_path.iterdir() if "mine" in path.name]


async def test_what_waits_beside_the_target_is_for_its_owner_only(
    acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(monkeypatch)
    await broken_off(acting, tmp_path / "mine.zip", "items")
    assert (tmp_path / ".mine.zip.export").stat().st_mode & 0o077 == 0


async def test_a_list_of_what_is_finished_that_is_damaged_is_not_believed(
    acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "mine.zip"
    with monkeypatch.context() as patch:
        crash(patch)
        await broken_off(acting, target, "items")
    (tmp_path / ".mine.zip.export" / "finished.json").write_text('{"about":')
    await export_personal_data(acting, target, at=START)
    check_archive(target)


def test_a_killed_process_goes_on_at_the_next_call(tmp_path: Path) -> None:
    """The real thing: SIGKILL while it writes."""
    root = Path(__file__).parents[3]
    env = {
        **os.environ, "CONNEQTOS_HOME": str(tmp_path / "home"), "CONNEQTOS_PASSPHRASE": "correct horse",
        "CONNEQTOS_WORKSPACE": str(tmp_path / "work"),
    }  # fmt: skip

    def call(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tui", *words]
        return subprocess.run(
            command, cwd=root, env=env, input=stdin, capture_output=True, text=True, check=False
        )

    assert call("workspace", "create", str(tmp_path / "work"), "--name", "Work").returncode == 0
    assert call("board", "create", "Plan").returncode == 0
    lines = "\n".join(f"Item {number}" for number in range(3_000))
    assert call("item", "add", "--board", "Plan", "-", stdin=lines).returncode == 0
    target, waiting = tmp_path / "mine.zip", tmp_path / ".mine.zip.export" / "finished.json"
    command = [sys.executable, "-m", "tui", "privacy", "export", "-o", str(target)]
    process = subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.DEVNULL)
    while process.poll() is None and not (waiting.exists() and b"profile" in waiting.read_bytes()):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert call("privacy", "export", "-o", str(target)).returncode == 0
    assert "are as they were written" in call("privacy", "check", str(target)).stdout
    assert not waiting.parent.exists()
    opened = call("privacy", "open", str(target))
    assert "Plan: 3,000 items" in opened.stdout
