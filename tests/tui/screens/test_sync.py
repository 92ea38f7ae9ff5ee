"""The screen of sync, and the mark at the bottom of every screen."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.columns import AddColumn
from engine.commands.comments import AddComment
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from engine.commands.members import AddPerson
from engine.commands.views import SetPreference
from engine.errors import Invalid
from engine.model.conflict import Conflict
from engine.model.presence import Present
from engine.model.record import JSON
from engine.queries.conflicts import Conflicts
from engine.store.waiting import Link, hold, make_link, waiting, write_cursors
from engine.syncing import Device
from sync.client.loop import Mark, Standing
from sync.client.whereabouts import Whereabouts
from tests.engine.conftest import START
from tests.engine.members import add_record
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, typed, until, workspace
from tests.tui.test_hostile_words import WORDS, assert_tame, closed
from tui.widgets.confirm import Confirm
from tui.widgets.prompt import Prompt

__all__ = ["still"]

ITEM = "i0"


class NoServer:
    async def close(self) -> None:
        """Nothing was opened."""


class LoopAtRest:
    """In place of the loop with a server elsewhere: it only stands as it is told."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        self.server = NoServer()
        self.whereabouts = Whereabouts(self.server)  # type: ignore[arg-type]
        self.woken = self.recounted = 0

    async def run(self) -> None:
        """Nothing comes, nothing goes."""

    def wake(self) -> None:
        self.woken += 1

    async def recount(self) -> None:
        self.recounted += 1


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> LoopAtRest:
    made = LoopAtRest(Mark(standing=Standing.SYNCED))

    async def loop_of(acting: Acting, show: object) -> LoopAtRest | None:
        return None if await Device(acting).state() is None else made

    async def stays(acting: Acting, loop: object) -> None:
        """However long ago the last exchange was."""

    monkeypatch.setattr("tui.live.loop_of", loop_of)
    monkeypatch.setattr("tui.live.drop_if_too_long_away", stays)
    return made


async def linked(acting: Acting, *, board: bool = True) -> None:
    """A device of a server, with a board that was read."""
    if board:
        await launch(acting)
    mine = acting.actor.organization_id

    def link(connection: Connection) -> None:
        made = Link(
            server="https://work.example.org", token="a-token", epoch="e", member_id=acting.actor.user_id,
            last_n=0, acked_n=0, acked_id="", last_at=START - 120_000,
        )  # fmt: skip
        make_link(connection, mine, made, "replica")
        write_cursors(connection, mine, {"org": 1, "user:x": 1, "board:b": 1}, {})

    await acting.session.database.write(mine, link)


async def launch(acting: Acting) -> None:
    board = CreateBoard(
        board_id="b", name="Launch", group_id="g", group="To do", column_ids=("st", "pe", "du")
    )
    items = (NewItem(id=ITEM, name="Write the notes"), NewItem(id="i1", name="Tag the commit"))
    await acting.execute(
        board, AddItems(group_id="g", items=items), AddPerson(member_id="p", name="Release manager")
    )


async def busy(acting: Acting) -> None:
    """Something waits, something was refused, and two edits met somebody else's."""
    await linked(acting)
    await acting.execute(RenameItem(item_id="i1", name="Tag the right commit"))
    await acting.execute(AddComment(item_id=ITEM, body="Said offline"))
    await acting.execute(RenameItem(item_id=ITEM, name="Write the release notes"))
    mine = acting.actor.organization_id

    def refuse(connection: Connection) -> None:
        (last,) = [
            one.command for one in waiting(connection, mine)
            if one.command.arguments.get("name") == "Write the release notes"
        ]  # fmt: skip
        kept = replace(last, id="refused")
        hold(
            connection,
            mine,
            kept,
            "forbidden",
            "Your role here is viewer; this needs member.",
            START,
        )

    await acting.session.database.write(mine, refuse)
    me = acting.actor.user_id
    for id, field, lost, won in (
        ("c1", "name", "Write all the notes", "Write the notes"),
        ("c2", "values.st", "stuck", "done"),
    ):
        await add_record(
            acting,
            Conflict(
                id=id, member_id=me, board_id="b", item_id=ITEM, entity="item", entity_id=ITEM,
                field=field, lost=lost, won=won, won_by="p" if id == "c1" else "", at=START,
            ),
        )  # fmt: skip


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_what_waits_was_refused_and_met_others(
    still: Path, loop: LoopAtRest, snap_compare: Any, size: tuple[int, int]
) -> None:
    loop.mark = Mark(standing=Standing.NEEDS_YOU, waiting=3, held=1)
    assert snap_compare(app_on(workspace(still, busy)), terminal_size=size, run_before=after("f12"))


