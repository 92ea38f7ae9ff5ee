"""Import and export: what a file would bring is shown, and can be corrected, before anything is written."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from engine.columns.registry import COLUMN_TYPES
from engine.commands.exports import FORMATS
from engine.errors import ConneqtError
from engine.model.text import clean_line
from engine.model.view import Filter, Sort
from engine.queries.board_view import OpenBoard
from engine.transfer.exporting import export_board
from engine.transfer.importing import Plan, PlanColumn, import_file, plan_file
from engine.transfer.report import Report
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.widgets.card_content import Line, Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR, heading
from tui.widgets.progress import Progress
from tui.widgets.progress import Report as Told

LABEL_WIDTH: Final = 24
TYPE_WIDTH: Final = 14
ROLES: Final = {
    "name": "the item's name", "group": "the item's group", "subitem of": "the item it belongs to",
    "skip": "leave it out",
}  # fmt: skip
WHAT: Final = {True: "the whole board", False: "as the view shows it"}
FORMAT_NAMES: Final = {
    "csv": "CSV, for spreadsheets", "json": "JSON, which loses nothing", "md": "a Markdown table",
}  # fmt: skip


class ImportScreen(Listing):
    """First the file, then its plan, at last the report."""

    scope = "transfer"
    hints = ("open", "start", "help", "close")

    def __init__(self, live: Live, path: str = "") -> None:
        super().__init__()
        self.live = live
        self.path = path
        self.plan: Plan | None = None
        self.board = ""
        self.types: dict[str, str] = {}
        self.report: Report | None = None

    async def on_mount(self) -> None:
        await super().on_mount()
        if self.path:
            await self._look(self.path)
        else:
            await self.action_open()

    def title_parts(self) -> tuple[str, str, str]:
        if self.report is not None:
            return "Imported", f"“{self.report.board}”", "enter opens the board"
        if self.plan is None:
            return "Import", "Trello, CSV, or a board exported here", ""
        return "Import", f"{self.plan.format} · nothing is written yet", f"{self.plan.rows:,} items"

    def entries_for(self, width: int) -> Sequence[Entry]:
        if self.report is not None:
            return [AIR, *_report_entries(self.report, width)]
        return [AIR, *self._plan_entries(width)]

    def _plan_entries(self, width: int) -> Iterator[Entry]:
        yield _line("file:", "File", self.path or "press enter to name one", width)
        if self.plan is None:
            return
        yield _line("board:", "Board", self.board, width)
        if self.plan.imported_before:
            yield AIR
            yield Entry("", ((Run(drawn_to(self.plan.imported_before, width), "dim"),),))
        if self.plan.columns:
            yield AIR
            yield heading("Columns", "enter changes what a column is")
        for place, column in enumerate(self.plan.columns):
            yield Entry(f"column:{place}", (self._column_line(column, width),))
        yield AIR
        yield _line("start:", "Start", "bring it in: all of it, or nothing", width)

    def _column_line(self, column: PlanColumn, width: int) -> Line:
        kind = self.types.get(column.title, column.type)
        samples = ", ".join(clean_line(text) for text in column.samples)
        return (
            Run(drawn(drawn_to(column.title, LABEL_WIDTH - 2), LABEL_WIDTH), "title"),
            Run(drawn(_type_name(kind), TYPE_WIDTH), "text"),
            Run(drawn_to(samples, max(width - LABEL_WIDTH - TYPE_WIDTH, 8)), "dim"),
        )

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        if self.report is not None:
            self.conneqt.open_board(self.report.board_id)
        elif self.plan is None or kind == "file":
            await self._ask_file()
        elif kind == "board":
            await self._ask_name()
        elif kind == "column":
            await self._ask_type(self.plan.columns[int(id)])
        elif kind == "start":
            await self._start()

    @asks
    async def action_start(self) -> None:
        if self.plan is not None and self.report is None:
            await self._start()

    def action_close(self) -> None:
        self.app.pop_screen()

    async def _ask_file(self) -> None:
        async def look(typed: Mapping[str, str]) -> bool:
            await self._read(typed["path"])
            return True

        field = Field("path", "Which file?", self.path, placeholder="~/board.json or tasks.csv")
        if await self.ask(Form("Import a board", [field], look)):
            self.draw("start:")

    async def _look(self, path: str) -> None:
        try:
            await self._read(path)
        except ConneqtError as error:
            self.live.tell(str(error), title=error.title, error=True)
        self.draw("start:")

    async def _read(self, path: str) -> None:
        """Look at the file; raises UnreadableFile."""
        self.plan = await plan_file(self.live.acting, Path(path.strip()).expanduser())
        self.path = path.strip()
        self.board = self.plan.board
        self.types = {}

    async def _ask_name(self) -> None:
        async def take(typed: Mapping[str, str]) -> str:
            return clean_line(typed["name"])

        name = await self.ask(Form("Import a board", [Field("name", "Its name", self.board)], take))
        if name:
            self.board = name
            self.draw()

    async def _ask_type(self, column: PlanColumn) -> None:
        options = [Choosable(key, kind.title, kind.hint) for key, kind in COLUMN_TYPES.items()]
        options += [Choosable(key, words) for key, words in ROLES.items()]
        now = self.types.get(column.title, column.type)
        chosen = await self.ask(Choice(f"What is “{column.title}”?", options, chosen=now))
        if chosen is not None:
            self.types[column.title] = chosen
            self.draw()

    async def _start(self) -> None:
        assert self.plan is not None  # only then there is a line to start from
        plan, path = self.plan, Path(self.path).expanduser()
        if plan.imported_before and not await self.ask(
            Confirm("Import it once more?", yes="Import again", note=plan.imported_before)
        ):
            return

        async def work(report: Told) -> Report:
            return await import_file(
                self.live.acting, path, board_name=self.board, types=self.types, again=True,
                progress=lambda done, whole: report(done),
            )  # fmt: skip

        answer = await self.ask(Progress(f"Importing {path.name}", work, plan.rows))
        if answer is not None:
            self.report = answer.value
            self.draw()


class ExportScreen(Listing):
    """Format and place; then it is written whole or not at all."""

    scope = "transfer"
    hints = ("open", "start", "help", "close")

    def __init__(
        self, live: Live, board_id: str, filter: Filter = Filter(), sorts: tuple[Sort, ...] = (),
        hidden: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__()
        self.live = live
        self.board_id = board_id
        self.filter = filter
        self.sorts = sorts
        self.hidden = hidden
        self.board = ""
        self.format = "csv"
        self.path = ""
        self.whole = False

    async def on_mount(self) -> None:
        self.board = (await self.live.query(OpenBoard(board_id=self.board_id))).board.name
        self._name_file()

    def title_parts(self) -> tuple[str, str, str]:
        return "Export", f"“{self.board}”", WHAT[self._is_whole()]

    def _is_narrowed(self) -> bool:
        """The view leaves something out, or orders it otherwise."""
        return self.filter != Filter() or bool(self.hidden or self.sorts)

    def _is_whole(self) -> bool:
        return self.whole or self.format == "json" or not self._is_narrowed()

    def entries_for(self, width: int) -> Sequence[Entry]:
        what = (
            [_line("what:", "What", WHAT[self._is_whole()], width)] if self._is_narrowed() else []
        )
        return [
            AIR,
            *what,
            _line("format:", "Format", FORMAT_NAMES[self.format], width),
            _line("file:", "File", self.path, width),
            AIR,
            _line("start:", "Start", "write it: whole, or not at all", width),
        ]

    @asks
    async def action_open(self) -> None:
        kind, _ = self.here
        if kind == "what":
            self.whole = not self.whole
            self.draw()
        elif kind == "format":
            await self._ask_format()
        elif kind == "file":
            await self._ask_file()
        else:
            await self._start()

    @asks
    async def action_start(self) -> None:
        await self._start()

    def action_close(self) -> None:
        self.app.pop_screen()

    def _name_file(self) -> None:
        safe = (
            "".join(c if c.isalnum() or c in "-_ " else "-" for c in self.board).strip() or "board"
        )
        self.path = f"~/{safe}.{self.format}"

    async def _ask_format(self) -> None:
        options = [Choosable(key, FORMAT_NAMES[key]) for key in FORMATS]
        chosen = await self.ask(Choice("Which format?", options, chosen=self.format))
        if chosen is not None:
            self.format = chosen
            self.path = str(Path(self.path).with_suffix(f".{chosen}"))
            self.draw()

    async def _ask_file(self) -> None:
        async def take(typed: Mapping[str, str]) -> str:
            return typed["path"].strip()

        path = await self.ask(Form("Export", [Field("path", "Where to?", self.path)], take))
        if path:
            self.path = path
            self.draw()

    async def _start(self) -> None:
        target = Path(self.path).expanduser()
        note = f"{target} is there already."
        if target.exists() and not await self.ask(
            Confirm("Write over it?", yes="Write", note=note)
        ):
            return

        async def work(report: Told) -> int:
            whole = self._is_whole()
            return await export_board(
                self.live.acting, self.board_id, self.format, target,
                filter=Filter() if whole else self.filter, sorts=() if whole else self.sorts,
                hidden=() if whole else self.hidden, progress=lambda done, all: report(done),
            )  # fmt: skip

        answer = await self.ask(Progress(f"Exporting {self.board}", work, 0))
        if answer is not None:
            self.live.tell(f"{answer.value:,} items are in {target}.")
            self.app.pop_screen()


def _type_name(kind: str) -> str:
    return COLUMN_TYPES[kind].title if kind in COLUMN_TYPES else kind


def _line(key: str, label: str, text: str, width: int) -> Entry:
    shown = drawn_to(text, max(width - LABEL_WIDTH, 8))
    return Entry(key, ((Run(drawn(label, LABEL_WIDTH), "dim"), Run(shown, "text")),))


def _report_entries(report: Report, width: int) -> Iterator[Entry]:
    for label in ("groups", "columns", "items", "subitems", "comments", "attachments", "people"):
        count = getattr(report, label)
        if count:
            yield _line(f"count:{label}", label.capitalize(), f"{count:,}", width)
    if report.archived:
        yield _line("count:archived", "Of these in the archive", f"{report.archived:,}", width)
    for title, entries in (("Changed on the way", report.changed), ("Left out", report.skipped)):
        if entries:
            yield AIR
            yield heading(title, f"{sum(entry.count for entry in entries):,}")
        for place, entry in enumerate(entries):
            example = f" — {entry.example}" if entry.example else ""
            text = drawn_to(f"{entry.count:,} × {entry.what}{example}", width)
            yield Entry(f"{title}:{place}", ((Run(text, "text"),),))
