"""The board screen's actions on how the board is seen: lanes, saved views, table or kanban, groups."""

from typing import Any

from textual import on

from engine.columns.registry import column_type
from engine.commands.groups import AddGroup, EditGroup, TrashGroup
from engine.commands.views import DeleteView, SaveView
from engine.errors import Invalid
from engine.model.board import COLORS
from engine.model.text import clean_line
from engine.model.view import View, ViewKind
from tui.board_memory import BoardMemory, memory_of_view
from tui.lane_limits import lane_limits, set_lane_limit
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.widgets.board_messages import ToggleLane
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.prompt import Prompt

SAVE, WHOLE_BOARD = "+", "*"


class ViewActions(BoardBase):
    """None of these changes items."""

    # -- lanes and kind ---------------------------------------------------------------------------

    @asks
    async def action_lanes_by(self) -> None:
        """Make the lanes of another column, or of the groups."""
        options = [Choosable("group", "Group")] + [
            Choosable(column.id, column.title)
            for column in self.source.frame.columns
            if column_type(column.type).has_lanes
        ]
        chosen = await self.ask(Choice("Lanes by", options, chosen=self.source.lane_by))
        if chosen:
            self.source.lane_by = chosen
            self.reload()

    @asks
    async def action_card_fields(self) -> None:
        """Choose what the cards of the kanban say, one column after the other."""
        columns = {column.id: column for column in self.source.frame.columns}
        while True:
            shown = (
                set(columns) - self.hidden if self.card_fields is None else set(self.card_fields)
            )
            options = [
                Choosable(id, column.title, "on the cards" if id in shown else "")
                for id, column in columns.items()
            ]
            hint = "enter puts it on the cards or takes it off · esc done"
            chosen = await self.ask(Choice("Cards show", options, hint=hint))
            if chosen is None:
                return
            shown ^= {chosen}
            self.card_fields = tuple(id for id in columns if id in shown)
            self.show_view()
            self.remember()

    async def action_export(self) -> None:
        """Write what the view shows, or the whole board, to a file."""
        from tui.screens.transfer import ExportScreen

        source = self.source
        hidden = tuple(sorted(self.hidden))
        await self.app.push_screen(
            ExportScreen(self.live, source.board_id, source.filter, source.sorts, hidden)
        )

    async def action_switch_view(self) -> None:
        """From table to kanban and back, on the same item."""
        await self.show_kind("table" if self.kind == "kanban" else "kanban")
        self.remember()

    def action_toggle_group(self) -> None:
        """Collapse the lane under the cursor, or open it again."""
        if self.shown.lane_key is not None:
            self.toggle_lane(self.shown.lane_key)

    def action_collapse_all(self) -> None:
        """Collapse all lanes; all of them open again when they were collapsed."""
        keys = {lane.key for lane in self.source.lanes}
        self.source.collapsed = set() if keys <= self.source.collapsed else keys
        self.shown.show()
        self.remember()

    @on(ToggleLane)
    def _toggle_lane(self, message: ToggleLane) -> None:
        message.stop()
        self.toggle_lane(message.lane_key)

    def toggle_lane(self, key: str) -> None:
        self.source.collapsed ^= {key}
        self.shown.show()
        self.remember()

    @asks
    async def action_limit_lane(self) -> None:
        """Say how many cards the lane should have at most; nothing takes the limit away."""
        source, key = self.source, self.shown.lane_key
        lane = next((lane for lane in source.lanes if lane.key == key), None)
        if lane is None:
            return
        limits = lane_limits(self.live, source.board_id, source.lane_by)
        answer = await self.ask(
            Prompt(
                _limit, title=f"Most cards in {lane.title}", text=str(limits.get(lane.key, "")),
                hint="a number, or nothing for no limit",
            )
        )  # fmt: skip
        if answer is not None:
            await set_lane_limit(self.live, source.board_id, source.lane_by, lane.key, answer.value)
            self.show_view()

    # -- groups ---------------------------------------------------------------------------------

    @asks
    async def action_add_group(self) -> None:
        answer = await self.ask(Prompt(_name, title="New group", hint="its name"))
        if answer is None:
            return
        groups = self.source.frame.groups
        color = COLORS[(len(groups) * 5 + 3) % len(COLORS)]
        here = self.shown.lane_key if self.source.lane_by == "group" else None
        await self.execute(
            AddGroup(board_id=self.source.board_id, name=answer.value, color=color, after=here)
        )

    @asks
    async def action_rename_group(self) -> None:
        group = next((g for g in self.source.frame.groups if g.id == self.shown.lane_key), None)
        if group is None:
            return
        answer = await self.ask(Prompt(_name, title="Name of the group", text=group.name))
        if answer is not None:
            await self.execute(EditGroup(group_id=group.id, name=answer.value))

    @asks
    async def action_color_group(self) -> None:
        group = next((g for g in self.source.frame.groups if g.id == self.shown.lane_key), None)
        if group is not None:
            options = [Choosable(color, color.capitalize()) for color in COLORS]
            color = await self.ask(Choice(f"Colour of {group.name}", options, chosen=group.color))
            if color is not None:
                await self.execute(EditGroup(group_id=group.id, color=color))

    @asks
    async def action_trash_group(self) -> None:
        group = next((g for g in self.source.frame.groups if g.id == self.shown.lane_key), None)
        if group is None:
            return
        count = sum(len(lane.numbers) for lane in self.source.lanes if lane.key == group.id)
        question = f"Move “{group.name}” with {self.noun(count)} to the trash?"
        if await self.ask(Confirm(question, yes="Trash", note="u brings it back.")):
            await self.execute(TrashGroup(group_id=group.id))

    # -- saved views ------------------------------------------------------------------------------

    @asks
    async def action_choose_view(self) -> None:
        views = [Choosable(view.id, view.name, view.kind.value) for view in self.source.frame.views]
        options = [
            Choosable(WHOLE_BOARD, "The whole board"),
            *views,
            Choosable(SAVE, "Save this as a view…"),
        ]
        chosen = await self.ask(Choice("Views", options, chosen=self.view_id))
        if chosen == SAVE:
            await self._save_view()
        elif chosen == WHOLE_BOARD:
            whole = BoardMemory(kind=self.kind, widths=self.widths, density=self.density)
            await self.show_memory(whole)
        elif chosen is not None:
            view = next((view for view in self.source.frame.views if view.id == chosen), None)
            if view is not None:
                await self.show_memory(memory_of_view(view, self.widths, self.density))

    @asks
    async def action_save_view(self) -> None:
        await self._save_view()

    async def _save_view(self) -> None:
        known = self.view
        answer = await self.ask(
            Prompt(
                _name, title="Save this view as", text=known.name if known else "", hint="a name"
            )
        )
        if answer is None:
            return
        same = next((v for v in self.source.frame.views if v.name == answer.value), None)
        command = self._view_command(answer.value, same)
        if await self.execute(command):
            self.view_id = command.view_id
            self.live.tell(f"Saved as “{answer.value}”.")

    def _view_command(self, name: str, same: View | None) -> SaveView:
        """Of a view that is there already only what is not as it was: the rest somebody else may be changing."""
        source = self.source
        shown: dict[str, Any] = {
            "kind": ViewKind(self.kind), "filter": source.filter, "sorts": source.sorts,
            "lane_by": source.lane_by, "hidden": tuple(sorted(self.hidden)),
            "card_fields": self.card_fields, "collapsed_lanes": tuple(sorted(source.collapsed)),
        }  # fmt: skip
        if same is None:
            return SaveView(board_id=source.board_id, name=name, **shown)
        new = {field: value for field, value in shown.items() if getattr(same, field) != value}
        return SaveView(view_id=same.id, board_id=source.board_id, name=name, **new)

    async def action_delete_view(self) -> None:
        if self.view is None:
            self.live.tell("Choose the saved view first that you want to remove.")
        elif await self.execute(DeleteView(view_id=self.view.id)):
            self.view_id = ""

    async def show_memory(self, memory: BoardMemory) -> None:
        cursor = self.source.cursor
        self.kind = ""
        self.take(memory)
        self.source.cursor = cursor
        await self.show_kind(self.kind)
        self.reload()


def _limit(text: str) -> int | None:
    digits = text.strip()
    if not digits:
        return None
    if not digits.isdecimal() or not 0 < int(digits[:7]) < 1_000_000:
        raise Invalid(f"“{digits[:20]}” is not a number of cards. Type one like 5, or nothing.")
    return int(digits)


def _name(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid("A name needs at least one letter.")
    return name
