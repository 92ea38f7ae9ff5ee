"""The kanban as a person uses it: keys, mouse, selection, and what is drawn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from engine.api import Acting
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from tests.engine.boards import Sample, sample_board
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import drawn, showing
from tui.board_source import NO_LANE, BoardSource
from tui.lane_moves import move_to_lane
from tui.live import Changed
from tui.widgets.board_messages import AddToLane, DropItem, OpenItem, ToggleLane
from tui.widgets.kanban import KanbanView


class KanbanScreen(Screen[None]):
    """The kanban alone, doing what it asks for."""

    def __init__(self, source: BoardSource) -> None:
        super().__init__()
        self.source = source
        self.asked: list[object] = []

    def compose(self) -> ComposeResult:
        yield KanbanView(self.source)

    async def press(self, event: object) -> bool:
        return False

    async def on_mount(self) -> None:
        await self.source.load()
        self.query_one(KanbanView).show()

    async def on_changed(self, message: Changed) -> None:
        await self.source.load()
        self.query_one(KanbanView).show()

    async def on_drop_item(self, message: DropItem) -> None:
        self.asked.append(message)
        await move_to_lane(
            self.source, message.number, message.lane_key, message.after, message.origin
        )

    def on_open_item(self, message: OpenItem) -> None:
        self.asked.append(message)

    def on_add_to_lane(self, message: AddToLane) -> None:
        self.asked.append(message)

    def on_toggle_lane(self, message: ToggleLane) -> None:
        self.source.collapsed ^= {message.lane_key}
        self.query_one(KanbanView).show()


class Shown(Struct):
    pilot: Pilot[None]
    sample: Sample
    source: BoardSource
    view: KanbanView
    screen: KanbanScreen

    @property
    def name(self) -> str:
        """The name of the item under the cursor."""
        return "" if self.view.row is None else self.view.row.item.name

    def names(self, key: str) -> list[str]:
        """The names in one lane."""
        lane = next(lane for lane in self.source.lanes if lane.key == key)
        rows = [self.source.row(number) for number in lane.numbers]
        return [row.item.name for row in rows if row is not None]


@asynccontextmanager
async def kanban(
    acting: Acting, *, lane_by: str = "group", items: int = 6, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Shown]:
    sample = await sample_board(acting, items=items)
    async with showing(acting, size=size) as pilot:
        source = BoardSource(pilot.app.live, sample.board)  # type: ignore[attr-defined]
        source.lane_by = sample.columns.get(lane_by, "group")
        screen = KanbanScreen(source)
        await pilot.app.push_screen(screen)
        await at_rest(pilot)
        view = screen.query_one(KanbanView)
        view.focus()
        yield Shown(pilot, sample, source, view, screen)


async def test_every_lane_has_its_name_and_count(acting: Acting) -> None:
    async with kanban(acting, lane_by="status") as shown:
        head = drawn(shown.pilot).splitlines()[0]
        assert [word in head for word in ("To do", "Working on", "Stuck", "Done")] == [True] * 4
        assert "No status" in head or "›" in head


async def test_a_lane_above_its_limit_says_so_without_colour(acting: Acting) -> None:
    async with kanban(acting) as shown:
        shown.view.limits = {shown.sample.groups[0]: 5}
        shown.view.forget_drawing()
        await at_rest(shown.pilot)
        assert "6/5!" in drawn(shown.pilot).splitlines()[0]


async def test_the_cursor_stays_at_its_height_between_lanes(acting: Acting) -> None:
    async with kanban(acting) as shown:
        second = tuple(NewItem(name=f"Other {n}") for n in range(6))
        await acting.execute(AddItems(group_id=shown.sample.groups[1], items=second))
        await at_rest(shown.pilot)
        await shown.view.move(3)
        await shown.view.move_lane(1)
        assert shown.name == "Other 3"
        shown.view.move_column(-1)
        assert shown.name == "Item 4"


async def test_an_empty_lane_can_be_reached_and_says_how_to_add(acting: Acting) -> None:
    async with kanban(acting) as shown:
        await shown.view.move_lane(1)
        assert shown.source.cursor is None
        assert shown.view.lane_key == shown.sample.groups[1]
        assert "+ Add item" in drawn(shown.pilot)


async def test_a_card_moves_to_the_next_lane_and_the_cursor_with_it(acting: Acting) -> None:
    async with kanban(acting, lane_by="status") as shown:
        await shown.view.go_to(shown.source.lanes[-1].numbers[2], NO_LANE)
        shown.view.move_card(-1)
        await at_rest(shown.pilot)
        assert shown.names("done") == ["Item 3"]
        assert shown.name == "Item 3"
        assert shown.view.lane_key == "done"


async def test_a_card_moves_within_its_group(acting: Acting) -> None:
    async with kanban(acting) as shown:
        shown.view.shift_card(2)
        await at_rest(shown.pilot)
        assert shown.names(shown.sample.groups[0])[:3] == ["Item 2", "Item 3", "Item 1"]
        shown.view.shift_card(-1)
        await at_rest(shown.pilot)
        assert shown.names(shown.sample.groups[0])[:3] == ["Item 2", "Item 1", "Item 3"]


async def test_the_cursor_stays_on_its_item_when_others_come_above(acting: Acting) -> None:
    async with kanban(acting) as shown:
        await shown.view.move(2)
        new = (NewItem(name="New"),)
        await acting.execute(AddItems(group_id=shown.sample.groups[0], items=new, after=""))
        await at_rest(shown.pilot)
        assert shown.name == "Item 3"
        assert shown.view.index == 3


async def test_a_range_selects_the_cards_it_passes(acting: Acting) -> None:
    async with kanban(acting) as shown:
        shown.view.start_range()
        await shown.view.move(2)
        shown.view.start_range()
        await shown.view.move(1)
        lane = shown.source.lanes[0].numbers
        assert shown.source.selected == set(lane[:3])


async def test_a_selected_card_has_a_mark_that_is_no_colour(acting: Acting) -> None:
    async with kanban(acting) as shown:
        shown.view.toggle_mark()
        await at_rest(shown.pilot)
        assert "●Item 1" in drawn(shown.pilot)


async def test_a_cursor_move_draws_only_two_cards(acting: Acting) -> None:
    async with kanban(acting) as shown:
        drawn_regions = []
        refresh = shown.view.refresh
        shown.view.refresh = lambda *regions, **more: (
            drawn_regions.extend(regions)
            or refresh(  # type: ignore[method-assign,func-returns-value]
                *regions, **more
            )
        )
        await shown.view.move(1)
        assert [region.height for region in drawn_regions] == [1, 1]
        assert {region.width for region in drawn_regions} == {shown.view.spans[0].width}


async def test_a_changed_card_is_drawn_anew_where_it_stands(acting: Acting) -> None:
    async with kanban(acting) as shown:
        await acting.execute(RenameItem(item_id=shown.sample.items[1], name="Renamed"))
        await at_rest(shown.pilot)
        assert "Renamed" in drawn(shown.pilot)


async def test_a_collapsed_lane_stays_a_lane(acting: Acting) -> None:
    async with kanban(acting) as shown:
        shown.source.collapsed = {shown.sample.groups[0]}
        shown.view.show()
        await at_rest(shown.pilot)
        assert shown.view.span_of(0).width == 5  # type: ignore[union-attr]
        assert shown.source.cursor is None
        assert "Item 1" not in drawn(shown.pilot)


async def test_going_to_an_item_opens_its_lane(acting: Acting) -> None:
    async with kanban(acting) as shown:
        number = shown.source.lanes[0].numbers[4]
        shown.source.collapsed = {shown.sample.groups[0]}
        shown.view.show()
        assert await shown.view.go_to(number)
        assert shown.name == "Item 5"


async def test_lanes_that_do_not_fit_come_into_view_with_the_cursor(acting: Acting) -> None:
    async with kanban(acting, lane_by="status", size=(40, 12)) as shown:
        await shown.view.move_lane(-9)
        assert "›" in drawn(shown.pilot).splitlines()[0]
        await shown.view.move_lane(9)
        await at_rest(shown.pilot)
        head = drawn(shown.pilot).splitlines()[0]
        assert "No status" in head
        assert "‹" in head


async def test_a_very_low_screen_shows_titles_only(acting: Acting) -> None:
    async with kanban(acting, size=(40, 8)) as shown:
        await acting.execute(
            SetValues(item_ids=(shown.sample.items[0],), values={shown.sample.columns["number"]: 5})
        )
        await at_rest(shown.pilot)
        assert drawn(shown.pilot).splitlines()[2].startswith("▌ Item 2")


async def test_all_cards_can_be_reached_in_a_lane_longer_than_the_screen(acting: Acting) -> None:
    async with kanban(acting, items=300, size=(60, 20)) as shown:
        await shown.view.go_last()
        await at_rest(shown.pilot)
        assert shown.name == "Item 300"
        assert "Item 300" in drawn(shown.pilot)
        await shown.view.move_page(-1)
        assert shown.name != "Item 300"
        await shown.view.go_first()
        assert shown.name == "Item 1"


async def test_dragging_a_card_puts_it_into_the_lane_under_the_mouse(acting: Acting) -> None:
    async with kanban(acting, lane_by="status", size=(120, 30)) as shown:
        last = shown.view.spans[-1]
        first = shown.view.spans[0]
        await shown.pilot.mouse_down(KanbanView, offset=(last.x + 4, 2))
        await shown.pilot.hover(KanbanView, offset=(first.x + 4, 3))
        assert shown.view.dragging
        await shown.pilot.mouse_up(KanbanView, offset=(first.x + 4, 3))
        await at_rest(shown.pilot)
        assert shown.names("todo") == ["Item 1"]
        assert shown.name == "Item 1"


async def test_esc_gives_up_a_drag(acting: Acting) -> None:
    async with kanban(acting, lane_by="status", size=(120, 30)) as shown:
        last = shown.view.spans[-1]
        await shown.pilot.mouse_down(KanbanView, offset=(last.x + 4, 2))
        await shown.pilot.hover(KanbanView, offset=(4, 3))
        await shown.pilot.press("escape")
        await shown.pilot.mouse_up(KanbanView, offset=(4, 3))
        await at_rest(shown.pilot)
        assert not shown.view.dragging
        assert shown.names("todo") == []


async def test_clicks_choose_open_add_and_collapse(acting: Acting) -> None:
    async with kanban(acting, size=(80, 30)) as shown:
        await shown.pilot.click(KanbanView, offset=(4, 4))
        assert shown.name == "Item 2"
        await shown.pilot.click(KanbanView, offset=(4, 4), times=2)
        assert isinstance(shown.screen.asked[-1], OpenItem)
        head = shown.view.spans[0]
        await shown.pilot.click(KanbanView, offset=(head.x + head.width - 2, 0))
        assert isinstance(shown.screen.asked[-1], AddToLane)
        await shown.pilot.click(KanbanView, offset=(3, 0))
        assert shown.source.collapsed == {shown.sample.groups[0]}


async def test_the_wheel_scrolls_the_lane_under_the_mouse_and_leaves_the_cursor(
    acting: Acting,
) -> None:
    async with kanban(acting, items=80, size=(60, 20)) as shown:
        shown.view.scroll_cards(0, 10)
        await at_rest(shown.pilot)
        assert "Item 11" in drawn(shown.pilot)
        assert shown.name == "Item 1"


async def test_density_goes_round(acting: Acting) -> None:
    async with kanban(acting) as shown:
        assert [shown.view.next_density() for _ in range(3)] == ["full", "compact", "normal"]


async def test_hostile_names_never_reach_the_terminal(acting: Acting) -> None:
    async with kanban(acting) as shown:
        name = "\x1b]0;owned\x07A\u202etitle"
        await acting.execute(RenameItem(item_id=shown.sample.items[0], name=name))
        await at_rest(shown.pilot)
        assert not {"\x1b", "\x07", "\u202e"} & set(drawn(shown.pilot))


async def test_hidden_columns_are_left_out_of_cards(acting: Acting) -> None:
    async with kanban(acting) as shown:
        text = shown.sample.columns["text"]
        given = {text: "shown on the card"}
        await acting.execute(SetValues(item_ids=(shown.sample.items[0],), values=given))
        await at_rest(shown.pilot)
        assert "shown on the card" in drawn(shown.pilot)
        shown.view.hidden = {text}
        shown.view.show()
        await at_rest(shown.pilot)
        assert "shown on the card" not in drawn(shown.pilot)
