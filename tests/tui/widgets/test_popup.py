"""A small window answers once and closes only itself, however many keys come in one piece."""

from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen

from engine.columns.column_type import Surroundings
from engine.model.board import Label
from engine.model.column import Column
from tests.tui.one_screen import drawn
from tui.themes import DARK
from tui.widgets.choice import NOTHING, Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.editor_labels import LabelsEditor
from tui.widgets.popup import Popup
from tui.widgets.prompt import Answer, Prompt


class Below(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name


def prompt() -> Popup[Any]:
    return Prompt(str.strip, title="New board")


def choice() -> Popup[Any]:
    return Choice("Which?", [Choosable("a", "first"), Choosable("b", "second")])


def editor() -> Popup[Any]:
    status = Column(id="st", board_id="b", title="Status", type="status")
    labels = (Label(id="done", name="Done", color="green"),)
    return LabelsEditor(status, None, Surroundings(labels=labels), Region(0, 0, 10, 1), "Status")


def confirm() -> Popup[Any]:
    return Confirm("Really?")


@pytest.mark.parametrize(
    ("make", "keys", "expected"),
    [
        (prompt, (*"epsilon", "enter", *"zeta", "enter"), "epsilon"),
        (choice, ("enter", "enter"), "a"),
        (editor, ("d", "d"), "done"),
        (confirm, ("y", "enter"), True),
        (prompt, (*"epsilon", "enter", "escape"), "epsilon"),
    ],
)
async def test_two_answers_in_one_piece_are_one_and_the_screen_below_stays(
    make: Callable[[], Popup[Any]], keys: tuple[str, ...], expected: object
) -> None:
    app, answers = Below(), list[object]()
    async with app.run_test() as pilot:
        below: Screen[None] = Screen()
        await app.push_screen(below)
        await app.push_screen(make(), answers.append)
        await pilot.pause()
        for key in keys:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()
        assert app.screen is below
    (answer,) = answers
    assert (answer.value if isinstance(answer, Answer) else answer) == expected


async def test_where_a_letter_is_asked_for_enter_is_no_yes() -> None:
    app, answers = Below(), list[object]()
    async with app.run_test() as pilot:
        await app.push_screen(Confirm("Really?", yes="Do it", by_letter=True), answers.append)
        await pilot.press("enter")
        assert not answers and "Press y for “Do it”, or n." in drawn(pilot)
        await pilot.press("y")
        await pilot.pause()
    assert answers == [True]


async def test_of_words_that_fit_nothing_a_choice_says_so() -> None:
    app = Below()
    async with app.run_test() as pilot:
        await app.push_screen(choice())
        await pilot.pause()
        assert NOTHING not in drawn(pilot)
        await pilot.press("z", "enter")
        await pilot.pause()
        assert NOTHING in drawn(pilot)
        await pilot.press("backspace")
        await pilot.pause()
        assert NOTHING not in drawn(pilot)
