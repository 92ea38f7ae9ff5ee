"""Words of others, as hostile as they come, on every screen: what is drawn has the width of the screen, holds
no control or bidi characters, and runs nothing."""

import asyncio
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine.api import Acting
from engine.commands.attachments import AttachLink
from engine.commands.boards import CreateBoard, TrashBoard
from engine.commands.columns import AddColumn
from engine.commands.comments import AddComment
from engine.commands.groups import AddGroup
from engine.commands.items import AddItems, NewItem, SetValues, TrashItems
from engine.commands.members import AddPerson
from engine.commands.registry import Command
from engine.commands.views import SaveView
from engine.errors import ConneqtError
from tests.tui.at_rest import at_rest
from tests.tui.running import app_on, pressed, running, still, workspace
from tui.app import ConneqtApp

__all__ = ["still"]

CONTROLS = "\x1b[2J\x1b]0;title\x07\x1b]8;;https://example.org\x07link\x1b]8;;\x07\x9b31m\x85\x00\r\n\n\t\ufeffc"
TURNED = "\u202eabc\u2066\u200f\u2028\u200b\u200d" + "\u0301" * 40 + "e\u0301\U000e0041\ufdfd"
MARKUP = "[@click=app.quit]quit[/][red][/][link=file:///x]y[/link]\\[ =1+1"
WIDE = "漢字👩‍👩‍👧🏳️‍🌈🇩🇪ｗ" * 9
LONG = "x" * 10_000
WORDS = {
    "controls first": (CONTROLS, TURNED, MARKUP, WIDE),
    "wide first": (WIDE, MARKUP, CONTROLS, TURNED),
    "long first": (LONG, CONTROLS + WIDE, TURNED + LONG, MARKUP),
}
SCREENS: tuple[tuple[str, ...], ...] = (
    (), ("tab",), ("slash", *"pl", "enter"), ("l", "e"), ("l", "l", "e"), ("l", "l", "l", "l", "e"),
    ("r",), ("c", "c"), ("w",), ("M",), ("d", "d"), ("t",), ("t", "z", "d"), ("t", "enter"),
    ("enter",), ("enter", "G"), ("enter", "H"), ("enter", "r"), ("colon",), ("colon", *"pl"),
    ("question_mark",),
)  # fmt: skip
"""From the board on; each begins at the board anew."""
HOME_SCREENS: tuple[tuple[str, ...], ...] = (
    (),
    ("r",),
    ("d", "d"),
    ("T",),
    ("S",),
    ("w",),
    ("x",),
    ("f12",),
)


async def told_everywhere(acting: Acting, words: Sequence[str]) -> None:
    """A board whose every text is hostile; what is refused in words stays away."""
    one, two, three, four = words
    gone = CreateBoard(name=f"gone {two}")
    item = NewItem(id="i", name=f"item {one}")
    tries: tuple[Command, ...] = (
        AddPerson(member_id="p", name=f"p {three}"),
        CreateBoard(
            board_id="b", name="Plain", description=two, group="Plain", group_id="g",
            column_ids=("st", "pe", "du"),
        ),
        AddColumn(board_id="b", column_id="te", type="text", title=f"t {four}"),
        AddColumn(board_id="b", column_id="lo", type="long_text", title=f"l {one}"),
        AddGroup(board_id="b", name=f"g {three}"),
        AddItems(group_id="g", items=(NewItem(id="j", name="Plain"),)),
        AddItems(group_id="g", items=(item,)),
        AddItems(group_id="g", parent_id="j", items=(NewItem(name=f"sub {four}"),)),
        SetValues(item_ids=("i", "j"), values={"te": two, "pe": ["p"]}),
        SetValues(item_ids=("i", "j"), values={"lo": three}),
        AddComment(item_id="j", body=f"c {four}"),
        AttachLink(item_id="j", name=f"a {one}", url="https://example.org"),
        SaveView(board_id="b", name=f"v {two}"),
        AddItems(group_id="g", items=(NewItem(id="t", name=f"t {three}"),)),
        TrashItems(item_ids=("t",)),
        gone, TrashBoard(board_id=gone.board_id),
        CreateBoard(name=f"other {four}", description=one),
    )  # fmt: skip
    for command in tries:
        try:
            await acting.execute(command)
        except ConneqtError as error:
            assert str(error)


def assert_tame(pilot: Pilot[Any], where: str) -> None:
    """Each line has the width of the screen and nothing in it that a terminal would obey."""
    width = pilot.app.size.width
    for strip in pilot.app.screen._compositor.render_strips():
        assert strip.cell_length == width, (where, strip.text)
        wild = [c for c in strip.text if unicodedata.category(c) in ("Cc", "Zl", "Zp")]
        turned = [
            c for c in strip.text if unicodedata.bidirectional(c)[:2] in ("LR", "RL", "PD", "FS")
        ]
        assert not wild and not turned, (where, strip.text)
        for segment in strip:
            assert segment.style is None or not segment.style.link, (where, segment)
            assert segment.style is None or "@click" not in segment.style.meta, (where, segment)


async def closed(pilot: Pilot[Any]) -> None:
    """Everything that lies over the board or the home is put away, whatever it asks."""
    while len(pilot.app.screen_stack) > 2:
        pilot.app.screen.dismiss(None)
        await pilot.pause()
    await at_rest(pilot)


async def walk(app: ConneqtApp, words: Sequence[str]) -> None:
    async with running(app, (100, 30)) as pilot:
        for keys in SCREENS:
            await pressed(pilot, *keys)
            assert_tame(pilot, f"board {keys}")
            await closed(pilot)
            app.open_board("b", view="table")
            await at_rest(pilot)
        app.live.tell(words[0], error=True)
        await at_rest(pilot)
        assert_tame(pilot, "told")
        for keys in HOME_SCREENS:
            await closed(pilot)
            await pressed(pilot, *keys)
            assert_tame(pilot, f"home {keys}")


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_hostile_words_stay_words_on_every_screen(words: tuple[str, ...], still: Path) -> None:
    folder = workspace(still, lambda acting: told_everywhere(acting, words))
    app = app_on(folder, board="Plain", view="table")
    asyncio.run(walk(app, words))
    assert app.return_code in (None, 0)