def test_everything_is_there(still: Path, loop: LoopAtRest, snap_compare: Any) -> None:
    assert snap_compare(
        app_on(workspace(still, linked)), terminal_size=(80, 24), run_before=after("f12")
    )


def test_a_local_workspace_says_how_to_join(still: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(workspace(still)), terminal_size=(80, 24), run_before=after("f12"))


def test_in_the_light(still: Path, loop: LoopAtRest, snap_compare: Any) -> None:
    loop.mark = Mark(standing=Standing.OFFLINE, waiting=3, since=START - 3_600_000)

    async def lit(pilot: Any) -> None:
        pilot.app.theme = "conneqtos-light"
        await pressed(pilot, "f12")

    assert snap_compare(app_on(workspace(still, busy)), terminal_size=(120, 40), run_before=lit)


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (Mark(standing=Standing.SYNCED), "synced"),
        (Mark(standing=Standing.SYNCED, conflicts=2), "synced, 2 to look at"),
        (Mark(standing=Standing.SYNCING), "syncing"),
        (Mark(standing=Standing.SYNCING, waiting=3), "3 waiting"),
        (Mark(standing=Standing.SYNCING, boards=(2, 7)), "reading boards 2/7"),
        (Mark(standing=Standing.SYNCED, bytes=(3 << 20, 12 << 20)), "sending a file 25 %"),
        (Mark(standing=Standing.OFFLINE, since=START - 60_000), "offline since"),
        (Mark(standing=Standing.OFFLINE, waiting=1_204, since=START), "1,204 waiting"),
        (Mark(standing=Standing.NEEDS_YOU, held=2), "2 refused"),
        (Mark(standing=Standing.NEEDS_YOU), "sign in again"),
        (Mark(standing=Standing.NEEDS_YOU, taking=True), "not taken"),
        (Mark(standing=Standing.SYNCING, taking=True, bytes=(34, 100)), "going to the server 34 %"),
    ],
)
@pytest.mark.parametrize("width", [120, 80, 50])
async def test_each_standing_has_its_words_and_they_are_never_cut(
    still: Path, loop: LoopAtRest, mark: Mark, words: str, width: int
) -> None:
    loop.mark = mark
    folder = await asyncio.to_thread(workspace, still, linked)
    async with running(app_on(folder), (width, 24)) as pilot:
        last = drawn(pilot).rstrip().splitlines()[-1]
        assert words in last
        assert len(last) <= width


async def test_beside_the_longest_mark_there_is_room_for_the_key_that_shows_all_keys(
    still: Path, loop: LoopAtRest
) -> None:
    loop.mark = Mark(standing=Standing.OFFLINE, since=START, waiting=1_200)
    folder = await asyncio.to_thread(workspace, still, linked)
    async with running(app_on(folder), (80, 24)) as pilot:
        assert "? help" in drawn(pilot).splitlines()[-1]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_boards_that_are_being_read_have_a_bar(
    still: Path, loop: LoopAtRest, snap_compare: Any, size: tuple[int, int]
) -> None:
    loop.mark = Mark(standing=Standing.SYNCING, boards=(2, 7))
    assert snap_compare(app_on(workspace(still, linked)), terminal_size=size, run_before=after())


async def test_while_no_board_is_here_yet_none_is_said_to_be_missing(
    still: Path, loop: LoopAtRest
) -> None:
    async def empty(acting: Acting) -> None:
        await linked(acting, board=False)

    loop.mark = Mark(standing=Standing.SYNCING, boards=(0, 7))
    folder = await asyncio.to_thread(workspace, still, empty)
    async with running(app_on(folder)) as pilot:
        assert "0 of 7" in drawn(pilot) and "no board here" not in drawn(pilot)


async def test_while_boards_are_read_none_of_them_is_said_to_be_gone(
    still: Path, loop: LoopAtRest
) -> None:
    async def elsewhere(acting: Acting) -> None:
        await linked(acting)
        await acting.execute(SetPreference(name="last:board", value="comes-later"))

    loop.mark = Mark(standing=Standing.SYNCING, boards=(2, 7))
    folder = await asyncio.to_thread(workspace, still, elsewhere)
    async with running(app_on(folder)) as pilot:
        assert "reading boards 2/7" in drawn(pilot) and "any more" not in drawn(pilot)
        pilot.app.open_board("comes-later")
        await until(pilot, lambda: "not come from the server yet" in drawn(pilot))
        pilot.app.live.mark = Mark(standing=Standing.SYNCED)
        pilot.app.open_board("comes-later")
        await until(pilot, lambda: "This board is not there any more." in drawn(pilot))


