"""A board with a column of every type, filled: for pictures of its editors, its kanban and its item."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import filing
from engine.api import Acting
from engine.columns.labels import as_setting, surroundings_for
from engine.columns.registry import COLUMN_TYPES
from engine.commands.attachments import AttachFile, AttachLink
from engine.commands.boards import CreateBoard
from engine.commands.columns import AddColumn
from engine.commands.comments import AddComment
from engine.commands.groups import AddGroup, EditGroup
from engine.commands.items import AddItems, NewItem
from engine.commands.members import AddPerson
from engine.model.board import Label
from engine.model.column import Column
from engine.model.record import JSON
from tests.engine.conftest import START

PEOPLE = {"lead": "Team lead", "writer": "Writer", "designer": "Designer"}
TAGS = (("urgent", "red"), ("print", "blue"), ("web", "green"))
TYPES = tuple(COLUMN_TYPES)
ROWS = (
    ("Landing page", "First draft", "Two lines:\nwhat it is, and for whom.", "12.5", "2026-11-30",
     "Done", "Team lead, Writer", "web, urgent", "yes", "https://example.org/page"),
    ("Poster for the station", "", "", "-3", "2026-11-20", "Stuck", "Designer", "print", "", ""),
    ("横断幕とロゴ（大きい版）", "Wide letters", "", "1200000", "2027-01-05 09:30", "Working on it",
     "", "", "", "https://example.org"),
    ("A name that is a good deal longer than any column of a table will ever be wide", "", "", "",
     "", "", "Writer", "web", "", ""),
)  # fmt: skip


def columns() -> list[Column]:
    """One of each type, in the order in which they are offered; “c-number” is the id of the number."""
    tags = as_setting(Label(id=name, name=name, color=color) for name, color in TAGS)
    return [
        Column(
            id=f"c{key.replace('_', '')}", board_id="every", type=key, title=key.replace("_", " ").capitalize(),
            settings={"labels": tags} if key == "tags" else kind.default_settings(),
        )
        for key, kind in COLUMN_TYPES.items()
    ]  # fmt: skip


def values(cells: tuple[str, ...]) -> dict[str, JSON]:
    """Texts in the order of the columns, as a person types them."""
    today = datetime.fromtimestamp(START / 1000, UTC).date()
    return {
        column.id: COLUMN_TYPES[column.type].parse(text, surroundings_for(column, PEOPLE, today, 0))
        for column, text in zip(columns(), cells, strict=True)
        if text
    }


async def fill(acting: Acting) -> None:
    """“Every type” with four items in “Now”, one of them with all that can hang on it, and two more groups."""
    await acting.execute(*(AddPerson(member_id=id, name=name) for id, name in PEOPLE.items()))
    items = [
        NewItem(id=f"i{at}", name=row[0], values=values(row[1:])) for at, row in enumerate(ROWS)
    ]
    await acting.execute(
        CreateBoard(board_id="every", name="Every type", columns=(), column_ids=(), group="Now",
                    group_id="now"),
        *(AddColumn(board_id="every", column_id=column.id, type=column.type, title=column.title,
                    settings=column.settings) for column in columns()),
        AddGroup(board_id="every", group_id="later", name="Later", color="green"),
        AddGroup(board_id="every", group_id="closed", name="Closed", color="red"),
        AddItems(group_id="now", items=tuple(items)),
        AddItems(group_id="later", items=(NewItem(id="l0", name="Thank-you cards"),)),
        AddItems(group_id="closed", items=(NewItem(id="c0", name="Save the date"),)),
        EditGroup(group_id="closed", collapsed=True),
    )  # fmt: skip
    await acting.execute(
        AddItems(group_id="now", parent_id="i0",
                 items=(NewItem(id="s0", name="Headline", values={"ccheckbox": True}),
                        NewItem(id="s1", name="Picture"))),
        AddComment(item_id="i0", body="The draft is in the folder.\nPlease read the second part."),
        AddComment(item_id="i0", body="Read. Two small remarks, else good."),
        AttachLink(item_id="i0", url="https://example.org/brief"),
        await brief(acting),
    )  # fmt: skip


async def brief(acting: Acting) -> AttachFile:
    """A small file, stored, to attach."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "brief.txt"
        path.write_text("The brief.")
        stored = await filing.add_file(acting, path)
    return AttachFile(item_id="i0", name="brief.txt", digest=stored.digest, size=stored.size)
