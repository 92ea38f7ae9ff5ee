"""Files in a folder and in a bucket behave the same; the bucket is that of a server that speaks S3."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from engine.api import Engine
from engine.errors import Damaged, Invalid, NotFound, UsageError
from engine.identity.keeping import keep_house
from engine.store.file_places import Bucket, BucketFault, Folder, Place, place_of
from engine.store.files import CHUNK, FileStore, StoredFile

KEY = bytes(32)


@pytest.fixture(scope="module")
def bucket_server() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.put(f"http://{host}:{port}/files")
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "folder":
        return Folder(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("bucket_server"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return place_of(f"s3://files/{tmp_path.name}", tmp_path)


def content(size: int) -> Iterator[bytes]:
    whole = (os.urandom(CHUNK) * (size // CHUNK + 1))[:size]
    for start in range(0, size, CHUNK):
        yield whole[start : start + CHUNK]


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK + 5, 13 * CHUNK])
def test_what_goes_in_comes_out(place: Place, size: int) -> None:
    files = FileStore(place, KEY).of("one")
    chunks = list(content(size))
    stored = files.take(iter(chunks))
    assert stored.size == size
    assert b"".join(files.chunks(stored.digest, "it")) == b"".join(chunks)
    for start in {0, min(3, size), size // 2, size}:
        assert b"".join(files.chunks(stored.digest, "it", start)) == b"".join(chunks)[start:]
    assert list(files.digests()) == [stored.digest]
    assert list(files.digests(older_than=3_600)) == []
    assert size < files.bytes_of(stored.digest) < size + CHUNK
    assert not list(place.workroom.glob("*.part"))
    files.remove(stored.digest)
    assert not files.has(stored.digest) and not files.bytes_of(stored.digest)
    files.remove(stored.digest)
    with pytest.raises(NotFound):
        next(files.chunks(stored.digest, "it"))


def test_organizations_do_not_have_each_others_files(place: Place) -> None:
    one, other = FileStore(place, KEY).of("one"), FileStore(place, KEY).of("other")
    stored = one.take(content(10))
    assert not other.has(stored.digest)
    assert list(other.digests()) == []
    other.take(one.chunks(stored.digest, "it"))
    one.remove(stored.digest)
    assert other.has(stored.digest)


def test_a_file_that_was_changed_does_not_open(place: Place) -> None:
    files = FileStore(place, KEY).of("one")
    stored = files.take(content(CHUNK + 5))
    with closing(place.open(files.path_of(stored.digest))) as source:
        raw = bytearray(bytes(source.read()))
    raw[-1] ^= 1
    part = place.workroom / "changed.part"
    part.write_bytes(raw)
    place.keep(part, files.path_of(stored.digest))
    with pytest.raises(Damaged):
        list(files.chunks(stored.digest, "it"))
    part.write_bytes(raw[:30])
    place.keep(part, files.path_of(stored.digest))
    with pytest.raises(Damaged):
        list(files.chunks(stored.digest, "it"))


def test_a_file_that_is_not_the_one_it_should_be_is_not_kept(place: Place) -> None:
    files = FileStore(place, KEY).of("one")
    with pytest.raises(Invalid):
        files.take(content(10), only=StoredFile("0" * 64, 10))
    assert list(files.digests()) == []


async def test_what_was_begun_and_not_ended_goes_when_the_store_is_kept(tmp_path: Path) -> None:
    engine = await Engine.open_workspace(tmp_path, KEY)
    old, new = (engine.files.place.workroom / f"{name}.part" for name in ("old", "new"))
    for part in (old, new):
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"x")
    os.utime(old, (0, 0))
    await keep_house(engine, tmp_path / "mail")
    assert not old.exists() and new.exists()
    await engine.close()


@pytest.mark.parametrize("name", ["..", "../other", "a/b", "", "A", "x" * 200, "\x00"])
def test_no_id_leads_out_of_its_own_folder(tmp_path: Path, name: str) -> None:
    files = FileStore(Folder(tmp_path / "files"), KEY).of(name)
    stored = files.take(content(1))
    path = (tmp_path / "files" / files.path_of(stored.digest)).resolve()
    assert path.is_file() and len(path.relative_to(tmp_path / "files").parts) == 3


def test_digests_that_are_none_open_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with pytest.raises(NotFound):
        next(FileStore(Folder(tmp_path / "files"), KEY).chunks("../secret", "it"))


def test_a_bucket_that_is_not_there_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "secret-word")
    with pytest.raises(BucketFault) as caught:
        Bucket("s3://files", tmp_path).has("x")
    assert "secret-word" not in str(caught.value)
    with pytest.raises(UsageError):
        place_of("s3://", tmp_path)