THREE: Final = tuple(
    Present(member_id=id, board_id="b", number=number)
    for id, number in (("p", 2), ("q", 0), ("r", 7))
)


@pytest.mark.parametrize("width", [120, 40])
async def test_a_board_says_who_else_is_on_it_and_where(
    still: Path, loop: LoopAtRest, width: int
) -> None:
    loop.mark = Mark(standing=Standing.SYNCED, people=THREE[:1])
    folder = await asyncio.to_thread(workspace, still, linked)
    async with running(app_on(folder, board="Launch"), (width, 24)) as pilot:
        await pressed(pilot)
        title = drawn(pilot).splitlines()[0]
        assert ("with Release manager on “Tag the commit”" if width > 100 else "+1 here") in title
        pilot.app.live._show_mark(replace(loop.mark, people=()))
        await pressed(pilot)
        title = drawn(pilot).splitlines()[0]
        assert "with" not in title and "here" not in title


async def test_who_does_not_want_to_be_seen_is_not(still: Path, loop: LoopAtRest) -> None:
    folder = await asyncio.to_thread(workspace, still, linked)
    app = app_on(folder, board="Launch")
    async with running(app) as pilot:
        await pressed(pilot, "j")
        assert loop.whereabouts._now.board_id == "b"
        app.settings = replace(app.settings, presence=False)
        await pressed(pilot, "j")
        assert loop.whereabouts._now.board_id == ""


async def test_a_refused_command_is_edited_and_waits_again(still: Path, loop: LoopAtRest) -> None:
    folder = await asyncio.to_thread(workspace, still, busy)
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "f12", "enter", "enter")
        await pressed(pilot, "ctrl+u")
        await typed(pilot, "Write fewer notes")
        await pressed(pilot, "enter")
        device = Device(pilot.app.live.acting)
        assert await device.held() == []
        assert "Write fewer notes" in [
            one.command.arguments.get("name") for one in await device.waiting()
        ]
        assert "REFUSED" not in drawn(pilot)


def refusing(*wanted: str) -> Any:
    """A device whose server has refused the last of its commands of these kinds, for no good reason."""

    async def fill(acting: Acting) -> None:
        await linked(acting)
        await acting.execute(AddColumn(board_id="b", column_id="n", type="number", title="Cost"))
        await acting.execute(SetValues(item_ids=(ITEM,), values={"n": "12.5"}))
        await acting.execute(AddComment(item_id=ITEM, body="Two\nlines"))
        await acting.execute(AddItems(group_id="g", items=(NewItem(name="Tag it"),)))
        mine = acting.actor.organization_id

        def refuse(connection: Connection) -> None:
            for one in waiting(connection, mine):
                if one.command.op in wanted:  # what it made here is not there any more
                    anew = {
                        AddComment.OP: {"comment_id": "c"},
                        AddItems.OP: {"items": [{"id": "anew", "name": "Tag it", "values": {"n": "7"}}]},
                    }  # fmt: skip
                    said = {**one.command.arguments, **anew.get(one.command.op, {})}
                    kept = replace(one.command, id="refused", arguments=said)
                    hold(connection, mine, kept, "forbidden", "Not now.", START)

        await acting.session.database.write(mine, refuse)

    return fill


async def test_a_refused_value_is_edited_by_the_editor_of_its_column(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, refusing(SetValues.OP))
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "f12", "enter", "enter")
        await pressed(pilot, "ctrl+u")
        await typed(pilot, "a lot")
        await pressed(pilot, "enter")
        assert isinstance(pilot.app.screen, Prompt)  # that is no number
        await pressed(pilot, "ctrl+u")
        await typed(pilot, "99")
        await pressed(pilot, "enter")
        device = Device(pilot.app.live.acting)
        assert await device.held() == []
        assert (await device.waiting())[-1].command.arguments["values"] == {"n": "99"}


async def test_a_refused_comment_is_edited_with_all_its_lines(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, refusing(AddComment.OP))
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "f12", "enter", "enter")
        await typed(pilot, "More: ")
        await pressed(pilot, "ctrl+s")
        device = Device(pilot.app.live.acting)
        assert await device.held() == []
        assert (await device.waiting())[-1].command.arguments["body"] == "More: Two\nlines"


