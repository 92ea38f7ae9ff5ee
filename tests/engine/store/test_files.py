"""Attachments: encrypted, digest-checked, streamed in constant memory."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import filing
from engine.api import Acting
from engine.commands.attachments import AttachFile, AttachLink
from engine.errors import Damaged, Invalid, NotFound, Refused
from engine.store.file_places import Folder
from engine.store.files import CHUNK, FileStore
from tests.engine.boards import sample_board

KEY = bytes(32)


async def collected(store: FileStore, digest: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(digest, "file")])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_what_goes_in_comes_out(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "in").write_bytes(content)
    store = FileStore(Folder(tmp_path / "files"), KEY)
    stored = await store.add(tmp_path / "in")
    assert (stored.digest, stored.size) == (hashlib.sha256(content).hexdigest(), size)
    assert await collected(store, stored.digest) == content


async def test_nothing_of_the_content_lies_in_clear(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"a secret plan " * 1000)
    store = FileStore(Folder(tmp_path / "files"), KEY)
    await store.add(tmp_path / "in")
    for path in (tmp_path / "files").rglob("*"):
        assert not path.is_file() or b"secret plan" not in path.read_bytes()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.integers(8, 2 * CHUNK), cut=st.booleans())
def test_a_changed_or_cut_file_is_never_given_out_whole(
    tmp_path: Path, where: int, cut: bool
) -> None:
    import asyncio

    async def run() -> None:
        (tmp_path / "in").write_bytes(bytes(2 * CHUNK + 5))
        store = FileStore(Folder(tmp_path / "files"), KEY)
        stored = await store.add(tmp_path / "in")
        path = tmp_path / "files" / stored.digest[:2] / stored.digest
        raw = bytearray(path.read_bytes())
        if cut:
            del raw[where:]
        else:
            raw[where] ^= 1
        path.write_bytes(raw)
        with pytest.raises(Damaged):
            await collected(store, stored.digest)

    asyncio.run(run())


async def test_another_key_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"x" * 100)
    stored = await FileStore(Folder(tmp_path / "files"), KEY).add(tmp_path / "in")
    with pytest.raises(Damaged):
        await collected(FileStore(Folder(tmp_path / "files"), bytes([1]) * 32), stored.digest)


async def test_what_is_not_a_plain_file_is_refused(tmp_path: Path) -> None:
    store = FileStore(Folder(tmp_path / "files"), KEY)
    with pytest.raises(NotFound):
        await store.add(tmp_path / "missing")
    with pytest.raises(Refused):
        await store.add(tmp_path)
    assert not list((tmp_path / "files").rglob("*.part")) if (tmp_path / "files").exists() else True


async def test_an_attachment_goes_through_the_door(acting: Acting, tmp_path: Path) -> None:
    board = await sample_board(acting, items=1)
    (tmp_path / "plan.txt").write_text("the plan")
    stored = await filing.add_file(acting, tmp_path / "plan.txt")
    attach = AttachFile(
        item_id=board.items[0], name="plan.txt", digest=stored.digest, size=stored.size
    )
    await acting.execute(attach)
    chunks = [chunk async for chunk in await acting.read_attachment(attach.attachment_id)]
    assert b"".join(chunks) == b"the plan"


async def test_links_that_could_run_something_are_refused(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    for url in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://[::1"):
        with pytest.raises(Invalid):
            await acting.execute(AttachLink(item_id=board.items[0], url=url))


def test_a_gibibyte_passes_in_constant_memory(tmp_path: Path) -> None:
    """A sparse file of 1 GiB in and out, in a program of its own whose peak is read afterwards."""
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(1 << 30)
    script = (
        "import asyncio, resource, sys\n"
        "from pathlib import Path\n"
        "from engine.store.file_places import Folder\n"
        "from engine.store.files import FileStore\n"
        "async def run():\n"
        "    store = FileStore(Folder(Path(sys.argv[2])), bytes(32))\n"
        "    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    stored = await store.add(Path(sys.argv[1]))\n"
        "    size = 0\n"
        "    async for chunk in store.read(stored.digest, 'big'):\n"
        "        size += len(chunk)\n"
        "    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base\n"
        "    print(size, grown // 1024)\n"
        "asyncio.run(run())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(big), str(tmp_path / "files")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    size, grown_mib = map(int, done.stdout.split())
    assert size == 1 << 30
    assert grown_mib < 64
