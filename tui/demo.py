"""The sample boards of the demo workspace, made by the same commands that a person gives."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from engine.api import Acting, local_utc_offset
from engine.clock import new_id, short_id
from engine.columns.labels import as_setting, surroundings_for
from engine.columns.registry import column_type
from engine.commands.attachments import AttachLink
from engine.commands.boards import CreateBoard
from engine.commands.columns import AddColumn
from engine.commands.comments import AddComment
from engine.commands.groups import AddGroup
from engine.commands.items import AddItems, NewItem
from engine.commands.members import AddPerson
from engine.commands.registry import Command
from engine.commands.views import SaveView
from engine.model.board import Label
from engine.model.column import Column
from engine.model.record import JSON
from engine.model.view import Sort, ViewKind


class SampleColumn(Struct, frozen=True):
    """`labels` are (name, colour), those that finish an item with a `*` before the name."""

    type: str
    title: str
    labels: tuple[tuple[str, str], ...] = ()
    settings: dict[str, JSON] = {}


class SampleItem(Struct, frozen=True):
    """`cells` are texts as a person types them, in the order of the columns; a day counts from today."""

    name: str
    cells: tuple[str, ...] = ()
    subitems: tuple["SampleItem", ...] = ()
    comments: tuple[str, ...] = ()
    link: str = ""


class SampleBoard(Struct, frozen=True, kw_only=True):
    """`groups` are (name, colour, items); `kanban` names the column of the saved kanban view."""

    name: str
    noun: str
    description: str
    columns: tuple[SampleColumn, ...]
    groups: tuple[tuple[str, str, tuple[SampleItem, ...]], ...]
    kanban: str
    sorted_by: str = ""


async def fill_with_samples(acting: Acting, *, today: date | None = None) -> None:
    """Make the people and the boards: one gesture for the people and one for each board. None is a step of the
    person: u in a fresh demo takes nothing back."""
    from tui.demo_boards import BOARDS, PEOPLE

    people = {new_id(): name for name in PEOPLE}
    adding = (AddPerson(member_id=id, name=name) for id, name in people.items())
    await acting.execute(*adding, undoable=False)
    me = acting.actor.user_id
    for board in BOARDS:
        making = _Making(board, {**people, me: "You"}, today or date.today())
        await acting.execute(*making.commands(), undoable=False)


class _Making:
    """One sample board on its way to commands."""

    def __init__(self, sample: SampleBoard, people: dict[str, str], today: date) -> None:
        self.sample = sample
        self.people = people
        self.today = today
        self.board_id = new_id()
        self.columns = [self._column(column) for column in sample.columns]

    def commands(self) -> Iterator[Command]:
        sample = self.sample
        yield CreateBoard(
            board_id=self.board_id, name=sample.name, description=sample.description,
            item_noun=sample.noun, columns=(), column_ids=(), group="",
        )  # fmt: skip
        for column in self.columns:
            yield AddColumn(
                board_id=self.board_id, column_id=column.id, type=column.type,
                title=column.title, settings=column.settings,
            )  # fmt: skip
        for name, color, items in sample.groups:
            group_id = new_id()
            yield AddGroup(board_id=self.board_id, group_id=group_id, name=name, color=color)
            yield from self._items(group_id, items)
        yield from self._views()

    def _column(self, sample: SampleColumn) -> Column:
        kind = column_type(sample.type)
        settings = {**kind.default_settings(), **sample.settings}
        if sample.labels:
            settings["labels"] = as_setting(
                Label(id=short_id(), name=name.lstrip("*"), color=color, done=name[:1] == "*")
                for name, color in sample.labels
            )
        return Column(
            id=short_id(), board_id=self.board_id, type=sample.type, title=sample.title,
            settings=kind.validate_settings(settings),
        )  # fmt: skip

    def _items(
        self, group_id: str, samples: Sequence[SampleItem], parent_id: str | None = None
    ) -> Iterator[Command]:
        new = [NewItem(name=sample.name, values=self._values(sample.cells)) for sample in samples]
        if new:
            yield AddItems(group_id=group_id, parent_id=parent_id, items=tuple(new))
        for item, sample in zip(new, samples, strict=True):
            if parent_id is None:
                yield from self._items(group_id, sample.subitems, item.id)
            for body in sample.comments:
                yield AddComment(item_id=item.id, body=body)
            if sample.link:
                yield AttachLink(item_id=item.id, url=sample.link)

    def _values(self, cells: Sequence[str]) -> dict[str, JSON]:
        """A sample may stop before the last column."""
        values: dict[str, JSON] = {}
        for column, text in zip(self.columns, cells, strict=False):
            if text:
                at = surroundings_for(column, self.people, self.today, local_utc_offset())
                typed = self._day(text) if column.type == "date" else text
                values[column.id] = column_type(column.type).parse(typed, at)
        return values

    def _day(self, text: str) -> str:
        return (self.today + timedelta(days=int(text))).isoformat()

    def _views(self) -> Iterator[Command]:
        ids = {column.title: column.id for column in self.columns}
        yield SaveView(
            board_id=self.board_id, name=f"By {self.sample.kanban.lower()}",
            kind=ViewKind.KANBAN, lane_by=ids[self.sample.kanban],
        )  # fmt: skip
        if self.sample.sorted_by:
            yield SaveView(
                board_id=self.board_id, name=f"Next by {self.sample.sorted_by.lower()}",
                sorts=(Sort(ids[self.sample.sorted_by]),), lane_by="",
            )  # fmt: skip
