"""Keys of workspaces in the keyring: kept where there is a real one, refused where it is not."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from sync.client import credentials


class MemoryKeyring(KeyringBackend):
    """A keyring as an operating system has it, for as long as the test runs."""

    priority = 1  # type: ignore[assignment]
    name = "Memory"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class LockedKeyring(MemoryKeyring):
    """One that can be reached, but does not take anything: nobody is logged in to the desktop."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


@pytest.fixture(autouse=True)
def restore() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory() -> MemoryKeyring:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


def test_a_key_comes_back_as_it_was_saved(memory: MemoryKeyring) -> None:
    key = bytes(range(32))
    assert credentials.save_key("w1", key)
    assert credentials.load_key("w1") == key
    assert credentials.load_key("w2") is None


def test_a_deleted_key_is_gone(memory: MemoryKeyring) -> None:
    credentials.save_key("w1", b"k" * 32)
    assert credentials.delete_key("w1")
    assert credentials.load_key("w1") is None
    assert not credentials.delete_key("w1")


def test_the_probe_leaves_nothing_behind(memory: MemoryKeyring) -> None:
    assert credentials.usable_keyring() == "Memory"
    assert memory.kept == {}


def test_a_keyring_that_does_not_take_secrets_is_of_no_use() -> None:
    keyring.set_keyring(LockedKeyring())
    assert credentials.usable_keyring() is None
    assert not credentials.save_key("w1", b"k" * 32)


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring()])
def test_without_a_keyring_nothing_is_kept_and_nothing_breaks(backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)
    assert credentials.usable_keyring() is None
    assert not credentials.save_key("w1", b"k" * 32)
    assert credentials.load_key("w1") is None
    assert not credentials.delete_key("w1")


def test_what_is_not_a_key_is_not_taken_for_one(memory: MemoryKeyring) -> None:
    memory.set_password(credentials.SERVICE, "w1", "not base 64!")
    assert credentials.load_key("w1") is None
