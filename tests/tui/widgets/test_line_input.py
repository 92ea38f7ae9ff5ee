"""A line to type in keeps the order of keys that come all at once."""

from textual import events
from textual.app import App, ComposeResult

from tui.widgets.choice import Choice, Choosable
from tui.widgets.line_input import LineInput


class OneLine(App[None]):
    def compose(self) -> ComposeResult:
        yield LineInput()


def burst(app: App[None], *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_backspace_and_arrows_act_between_the_letters_they_came_with():
    app = OneLine()
    async with app.run_test() as pilot:
        burst(app, "a", "x", "backspace", "c", "left", "b", "home", "0")
        await pilot.pause()
        assert app.query_one(LineInput).value == "0abc"


async def test_arrows_move_in_the_list_beside_the_line() -> None:
    app: App[None] = App()
    options = [Choosable("a", "first"), Choosable("b", "second"), Choosable("c", "third")]
    chosen: list[str | None] = []
    async with app.run_test() as pilot:
        await app.push_screen(Choice("Which?", options), chosen.append)
        await pilot.press("down", "down", "up", "enter")
        await pilot.pause()
    assert chosen == ["b"]
