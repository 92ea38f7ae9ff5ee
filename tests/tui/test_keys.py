"""The table of keys: nothing twice, nothing that a terminal cannot send, nothing that nobody carries out."""

import asyncio
import re
from pathlib import Path
from typing import cast

import pytest
from textual.widgets import Static

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.items import AddItems, NewItem
from engine.errors import Invalid
from tests.tui.running import app_on, pressed, running, still, workspace
from tui.actions import ACTIONS, BY_ID, SCOPES
from tui.folders import config_file
from tui.keys import PRESETS, bindings_for, keymap, keymap_of, normal_key, spoken_key
from tui.screens.board import BoardScreen
from tui.screens.item import ItemScreen
from tui.settings import Settings
from tui.widgets.comments import Composer

__all__ = ["still"]

# Ctrl with these is a control character that is another key (tab, enter, newline, backspace); Ctrl with
# Enter or Shift, and Alt, reach a program only through protocols that many terminals and tmux do not speak.
CANNOT_BE_SENT = re.compile(
    r"ctrl\+[imhj]$|.*\balt\+|.*ctrl\+shift|.*shift\+ctrl|ctrl\+.*enter|shift\+enter|.*ctrl\+[^a-z]$|.*super|.*meta"
)


def test_every_action_has_a_name_of_its_own_a_known_scope_and_words() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for action in ACTIONS:
        assert action.scope in SCOPES
        assert action.label and action.label[0].islower() and not action.label.endswith(".")
        assert not action.help or action.help.endswith(".")


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_has_a_key_that_does_two_things(preset: str) -> None:
    assert set(keymap(preset).keys) == set(BY_ID)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_action_waits_for_a_key_that_many_terminals_cannot_send(preset: str) -> None:
    keys = keymap(preset)
    for action in ACTIONS:
        sent = [key for key in keys.of(action.id) if not CANNOT_BE_SENT.match(key)]
        assert sent or not keys.of(action.id), action.id


def test_the_plain_preset_moves_by_arrows_and_knows_no_vim_letters() -> None:
    keys = keymap("plain")
    moved = [keys.of(f"{scope}.{name}") for scope in ("board", "list") for name in ("up", "down")]
    assert moved == [("up",), ("down",)] * 2
    assert not any(" " in key for key in keys.of("board.first"))


def test_the_board_carries_out_every_action_that_is_its_own() -> None:
    for action in ACTIONS:
        if action.scope == "board":
            assert callable(getattr(BoardScreen, f"action_{action.name}", None)), action.id


def test_a_person_may_give_an_action_other_keys() -> None:
    keys = keymap("vim", {"board.add_below": ["+", "g o"], "board.density": []})
    assert keys.of("board.add_below") == ("plus", "g o")
    assert keys.shown("board.add_below") == "+"
    assert keys.shown("board.density") == ""


def test_a_key_for_two_things_is_refused_naming_both() -> None:
    with pytest.raises(Invalid, match=r"“u” would both undo .global.undo. and rename the item"):
        keymap("vim", {"board.rename": ["u"]})


def test_a_key_that_begins_another_is_refused() -> None:
    with pytest.raises(Invalid, match="go to the first item"):
        keymap("vim", {"board.rename": ["g"]})


def test_every_mistake_in_the_keys_is_told_at_once() -> None:
    bindings = {"board.rename": ["u"], "board.nothing": ["x"], "board.density": ["hyperspace"]}
    keys, mistakes = keymap_of(Settings(bindings=bindings))
    assert keys == keymap()
    assert len(mistakes) == 3
    assert all(any(word in one for one in mistakes) for word in ("“u”", "board.nothing", "hyper"))


async def one_item(acting: Acting) -> None:
    await acting.execute(CreateBoard(board_id="b", name="Plan", group="Plan", group_id="g"))
    await acting.execute(AddItems(group_id="g", items=(NewItem(name="One"),)))


async def test_the_keys_of_the_editors_are_the_persons_own(still: Path) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text('[bindings]\n"editor.save" = ["f6"]\n')
    folder = await asyncio.to_thread(workspace, still, one_item)
    async with running(app_on(folder, board="Plan", view="table")) as pilot:
        await pressed(pilot, "enter", "c", *"Done")
        screen = cast(ItemScreen, pilot.app.screen)
        box = screen.query_one(Composer)
        assert "f6 send" in str(box.query_one(".composer--keys", Static).content)
        await pressed(pilot, "f6")
        assert not box.is_open
        assert [comment.body for comment in screen.source.whole.comments] == ["Done"]


def test_the_same_key_on_different_screens_is_no_conflict() -> None:
    assert keymap("vim", {"trash.restore": ["o"]}).of("trash.restore") == ("o",)


def test_an_unknown_action_or_key_is_refused_with_what_is_known() -> None:
    with pytest.raises(Invalid, match=r"Did you mean “board.add_below”"):
        keymap("vim", {"board.add_blow": ["o"]})
    with pytest.raises(Invalid, match="“hyperspace” is not a key"):
        keymap("vim", {"board.add_below": ["hyperspace"]})


@pytest.mark.parametrize(
    ("written", "normal", "spoken"),
    [
        ("?", "question_mark", "?"), ("gg", "g g", "gg"), ("g g", "g g", "gg"), ("G", "G", "G"),
        ("ctrl+r", "ctrl+r", "ctrl+r"), ("pagedown", "pagedown", "pgdn"), ("f12", "f12", "f12"),
        (" ", "space", "space"), ("up", "up", "↑"), ("é", "é", "é"), ("'", "apostrophe", "'"),
        ("slash", "slash", "/"), ("shift+tab", "shift+tab", "shift+tab"),
    ],
)  # fmt: skip
def test_keys_are_written_as_people_write_them(written: str, normal: str, spoken: str) -> None:
    assert normal_key(written) == normal
    assert spoken_key(normal) == spoken


def test_bindings_carry_the_label_the_help_and_the_id() -> None:
    bindings = {binding.id: binding for binding in bindings_for("item", keymap())}
    edit_outside = bindings["item.edit_outside"]
    assert edit_outside.key == "E,ctrl+e"
    assert edit_outside.action == "edit_outside"
    assert edit_outside.tooltip == "$VISUAL or $EDITOR."


def test_bindings_leave_keys_of_several_strokes_out() -> None:
    keys = [binding.key for binding in bindings_for("board", keymap())]
    assert not any(" " in key for key in keys)
    assert "apostrophe" not in ",".join(keys).split(",")


def test_help_lists_what_works_on_a_screen_its_own_actions_first() -> None:
    scopes = [action.scope for action in keymap().actions_of("item")]
    assert list(dict.fromkeys(scopes)) == ["item", "list", "global"]
