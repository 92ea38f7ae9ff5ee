"""The first screen: making, opening and unlocking a workspace, and trying the demo."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail

from engine.errors import UsageError
from engine.store import keyfile
from tests.sync.client.test_credentials import MemoryKeyring
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, until, workspace
from tui import bootstrap, demo_workspace, unlocking
from tui.app import ConneqtApp, StartAt
from tui.bootstrap import Protection
from tui.recent_workspaces import last_workspace
from tui.screens.first_run import FirstRunScreen
from tui.screens.home import HomeScreen
from tui.widgets.form import Field, Form

__all__ = ["still"]


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(keyfile, "SCRYPT_N", 1 << 10)  # quick: what is tested here is not scrypt
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def locked(still: Path) -> Path:
    """A workspace under the passphrase “open”."""
    import asyncio

    async def make() -> Path:
        opened = await bootstrap.create_workspace(
            still / "locked", name="Locked", ask_new=lambda: "open", owner_name="You"
        )
        await opened.acting.engine.close()
        return opened.folder

    return asyncio.run(make())


def first() -> ConneqtApp:
    return ConneqtApp(StartAt())


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_very_first_start(still: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(first(), terminal_size=size, run_before=after())


def test_creating_without_a_keyring(still: Path, snap_compare: Any) -> None:
    assert snap_compare(first(), terminal_size=(80, 24), run_before=after("c"))


def test_a_locked_workspace_asks_for_its_passphrase(locked: Path, snap_compare: Any) -> None:
    app = ConneqtApp(StartAt(folder=locked))
    assert snap_compare(app, terminal_size=(80, 24), run_before=after())


async def test_a_workspace_is_named_and_made(still: Path) -> None:
    async with running(first()) as pilot:
        await pressed(
            pilot, "c", *"Acme", "enter", *"secret words", "enter", *"secret words", "enter"
        )
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pressed(pilot)
        assert "Acme" in drawn(pilot) and "There is no board here yet." in drawn(pilot)
    assert last_workspace() == still / "conneqtos" / "data" / "acme"
    assert unlocking.protection_of(last_workspace() or Path()) is Protection.PASSPHRASE


async def test_with_a_keyring_nothing_but_the_name_is_asked(still: Path) -> None:
    keyring.set_keyring(MemoryKeyring())
    async with running(first()) as pilot:
        await pressed(pilot, "c", *"Acme", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    assert unlocking.protection_of(last_workspace() or Path()) is Protection.KEYRING


async def test_a_short_passphrase_is_refused_with_the_reason(still: Path) -> None:
    async with running(first()) as pilot:
        await pressed(pilot, "c", *"Acme", "enter", "enter", *"secret", "enter", *"secret", "enter")
        await until(pilot, lambda: "needs 8 letters or more" in drawn(pilot))
    assert last_workspace() is None


async def test_passphrases_that_differ_are_told_and_nothing_typed_is_lost(still: Path) -> None:
    async with running(first()) as pilot:
        await pressed(pilot, "c", *"Acme", "enter", *"one", "enter", *"two", "enter")
        await until(pilot, lambda: "differ" in drawn(pilot))
        assert "Acme" in drawn(pilot)
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, FirstRunScreen)
    assert last_workspace() is None


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [("passwords", "password", "differ"), ("secret", "secret", "needs 8 letters or more")],
)
async def test_the_demo_asks_for_a_good_passphrase_twice(
    still: Path, one: str, other: str, told: str
) -> None:
    async with running(first()) as pilot:
        await pressed(pilot, "d", *one, "enter", *other, "enter")
        await until(pilot, lambda: told in drawn(pilot))
    assert not demo_workspace.demo_is_there()


async def test_a_wrong_passphrase_opens_nothing_and_the_right_one_does(locked: Path) -> None:
    async with running(ConneqtApp(StartAt(folder=locked))) as pilot:
        await pressed(pilot, *"wrong", "enter")
        await until(pilot, lambda: "does not open" in drawn(pilot))
        await pressed(pilot, *["backspace"] * 5, *"open", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pressed(pilot)
        assert "Locked" in drawn(pilot)


async def test_a_folder_without_a_workspace_is_told(still: Path) -> None:
    async with running(first()) as pilot:
        await pressed(pilot, "o", *"~/nowhere", "enter")
        await until(pilot, lambda: "There is no workspace" in drawn(pilot))


async def test_the_demo_opens_with_its_boards(still: Path) -> None:
    async with running(first()) as pilot:
        await pressed(pilot, "d", *"passwords", "enter", *"passwords", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pressed(pilot)
        assert "Product roadmap" in drawn(pilot)


async def test_another_workspace_is_opened_from_home_and_back(locked: Path, still: Path) -> None:
    studio = await _studio(still)
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "w")
        assert "Used before".upper() in drawn(pilot)
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await pressed(pilot, "w", "G", "enter")
        await until(pilot, lambda: "Unlock “Locked”" in drawn(pilot))
        await pressed(pilot, *"open", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pressed(pilot)
        assert "Locked" in drawn(pilot)


async def test_among_those_used_before_the_one_that_is_open_says_so(
    locked: Path, still: Path
) -> None:
    async with running(app_on(await _studio(still)), (80, 24)) as pilot:
        await pressed(pilot, "w")
        lines = drawn(pilot).splitlines()
        assert [line.split()[0] for line in lines if "open now" in line] == ["Studio"]


async def test_a_fault_below_the_lines_of_a_form_is_whole_at_60x20(still: Path) -> None:
    words = "It has so many words that they stand on several lines. " * 3 + "The end."

    async def fails(typed: Mapping[str, str]) -> bool:
        raise UsageError(words)

    fields = [Field(str(at), f"Line {at}", value="x") for at in range(5)]
    async with running(first(), (60, 20)) as pilot:
        await pilot.app.push_screen(Form("Five lines", fields, fails))
        await pressed(pilot, "enter")
        await until(pilot, lambda: "It has so many" in drawn(pilot))
        assert "The end." in drawn(pilot)


async def _studio(home: Path) -> Path:
    opened = await bootstrap.create_workspace(
        home / "studio", name="Studio", protection=Protection.CLEAR
    )
    await opened.acting.engine.close()
    return opened.folder


def test_the_folder_of_a_workspace_is_named_like_it(still: Path) -> None:
    from tui.screens.first_run import free_folder

    data = still / "conneqtos" / "data"
    assert free_folder("Café & Bar GmbH") == data / "cafe-bar-gmbh"
    (data / "cafe-bar-gmbh").mkdir(parents=True)
    assert free_folder("Café & Bar GmbH") == data / "cafe-bar-gmbh-2"
    assert free_folder("../..") == data / "workspace"
    assert workspace(still).name == "studio"


@pytest.mark.parametrize(
    ("ring", "given", "words"),
    [
        (MemoryKeyring(), "", "keyring of this computer"),
        (MemoryKeyring(), "open sesame", "wrapped by the passphrase"),
        (fail.Keyring(), "open sesame", "wrapped by the passphrase"),
        (fail.Keyring(), "", "asked for at each start"),
    ],
)
async def test_what_keeps_the_key_of_a_new_workspace_is_said_as_it_is(
    still: Path, monkeypatch: pytest.MonkeyPatch, ring: Any, given: str, words: str
) -> None:
    keyring.set_keyring(ring)
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE", given)
    async with running(first()) as pilot:
        await pressed(pilot, "c")
        assert words in str(pilot.app.screen.query_one(".popup--hint").content)  # type: ignore[attr-defined]
