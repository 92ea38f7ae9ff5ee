"""The home screen: all boards, favourites and recent ones first; boards are made and looked after here."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from textual import work

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.boards import (
    ArchiveBoard,
    CreateBoard,
    DuplicateBoard,
    EditBoard,
    MoveBoard,
    TrashBoard,
)
from engine.errors import Invalid
from engine.model.actor import Role
from engine.model.board import Board
from engine.model.organization import Organization
from engine.model.text import clean_line
from engine.model.view import Filter
from engine.queries.board_view import OpenBoard
from engine.queries.home import Boards, BoardSummary, WhoAmI
from tui.actions import is_offered
from tui.live import Live, Marked
from tui.screens.asking import asks
from tui.screens.board_editing import LOOKS_ONLY
from tui.screens.listing import Listing
from tui.spoken_time import spoken_time
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, heading
from tui.widgets.progress import bar
from tui.widgets.prompt import Prompt
from tui.widgets.status_line import StatusLine
from tui.widgets.wrapped_text import wrapped

FAVOURITES: Final = "favourite:boards"
RECENT: Final = "recent:boards"
RECENT_SHOWN: Final = 5
MANY_BOARDS: Final = 9
"""From so many boards on, those opened last stand in a section of their own."""
FIRST_STEPS: Final = (
    ("add_board", "make a board"),
    ("import", "bring one in from Trello, CSV or JSON"),
    ("show_trash", "look into the trash and the archive"),
    ("workspaces", "open another workspace, or the demo"),
)
NO_BOARD: Final = "There is no board here yet."
NONE_SHARED: Final = "No board is shared with you yet. One that is appears here by itself."
NO_BOARDS: Final = "Your role here is {role}: members make boards. Ask an owner or admin."
NAME_WIDTH: Final = 40
COUNT_WIDTH: Final = 16
TIME_AIR: Final = "    "
READING_WIDTH: Final = 20


class HomeScreen(Listing):
    """Every board stands here exactly once. The cursor begins on the one that the person `came_from`."""

    scope = "home"
    hints = (
        "open", "add_board", "filter", "palette", "import", "favourite", "rename", "trash", "help", "quit",
    )  # fmt: skip

    def __init__(self, live: Live, came_from: str = "") -> None:
        super().__init__()
        self.live = live
        self.came_from = came_from
        self.boards: list[BoardSummary] = []
        self.tenant: Organization | None = None
        self.role = Role.OWNER  # until it is known
        self.notices: list[str] = []

    async def load(self) -> None:
        self.boards = await self.live.query(Boards())
        self.tenant, me = await self.live.query(WhoAmI())
        self.role = me.role
        self.query_one(StatusLine).show()
        self.load_notices()

    @work(exclusive=True)
    async def load_notices(self) -> None:
        """After the boards are there: the start does not wait for it."""
        from tui.notices import notices

        found = await notices(self.live, self.keymap.shown("home.privacy"))
        if found != self.notices:
            self.notices = found
            self.draw()

    def on_screen_resume(self) -> None:
        if self.loaded:
            self.draw()

    def draw(self, key: str | None = None) -> None:
        if self.loaded and self.came_from:
            key, self.came_from = key or f"board:{self.came_from}", ""
        super().draw(key)

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        items = sum(summary.items for summary in self.boards)
        boards = len(self.boards)
        counts = f"{_counted(boards, 'board')} · {_counted(items, 'item')}"
        return self.tenant.name if self.tenant else "", "", counts

    def entries_for(self, width: int) -> Sequence[Entry]:
        reading = [*self._reading()]
        waiting = bool(reading) and not self.boards
        boards = [] if waiting else self._boards(width)
        return [*self._banner(width), *reading, *boards]

    def _reading(self) -> Iterator[Entry]:
        """How many boards of the server are here, while the first are read."""
        done, whole = self.live.mark.boards if self.live.mark is not None else (0, 0)
        if done >= whole:
            return
        words = "open the first already" if done else "they come one by one"
        runs = (
            Run("Reading boards  ", "text"), Run(bar(done, whole, READING_WIDTH), "color", "blue"),
            Run(f"  {done} of {whole}: {words}", "dim"),
        )  # fmt: skip
        yield AIR
        yield Entry("", (runs,))

    async def on_marked(self, message: Marked) -> None:
        self.draw()

    def _banner(self, width: int) -> Iterator[Entry]:
        """What will happen by itself; enter goes to where it is cancelled."""
        for number, notice in enumerate(self.notices):
            if not number:
                yield AIR
            lines = wrapped(notice, max(width, 8), 3)
            yield Entry(f"notice:{number}", tuple((Run(line, "color", "red"),) for line in lines))

    def _boards(self, width: int) -> list[Entry]:
        if not self.boards:
            return self._first_steps()
        shown = [s for s in self.boards if self.fits(s.board.name, s.board.description)]
        if not shown:
            return [AIR, Entry("", ((Run("No board has these words. esc shows all.", "dim"),),))]
        return [AIR, *self._sections(shown, width)]

    def _first_steps(self) -> list[Entry]:
        """What to press where there is nothing yet."""
        first = NO_BOARD if self.may_change else NONE_SHARED
        steps = [AIR, Entry("", ((Run(first, "title"),),)), AIR]
        for name, words in FIRST_STEPS:
            if not is_offered(f"home.{name}", self):
                continue
            key = drawn(self.keymap.shown(f"home.{name}"), 4)
            steps.append(Entry(f"add:{name}", ((Run(key, "title"), Run(words, "text")),)))
        return steps

    def _sections(self, shown: list[BoardSummary], width: int) -> Iterator[Entry]:
        favourites, recent = self.favourites, self._recent_ids()
        starred = [s for s in shown if s.board.id in favourites]
        latest = [s for s in shown if s.board.id in recent]
        latest.sort(key=lambda summary: recent.index(summary.board.id))
        others = [s for s in shown if s.board.id not in favourites and s.board.id not in recent]
        named = [("Favourites", starred), ("Recent", latest), ("Boards", others)]
        filled = [(title, boards) for title, boards in named if boards]
        longest = max((cell_len(self._opened(summary.board)) for summary in shown), default=0)
        times = longest + len(TIME_AIR) if longest else 0
        for place, (title, boards) in enumerate(filled):
            if place:
                yield AIR
            yield heading(title)
            for summary in boards:
                yield self._entry(summary, width, times)

    def _entry(self, summary: BoardSummary, width: int, times: int) -> Entry:
        """With so many cells for when a board was opened."""
        board = summary.board
        longest = max(cell_len(summary.board.name) for summary in self.boards) + 4
        name_width = min(longest, NAME_WIDTH, max(width - COUNT_WIDTH, width // 2))
        star = "★ " if board.id in self.favourites else "  "
        runs = [
            Run(star, "color", "yellow"),
            Run(drawn(board.name, max(name_width - 2, 1)), "title"),
            Run(f"{_counted(summary.items, board.item_noun):>{COUNT_WIDTH}}", "text"),
        ]
        left = width - name_width - COUNT_WIDTH
        if times and left > times:
            runs.append(Run(drawn(f"{TIME_AIR}{self._opened(board)}", times), "dim"))
            left -= times
        if left > 12:
            runs.append(Run(f"  {drawn_to(clean_line(board.description), left - 2)}", "dim"))
        return Entry(f"board:{board.id}", (tuple(runs),))

    def _opened(self, board: Board) -> str:
        at = self.recent.get(board.id)
        return spoken_time(at, system_clock(), local_utc_offset()) if at else ""

    @property
    def favourites(self) -> list[str]:
        kept = self.live.preference(FAVOURITES)
        return [str(id) for id in kept] if isinstance(kept, list) else []

    @property
    def recent(self) -> dict[str, int]:
        """When boards were opened last, by id."""
        kept = self.live.preference(RECENT)
        found = kept if isinstance(kept, dict) else {}
        return {id: at for id, at in found.items() if isinstance(at, int)}

    def _recent_ids(self) -> list[str]:
        if len(self.boards) < MANY_BOARDS:
            return []
        newest = sorted(self.recent, key=lambda id: -self.recent[id])
        return [id for id in newest if id not in self.favourites][:RECENT_SHOWN]

    @property
    def board_here(self) -> Board | None:
        _, id = self.here
        return next((s.board for s in self.boards if s.board.id == id), None)

    # -- actions ----------------------------------------------------------------------------------

    async def action_open(self) -> None:
        kind, id = self.here
        if kind == "board":
            self.conneqt.open_board(id)
        elif kind == "notice":
            await self.action_privacy()
        elif kind == "add":
            await getattr(self, f"action_{id}")()

    @property
    def may_change(self) -> bool:
        """Whether this person may make boards; what they may do on one is another matter."""
        return self.role.covers(Role.MEMBER)

    def _may_make(self) -> bool:
        """Says so if not, before anything is typed."""
        if not self.may_change:
            self.live.tell(NO_BOARDS.format(role=self.role.value), error=True)
        return self.may_change

    async def _may_edit(self, board: Board) -> bool:
        """Whether this person may change the board itself, as who has a place on it; says so if not."""
        frame = await self.live.query(OpenBoard(board_id=board.id))
        may = frame.role.covers(Role.MEMBER)
        if not may:
            self.live.tell(LOOKS_ONLY, error=True)
        return may

    @asks
    async def action_add_board(self) -> None:
        if not self._may_make():
            return
        answer = await self.ask(Prompt(_name, title="New board", hint="its name"))
        if answer is None:
            return
        command = CreateBoard(name=answer.value)
        if await self.live.execute(command):
            self.conneqt.open_board(command.board_id)

    @asks
    async def action_rename(self) -> None:
        board = self.board_here
        if board is None:
            return
        if not await self._may_edit(board):
            return
        answer = await self.ask(Prompt(_name, title="Name of the board", text=board.name))
        if answer is not None and answer.value != board.name:
            await self.live.execute(EditBoard(board_id=board.id, name=answer.value))

    async def action_share(self) -> None:
        from tui.screens.sharing import SharingScreen

        if self.board_here is not None:
            await self.app.push_screen(SharingScreen(self.live, self.board_here.id))

    async def action_favourite(self) -> None:
        board = self.board_here
        if board is None:
            return
        kept = self.favourites
        now = [id for id in kept if id != board.id] if board.id in kept else [*kept, board.id]
        await self.live.prefer(FAVOURITES, list(now))
        self.draw(f"board:{board.id}")

    async def action_move_down(self) -> None:
        await self._move(1)

    async def action_move_up(self) -> None:
        await self._move(-1)

    async def _move(self, by: int) -> None:
        """Past its neighbour in the order of boards; favourites and recent ones keep their sections."""
        board = self.board_here
        if board is None:
            return
        apart = (
            {*self.favourites, *self._recent_ids()} if board.id not in self.favourites else set()
        )
        order = [s.board.id for s in self.boards if s.board.id not in apart]
        if board.id in self.favourites:
            order = [id for id in order if id in self.favourites]
        place = order.index(board.id) + by if board.id in order else -1
        if not 0 <= place < len(order):
            return
        if by > 0:
            after = order[place]
        else:
            all_ids = [s.board.id for s in self.boards]
            before = all_ids.index(order[place])
            after = all_ids[before - 1] if before else ""
        await self.live.execute(MoveBoard(board_id=board.id, after=after))

    async def action_duplicate(self) -> None:
        board = self.board_here
        if board is None:
            return
        command = DuplicateBoard(board_id=board.id)
        if await self.live.execute(command):
            self.live.tell(f"“{board.name}” was duplicated. u takes it back.")
            await self.load()
            self.draw(f"board:{command.copy_id}")

    async def action_archive(self) -> None:
        board = self.board_here
        if board is not None and await self.live.execute(ArchiveBoard(board_id=board.id)):
            self.live.tell(f"“{board.name}” is in the archive now. u takes it back.")

    @asks
    async def action_trash(self) -> None:
        board = self.board_here
        if board is None or not await self._may_edit(board):
            return
        items = next(s.items for s in self.boards if s.board.id == board.id)
        question = f"Move “{board.name}” with {_counted(items, board.item_noun)} to the trash?"
        note = "It can be restored for 30 days; u takes it back at once."
        if await self.ask(Confirm(question, yes="Move to trash", note=note, by_letter=True)) and (
            await self.live.execute(TrashBoard(board_id=board.id))
        ):
            self.live.tell(f"“{board.name}” is in the trash. u takes it back.")

    async def action_import(self) -> None:
        from tui.screens.transfer import ImportScreen

        if self._may_make():
            await self.app.push_screen(ImportScreen(self.live))

    async def action_export(self) -> None:
        from tui.screens.transfer import ExportScreen

        if self.board_here is not None:
            await self.app.push_screen(ExportScreen(self.live, self.board_here.id, Filter()))

    async def action_show_trash(self) -> None:
        from tui.screens.trash import TrashScreen

        await self.app.push_screen(TrashScreen(self.live))

    async def action_privacy(self) -> None:
        from tui.screens.privacy import PrivacyScreen

        await self.app.push_screen(PrivacyScreen(self.live))

    async def action_members(self) -> None:
        from tui.screens.members import MembersScreen

        await self.app.push_screen(MembersScreen(self.live))

    async def action_audit(self) -> None:
        from tui.screens.audit import AuditScreen

        await self.app.push_screen(AuditScreen(self.live))

    async def action_settings(self) -> None:
        from tui.screens.settings import SettingsScreen

        await self.app.push_screen(SettingsScreen(self.live))

    async def action_workspaces(self) -> None:
        from tui.screens.first_run import FirstRunScreen

        await self.app.push_screen(FirstRunScreen(leave=True))

    def action_clear_filter(self) -> None:
        self.clear_filter()


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _name(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid("A board needs a name of at least one letter.")
    return name
