"""A form takes what is typed into it in the order in which it was typed, however quickly it comes."""

import asyncio
from collections.abc import Mapping
from random import Random

import pytest
from textual import events
from textual.app import App
from textual.widgets import Static

from tui.widgets.form import Field, Form


class Asked(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.typed: dict[str, str] = {}

    async def take(self, typed: Mapping[str, str]) -> bool:
        self.typed = dict(typed)
        return True


@pytest.mark.parametrize("seed", range(24))
async def test_letters_go_to_the_field_that_the_enter_before_them_went_to(seed: int) -> None:
    """Now several come at once, now turns of the event loop pass between two: a slow link, a busy machine."""
    turns = Random(seed)
    app = Asked()
    async with app.run_test() as pilot:
        fields = [Field(name, name.capitalize()) for name in ("one", "two", "three")]
        app.push_screen(Form("Three lines", fields, app.take))
        await pilot.pause()
        for word in ("first word", "second word", "third word"):
            for letter in (*word, "enter"):
                app.post_message(events.Key(letter, None if letter == "enter" else letter))
                for _ in range(max(turns.randrange(-6, 4), 0)):
                    await asyncio.sleep(0)
        async with asyncio.timeout(20):
            while not app.typed:
                await pilot.pause()
    assert app.typed == {"one": "first word", "two": "second word", "three": "third word"}


async def test_what_is_pasted_goes_to_the_first_line_that_needs_filling() -> None:
    app = Asked()
    async with app.run_test() as pilot:
        fields = [
            Field("server", "Server", value="https://example.org"),
            Field("folder", "Folder", optional=True), Field("code", "Code"),
        ]  # fmt: skip
        app.push_screen(Form("A code", fields, app.take))
        await pilot.pause()
        app.post_message(events.Paste("cqm_secret"))
        await pilot.press("enter")
        async with asyncio.timeout(20):
            while not app.typed:
                await pilot.pause()
    assert app.typed == {"server": "https://example.org", "folder": "", "code": "cqm_secret"}


async def hanging(typed: Mapping[str, str]) -> bool:
    """A server that never answers."""
    return await asyncio.Future()


@pytest.mark.parametrize("only_asks", [True, False])
async def test_while_a_server_does_not_answer_esc_leaves_or_says_when_it_will(
    only_asks: bool,
) -> None:
    app, answers = Asked(), list[object]()
    async with app.run_test() as pilot:
        form = Form("Sign in", [Field("url", "Server")], hanging, only_asks=only_asks)
        await app.push_screen(form, answers.append)
        await pilot.press("a", "enter", "escape")
        await pilot.pause()
        assert (app.screen is not form) is only_asks
        assert answers == ([None] if only_asks else [])
        if not only_asks:
            assert "esc works again" in str(form.query_one(".popup--hint", Static).content)
        assert bool(list(app.workers)) is not only_asks
