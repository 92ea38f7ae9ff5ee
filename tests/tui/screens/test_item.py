"""The item panel as a person uses it: values, subitems, comments with drafts, files, history."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import Struct
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from engine.api import Acting
from engine.commands.boards import TrashBoard
from engine.commands.comments import AddComment
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues, TrashItems
from engine.commands.trash import EmptyTrash
from engine.model.actor import Role
from engine.model.organization import Member
from engine.queries.item_detail import ItemDetail, ItemWhole
from tests.engine.boards import Sample, sample_board
from tests.engine.members import add_account
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import OneScreen, drawn, showing
from tui.screens.item import ItemScreen
from tui.screens.item_comments import KEPT_AFTER


class Shown(Struct):
    pilot: Pilot[None]
    sample: Sample
    acting: Acting

    @property
    def screen(self) -> ItemScreen:
        found = next(s for s in self.app.screen_stack if isinstance(s, ItemScreen))
        return found

    @property
    def app(self) -> OneScreen:
        assert isinstance(self.pilot.app, OneScreen)
        return self.pilot.app

    @property
    def picture(self) -> str:
        return drawn(self.pilot)

    async def keys(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await at_rest(self.pilot)

    async def type(self, text: str) -> None:
        await self.keys(*("space" if letter == " " else letter for letter in text))

    async def fill(self, text: str) -> None:
        """Put a text into the open prompt and press enter."""
        self.app.screen.query_one(Input).value = text
        await self.keys("enter")

    async def to(self, key: str) -> None:
        self.screen.entries.go_to(key)
        await at_rest(self.pilot)

    async def item(self, place: int = 0) -> ItemWhole:
        return await self.acting.query(ItemDetail(item_id=self.sample.items[place]))


@asynccontextmanager
async def panel(
    acting: Acting, *, size: tuple[int, int] = (120, 40), sample: Sample | None = None
) -> AsyncIterator[Shown]:
    made = sample or await sample_board(acting, items=3)
    async with showing(acting, size=size) as pilot:
        live = pilot.app.live  # type: ignore[attr-defined]
        await pilot.app.push_screen(ItemScreen(live, made.items[0]))
        await at_rest(pilot)
        yield Shown(pilot, made, acting)


async def test_the_panel_shows_name_place_and_every_column(acting: Acting) -> None:
    async with panel(acting) as shown:
        assert "Plan › First" in shown.picture
        assert "#1 · 1/3" in shown.picture
        titles = ["Status", "People", "Date", "Number", "Text", "Tags", "Checkbox", "Link"]
        assert [title in shown.picture for title in titles] == [True] * 8


async def test_a_narrow_screen_is_filled_by_the_panel(acting: Acting) -> None:
    async with panel(acting, size=(40, 12)) as shown:
        assert shown.screen.query_one("#item-panel").size.width >= 38
        assert "Item 1" in shown.picture


async def test_the_name_is_edited_where_it_stands(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("enter")
        await shown.fill("Renamed")
        assert (await shown.item()).item.name == "Renamed"
        assert "Renamed" in shown.picture


async def test_a_value_is_typed_set_cleared_and_taken_back(acting: Acting) -> None:
    async with panel(acting) as shown:
        number = shown.sample.columns["number"]
        await shown.to(f"column:{number}")
        await shown.keys("enter")
        await shown.fill("12.50")
        assert (await shown.item()).item.values[number] == "12.5"
        await shown.keys("x")
        assert (await shown.item()).item.values.get(number) is None
        await shown.keys("u")
        assert (await shown.item()).item.values[number] == "12.5"


async def test_what_was_written_meanwhile_is_in_the_text_too(acting: Acting) -> None:
    async with panel(acting) as shown:
        text, item = shown.sample.columns["long_text"], shown.sample.items[0]
        await acting.execute(SetValues(item_ids=(item,), values={text: "one two three"}))
        await shown.to(f"column:{text}")
        await shown.keys("e", "end")
        await shown.type(" CAROL")
        await acting.execute(SetValues(item_ids=(item,), values={text: "ADA one two three"}))
        await shown.keys("ctrl+s")
        assert (await shown.item()).item.values[text] == "ADA one two three CAROL"
        assert "both are in it" in shown.app.told[-1]


@pytest.mark.parametrize(("key", "kept"), [("y", "Item 1 Carol"), ("n", "Ada"), ("escape", "Ada")])
async def test_of_two_names_the_person_who_saves_later_chooses(
    acting: Acting, key: str, kept: str
) -> None:
    async with panel(acting) as shown:
        await shown.keys("r")
        await shown.type(" Carol")
        await acting.execute(RenameItem(item_id=shown.sample.items[0], name="Ada"))
        await shown.keys("enter", "enter")
        assert "changed meanwhile, to: Ada" in shown.picture and "Item 1 Carol" in shown.picture
        assert (await shown.item()).item.name == "Ada"
        await shown.keys(key)
        assert (await shown.item()).item.name == kept


async def test_a_text_in_the_persons_editor_is_put_together_with_what_came_meanwhile(
    acting: Acting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with panel(acting) as shown:
        text, item = shown.sample.columns["long_text"], shown.sample.items[0]
        await acting.execute(SetValues(item_ids=(item,), values={text: "one two three"}))
        await shown.to(f"column:{text}")

        async def edited(app: object, shown: str) -> str:
            await acting.execute(SetValues(item_ids=(item,), values={text: f"ADA {shown}"}))
            return f"{shown} CAROL"

        monkeypatch.setattr("tui.screens.item_fields.edit_outside", edited)
        await shown.keys("E")
        assert (await shown.item()).item.values[text] == "ADA one two three CAROL"


async def test_a_checkbox_is_turned_by_one_key(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.to(f"column:{shown.sample.columns['checkbox']}")
        await shown.keys("space")
        assert (await shown.item()).item.values[shown.sample.columns["checkbox"]] is True


async def test_subitems_are_added_one_after_the_other_until_esc(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("o")
        await shown.fill("Call")
        await shown.fill("Order")
        await shown.keys("escape")
        assert [item.name for item in (await shown.item()).subitems] == ["Call", "Order"]
        assert "0 of 2 done" in shown.picture


async def test_a_subitem_is_ticked_and_opened_and_esc_leads_back(acting: Acting) -> None:
    async with panel(acting) as shown:
        add = NewItem(name="Call")
        group = shown.sample.groups[0]
        await acting.execute(
            AddItems(group_id=group, parent_id=shown.sample.items[0], items=(add,))
        )
        await at_rest(shown.pilot)
        await shown.to(f"subitem:{add.id}")
        await shown.keys("space")
        assert "1 of 1 done" in shown.picture
        await shown.keys("enter")
        assert "Plan › First › Item 1" in shown.picture
        await shown.keys("escape")
        assert "1 of 1 done" in shown.picture
        assert shown.screen.entries.key == f"subitem:{add.id}"


async def test_a_comment_of_several_lines_is_written_and_sent(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("c")
        await shown.type("One j")
        await shown.keys("enter")
        await shown.type("two q")
        await shown.keys("ctrl+s")
        assert [comment.body for comment in (await shown.item()).comments] == ["One j\ntwo q"]
        assert "two q" in shown.picture
        assert not shown.screen.composer.is_open


async def test_an_own_comment_is_edited_and_deleted_and_comes_back(acting: Acting) -> None:
    async with panel(acting) as shown:
        comment = AddComment(item_id=shown.sample.items[0], body="First")
        await acting.execute(comment)
        await at_rest(shown.pilot)
        await shown.to(f"comment:{comment.comment_id}")
        await shown.keys("e")
        await shown.type(" thought")
        await shown.keys("ctrl+s")
        assert (await shown.item()).comments[0].body == "First thought"
        assert "edited" in shown.picture
        await shown.keys("D")
        assert (await shown.item()).comments == ()
        await shown.keys("u")
        assert len((await shown.item()).comments) == 1


async def test_a_draft_survives_leaving_the_panel(acting: Acting) -> None:
    sample = await sample_board(acting, items=3)
    async with panel(acting, sample=sample) as shown:
        await shown.keys("c")
        await shown.type("Half a")
        await shown.keys("escape")
        assert "Go on writing: Half a" in shown.picture
        kept = shown.app.live.preferences
        await shown.keys("escape")
    async with panel(acting, sample=sample) as shown:
        shown.app.live.preferences = kept
        await shown.keys("c")
        assert shown.screen.query_one(TextArea).text == "Half a"


async def test_a_draft_is_stored_while_typing_so_a_cut_line_loses_nothing(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("c")
        await shown.type("Half a")
        await shown.pilot.pause(KEPT_AFTER * 2)
        stored = shown.app.live.preference(f"draft:{shown.sample.items[0]}")
        assert stored == {"text": "Half a", "comment": ""}


async def test_a_sent_comment_leaves_no_draft(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("c")
        await shown.type("Done")
        await shown.keys("ctrl+s")
        await shown.pilot.pause(KEPT_AFTER * 2)
        assert shown.app.live.preference(f"draft:{shown.sample.items[0]}") is None


async def test_an_empty_comment_is_refused_and_stays_open(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("c", "ctrl+s")
        assert "empty" in shown.app.told[-1]
        assert shown.screen.composer.is_open


async def test_a_change_from_elsewhere_is_shown_and_leaves_the_draft_alone(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("c")
        await shown.type("Half a")
        await acting.execute(RenameItem(item_id=shown.sample.items[0], name="Changed elsewhere"))
        await at_rest(shown.pilot)
        assert "Changed elsewhere" in shown.picture
        assert shown.screen.query_one(TextArea).text == "Half a"
        assert shown.screen.query_one(TextArea).has_focus


async def test_the_persons_editor_writes_the_comment(
    acting: Acting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EDITOR", _script(tmp_path, 'printf "From the editor\\n" >> "$1"'))
    monkeypatch.delenv("VISUAL", raising=False)
    async with panel(acting) as shown:
        _let_suspend(shown.app, monkeypatch)
        await shown.keys("c")
        await shown.type("Start ")
        await shown.keys("ctrl+e")
        assert shown.screen.composer.text == "Start From the editor"


async def test_an_editor_that_fails_leaves_the_text_as_it_was(
    acting: Acting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EDITOR", _script(tmp_path, 'printf "lost" > "$1"; exit 1'))
    monkeypatch.delenv("VISUAL", raising=False)
    async with panel(acting) as shown:
        _let_suspend(shown.app, monkeypatch)
        await shown.keys("c")
        await shown.type("Kept")
        await shown.keys("ctrl+e")
        assert shown.screen.composer.text == "Kept"
        assert "as it was" in shown.app.told[-1]


async def test_a_file_goes_in_and_comes_out_as_it_was(acting: Acting, tmp_path: Path) -> None:
    source = tmp_path / "report.bin"
    source.write_bytes(bytes(range(256)) * 5_000)
    target = tmp_path / "out" / "copy.bin"
    target.parent.mkdir()
    async with panel(acting) as shown:
        await shown.keys("a")
        await shown.fill(str(source))
        await _until_closed(shown)
        assert "report.bin" in shown.picture
        assert "1.3 MB" in shown.picture
        (attachment,) = (await shown.item()).attachments
        await shown.to(f"file:{attachment.id}")
        await shown.keys("s")
        await shown.fill(str(target))
        await _until_closed(shown)
        assert target.read_bytes() == source.read_bytes()
        assert [path.name for path in target.parent.iterdir()] == ["copy.bin"]


async def test_saving_never_writes_over_another_file(acting: Acting, tmp_path: Path) -> None:
    source = tmp_path / "report.txt"
    source.write_text("first")
    async with panel(acting) as shown:
        await shown.keys("a")
        await shown.fill(str(source))
        await _until_closed(shown)
        await shown.to(f"file:{(await shown.item()).attachments[0].id}")
        await shown.keys("s")
        await shown.fill(str(source))
        assert "is there already" in shown.picture
        assert source.read_text() == "first"


async def test_a_path_that_is_not_there_is_said_at_once(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("a")
        await shown.fill("/no/such/file")
        assert "There is no file" in shown.picture


async def test_a_link_is_attached_renamed_copied_and_removed(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("A")
        await shown.fill("https://example.org/spec")
        attachment = (await shown.item()).attachments[0]
        await shown.to(f"file:{attachment.id}")
        await shown.keys("y")
        assert shown.app.clipboard == "https://example.org/spec"
        await shown.keys("e")
        await shown.fill("The spec")
        assert "The spec" in shown.picture
        await shown.keys("D")
        assert (await shown.item()).attachments == ()


async def test_the_history_says_who_did_what_and_what_it_was_before(acting: Acting) -> None:
    async with panel(acting) as shown:
        status = shown.sample.columns["status"]
        for label in ("todo", "done"):
            await acting.execute(
                SetValues(item_ids=(shown.sample.items[0],), values={status: label})
            )
        await acting.execute(RenameItem(item_id=shown.sample.items[0], name="Other"))
        await shown.keys("H")
        assert "Owner" in shown.picture
        assert "Status: To do → Done" in shown.picture
        assert "Name: “Item 1” → “Other”" in shown.picture
        await shown.keys("escape")
        assert "COMMENTS" in shown.picture


async def test_the_neighbours_follow_in_the_order_of_the_board(acting: Acting) -> None:
    async with panel(acting) as shown:
        key = f"column:{shown.sample.columns['date']}"
        await shown.to(key)
        await shown.keys("n", "n")
        assert "#3 · 3/3" in shown.picture
        assert shown.screen.entries.key == key
        await shown.keys("n")
        assert shown.app.told[-1] == "This is the last item."
        await shown.keys("p")
        assert "#2 · 2/3" in shown.picture


async def test_an_item_put_away_elsewhere_says_so(acting: Acting) -> None:
    async with panel(acting) as shown:
        await acting.execute(TrashItems(item_ids=(shown.sample.items[0],)))
        await at_rest(shown.pilot)
        assert "in the trash" in shown.picture


async def test_an_item_whose_board_was_put_away_says_so_and_keeps_the_comment_in_writing(
    acting: Acting,
) -> None:
    async with panel(acting) as shown:
        await shown.keys("c")
        await shown.type("Hello")
        await acting.execute(TrashBoard(board_id=(await shown.item()).item.board_id))
        await at_rest(shown.pilot)
        await shown.keys("ctrl+s")
        assert shown.app.told[-1].startswith("This board is in the trash.")
        assert shown.screen.composer.text == "Hello"
        assert "#1 · board in the trash · 1/3" in shown.picture
        assert not (await shown.item()).comments


async def test_an_item_that_is_gone_for_good_closes_its_panel(acting: Acting) -> None:
    async with panel(acting) as shown:
        item = shown.sample.items[0]
        await acting.execute(TrashItems(item_ids=(item,)))
        await acting.execute(EmptyTrash(records=(("item", item),)))
        await at_rest(shown.pilot)
        assert not any(isinstance(screen, ItemScreen) for screen in shown.app.screen_stack)
        assert shown.app.told[-1] == "This item is not there any more."


async def test_a_comment_in_writing_is_shown_when_its_item_is_gone_for_good(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("c")
        await shown.type("Hello")
        for command in (
            TrashItems(item_ids=(shown.sample.items[0],)),
            EmptyTrash(records=(("item", shown.sample.items[0]),)),
        ):
            await acting.execute(command)
        await at_rest(shown.pilot)
        await shown.keys("d", "d", "enter")
        assert "This item is not there any more." in shown.picture and "Hello" in shown.picture


async def test_a_viewer_sees_everything_and_changes_nothing(acting: Acting) -> None:
    sample = await sample_board(acting, items=1)
    await add_account(acting, Member(id="viewer", name="Viewer", role=Role.VIEWER))
    actor = acting.actor.__class__(
        organization_id=acting.actor.organization_id, user_id="viewer", device="test"
    )
    async with panel(acting.engine.acting_as(actor), sample=sample) as shown:
        assert "Add subitem" not in shown.picture
        await shown.keys("enter", "c")
        assert set(shown.app.told) == {"You may look at this item, but not change it."}
        assert (await shown.item()).item.name == "Item 1"


async def test_pasted_text_becomes_a_comment_to_go_on_with(acting: Acting) -> None:
    async with panel(acting) as shown:
        shown.screen.post_message(events.Paste("Pasted\ntext"))
        await at_rest(shown.pilot)
        assert shown.screen.composer.text == "Pasted\ntext"


async def test_a_hostile_comment_is_drawn_harmlessly(acting: Acting) -> None:
    async with panel(acting) as shown:
        body = "look \x1b]52;c;eA==\x07 here \u202etxt"
        await acting.execute(AddComment(item_id=shown.sample.items[0], body=body))
        await at_rest(shown.pilot)
        assert "look" in shown.picture
        assert not {"\x1b", "\x07", "\u202e"} & set(shown.picture)


async def _until_closed(shown: Shown) -> None:
    """Wait until the progress window is gone."""
    while len(shown.app.screen_stack) > 2:
        await shown.pilot.pause()
    await at_rest(shown.pilot)


def _script(folder: Path, body: str) -> str:
    script = folder / "editor.sh"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o700)
    return str(script)


def _let_suspend(app: OneScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's app has no terminal to hand over; everything else is real."""
    from contextlib import nullcontext

    monkeypatch.setattr(app, "suspend", nullcontext)


async def test_keys_typed_ahead_go_to_the_window_that_the_first_one_opens(acting: Acting) -> None:
    async with panel(acting) as shown:
        for key in ("o", "H", "i"):
            shown.app.post_message(_key(key))
        await at_rest(shown.pilot)
        assert shown.app.screen.query_one(Input).value == "Hi"
        await shown.keys("escape")
        for key in ("c", "H", "j"):
            shown.app.post_message(_key(key))
        await at_rest(shown.pilot)
        assert shown.screen.composer.text == "Hj"


async def test_a_count_moves_so_many_lines(acting: Acting) -> None:
    async with panel(acting) as shown:
        await shown.keys("3", "j")
        assert shown.screen.entries.key == f"column:{shown.sample.columns['date']}"
        await shown.keys("g", "g")
        assert shown.screen.entries.key == "name"


def _key(key: str) -> events.Key:
    return events.Key(key, key if len(key) == 1 else None)