async def test_a_refused_new_item_is_edited_by_its_name_and_keeps_the_rest(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, refusing(AddItems.OP))
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "f12", "enter", "enter", "ctrl+u")
        await typed(pilot, "Tag the commit twice")
        await pressed(pilot, "enter")
        device = Device(pilot.app.live.acting)
        assert await device.held() == []
        assert (await device.waiting())[-1].command.arguments["items"] == [
            {"id": "anew", "name": "Tag the commit twice", "values": {"n": "7"}}
        ]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
async def test_words_of_a_hostile_server_and_of_others_stay_words(
    still: Path, loop: LoopAtRest, words: tuple[str, ...]
) -> None:
    one, two, three, four = words

    async def hostile(acting: Acting) -> None:
        await linked(acting)
        await acting.execute(AddComment(item_id=ITEM, body=f"Mine {one}"))
        mine = acting.actor.organization_id

        def refuse(connection: Connection) -> None:
            (last,) = [one.command for one in waiting(connection, mine) if "body" in one.command.arguments]  # fmt: skip
            hold(connection, mine, replace(last, id="r"), two, three, START)
            values: JSON = {"st": one, "du": two, "pe": [three], four: {one: two}}
            wild: dict[str, JSON] = {"item_ids": [ITEM, one], "values": values}
            hold(connection, mine, replace(last, id="v", op=SetValues.OP, arguments=wild), one, four, START)  # fmt: skip

        await acting.session.database.write(mine, refuse)
        for id, field, won in (
            ("c", "name", {one: [two]}),
            ("d", "values.du", one),
            ("e", two, [3]),
        ):
            await add_record(
                acting,
                Conflict(
                    id=id, member_id=acting.actor.user_id, board_id="b", item_id=ITEM, entity="item",
                    entity_id=ITEM, field=field, lost=four, won=won, won_by="p", at=START,
                ),
            )  # fmt: skip

    loop.mark = Mark(standing=Standing.OFFLINE, reason=one, since=START)
    folder = await asyncio.to_thread(workspace, still, hostile)
    async with running(app_on(folder), (100, 30)) as pilot:
        await pressed(pilot, "f12")
        assert_tame(pilot, "sync")
        for keys in (("enter",), ("enter", "enter"), ("j", "enter"), ("j", "j", "enter")):
            await pressed(pilot, *keys)
            assert_tame(pilot, f"sync {keys}")
            await closed(pilot)
            await pressed(pilot, "f12")


async def test_what_was_refused_is_let_go_only_by_a_second_word(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, busy)
    async with running(app_on(folder)) as pilot:
        device = Device(pilot.app.live.acting)
        await pressed(pilot, "f12", "enter", "down", "down", "enter")
        assert isinstance(pilot.app.screen, Confirm)
        await pressed(pilot, "n")
        assert len(await device.held()) == 1
        await pressed(pilot, "enter", "down", "down", "enter", "y")
        assert await device.held() == []
        assert "REFUSED" not in drawn(pilot)


async def test_a_conflict_is_put_away_or_taken_back(still: Path, loop: LoopAtRest) -> None:
    folder = await asyncio.to_thread(workspace, still, busy)
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "f12", "j", "j", "enter", "enter")  # take mine
        device = Device(pilot.app.live.acting)
        said = [one.command.arguments.get("name") for one in await device.waiting()]
        assert "Write all the notes" in said
        left = await pilot.app.live.query(Conflicts())
        assert [one.field for one in left] == ["values.st"]
        await pressed(pilot, "s")
        assert loop.woken == 1


async def test_both_values_of_a_conflict_are_there_to_choose_from_as_cells_show_them(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, busy)
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "f12")
        lines = [line.strip(" ▌") for line in drawn(pilot).splitlines()]
        at = next(n for n, line in enumerate(lines) if "Write the release notes · Status" in line)
        assert "Launch" in lines[at]
        assert lines[at + 1 : at + 3] == ["Yours: Stuck", "Somebody else: Done"]
        await pressed(pilot, "j", "enter")
        assert "take mine   Stuck" in drawn(pilot) and "(nothing) stays" in drawn(pilot)


async def test_what_is_tried_again_and_cannot_be_stays_with_its_reason(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, busy)
    async with running(app_on(folder)) as pilot:
        device = Device(pilot.app.live.acting)
        with pytest.raises(Invalid):
            await device.retry("refused", {"name": ""})
        assert [one.command.id for one in await device.held()] == ["refused"]
