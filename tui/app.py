"""The app: opens a workspace, holds its screens, shows what is told, and knows where the person was last."""

import asyncio
import time
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from textual import events, work
from textual.binding import BindingType
from textual.worker import Worker

from engine.clock import system_clock
from engine.errors import ConneqtError, NotFound, Removed
from engine.model.actor import Role
from engine.queries.board_view import OpenBoard
from engine.queries.home import WhoAmI
from engine.queries.item_detail import FindItems
from engine.syncing import Device
from tui.actions import ACTIONS, BY_ID, Action
from tui.bootstrap import Opened, open_unlocked, remove_workspace
from tui.folders import state_folder
from tui.keys import bindings_for, keymap, keymap_of
from tui.live import Live, TakenOff, Told
from tui.put_away import STATES
from tui.recent_workspaces import remember
from tui.screens.board import BoardScreen
from tui.screens.home import HomeScreen
from tui.settings import Value, change_setting, read_settings
from tui.stylesheet import stylesheet
from tui.terminal import TerminalApp
from tui.themes import DARK, LIGHT, TERMINAL, THEMES
from tui.unlocking import Unlocked, lock
from tui.upkeep import look_after
from tui.widgets.status_line import StatusLine
from tui.widgets.taken_away import TakenAway, being_written

if TYPE_CHECKING:
    from tui.palette import Found

THEME_NAMES: Final = {"dark": DARK.name, "light": LIGHT.name, "terminal": TERMINAL.name}
LAST_BOARD: Final = "last:board"
RECENT: Final = "recent:boards"
MOST_RECENT: Final = 30
IDLE_CHECK: Final = 15.0
"""Seconds between two looks at whether anybody is still there."""
BOARD_IS_GONE: Final = "This board is not there any more."
TAKEN_AWAY: Final = f"{BOARD_IS_GONE} It was removed for good, or you may not see it now."
READ_ANEW: Final = "This board was read anew from the server."
NOT_READ_YET: Final = "This board has not come from the server yet."


class StartAt(Struct, frozen=True, kw_only=True):
    """Where the person wants to be. With a folder that is not `unlocked` a passphrase is asked for."""

    folder: Path | None = None
    unlocked: Unlocked | None = None
    board: str = ""
    view: str | None = None
    words: str = ""
    mouse: bool = True


class ConneqtApp(TerminalApp[object]):
    """Screens find here the open workspace (`live`), and the ways to boards, items and home."""

    CSS_PATH = stylesheet()
    TITLE = "ConneqtOS"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("global", keymap())]

    def __init__(self, start: StartAt) -> None:
        super().__init__(crash_folder=state_folder())
        self.start = start
        self.settings, self.mistakes = read_settings()
        self.live: Live
        self.workspace: Opened | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEME_NAMES[self.settings.theme]
        self.keymap = keymap()
        self.last_input = time.monotonic()
        self.take_keys()

    # -- starting and ending ----------------------------------------------------------------------

    async def on_mount(self) -> None:
        self.set_interval(IDLE_CHECK, self.lock_if_idle)
        for mistake in self.mistakes:
            self.post_message(Told(mistake, error=True))
        if self.start.unlocked is None:
            from tui.screens.first_run import FirstRunScreen

            await self.push_screen(FirstRunScreen(self.start.folder))
            return
        try:
            opened = await open_unlocked(self.start.unlocked)
        except ConneqtError as error:
            self.fail(error)
        else:
            await self.enter(opened)

    async def enter(self, opened: Opened) -> None:
        """Show a workspace in place of whatever is shown now."""
        if self.workspace is not None:
            await self.clear_screens()
        await self.leave_workspace()
        self.workspace = opened
        self.live = Live(self, opened.acting)
        try:
            await self.live.start()
        except Removed as error:
            await self.take_off(str(error))
            return
        await self.clear_screens()
        try:
            board = await self.first_board()
        except ConneqtError as error:
            self.fail(error)
            return
        gone = await self.why_gone(board) if board else ""
        if board and not gone:  # the boards are not drawn before one leaves it
            screen = BoardScreen(self.live, board, self.start.view, self.start.words)
            await self.push_screen(screen)
            await self.remember_board(board)
        else:
            await self.push_screen(HomeScreen(self.live))
            if board and not await self.is_to_come(board):
                self.live.tell(gone)
        self.start = StartAt(mouse=self.start.mouse)
        self.purge_expired()

    async def first_board(self) -> str:
        """The board that the start names, as the command line names boards; else the one shown last."""
        if not self.start.board:
            return str(self.live.preference(LAST_BOARD) or "")
        from tui.cli.choosing import board_named

        return (await board_named(self.live.acting, self.start.board)).id

    async def clear_screens(self) -> None:
        """Before a workspace is closed: what is still shown of it would go on reading."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def leave_workspace(self) -> None:
        if self.workspace is not None:
            self.workspace = None
            await self.live.stop()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self.last_input = time.monotonic()
        await super().on_event(event)

    async def lock_if_idle(self) -> None:
        """After as many minutes without a key as the settings say, the passphrase is asked for again."""
        minutes = self.settings.lock
        if minutes != "never" and time.monotonic() - self.last_input > int(minutes) * 60:
            await self.action_lock()

    async def action_lock(self) -> None:
        """Close the workspace and ask for its passphrase; a comment that was begun stays a draft."""
        opened = self.workspace
        if opened is None:
            return
        if opened.to_read or not lock(opened.folder):
            self.last_input = time.monotonic()
            self.live.tell("There is no passphrase to ask for, so it cannot be locked.")
            return
        from tui.screens.first_run import FirstRunScreen
        from tui.screens.item import ItemScreen

        for screen in self.screen_stack:
            if isinstance(screen, ItemScreen):
                await screen.keep_draft()
        await self.clear_screens()
        await self.leave_workspace()
        await self.push_screen(FirstRunScreen(opened.folder))

    async def action_sync(self) -> None:
        from tui.screens.sync import SyncScreen

        if self.workspace is not None and not isinstance(self.screen, SyncScreen):
            await self.push_screen(SyncScreen(self.live))

    async def on_unmount(self) -> None:
        await self.leave_workspace()

    def on_taken_off(self, message: TakenOff) -> None:
        """Who is no member any more has nothing of the organization left here."""
        self.run_worker(self.take_off(message.reason), exclusive=True, group="going")

    async def take_off(self, reason: str = "") -> None:
        """Take the workspace off this device: the person has signed out, or there is another reason."""
        from tui.screens.first_run import FirstRunScreen

        if self.workspace is None:
            return
        folder, name = self.workspace.folder, self.workspace.name
        writing = being_written(self.screen_stack)
        await self.clear_screens()
        await self.leave_workspace()
        await asyncio.to_thread(remove_workspace, folder)
        about = f"“{name}”: {reason}" if reason else ""
        await self.push_screen(FirstRunScreen(reason=about))
        if about and writing is not None:
            await self.push_screen(TakenAway(about, writing))

    async def remember_workspace(self, name: str = "") -> None:
        """Show its new name, or the server that it has now, where workspaces are chosen."""
        if self.workspace is not None:
            self.workspace.name = name or self.workspace.name
            state = await Device(self.live.acting).state()
            server = "" if state is None else state.link.server
            remember(self.workspace.folder, self.workspace.name, server)

    def fail(self, error: ConneqtError) -> None:
        """End with the error's sentence and exit status."""
        self.exit(return_code=error.exit_status, message=f"conneqtos: {error}")

    def run_to_exit_status(self) -> int:
        self.run(mouse=self.start.mouse and self.settings.mouse)
        return self.return_code or 0

    @work
    async def purge_expired(self) -> None:
        """What has been kept long enough goes for good, by those who may let it go."""
        _, me = await self.live.query(WhoAmI())
        if not (self.live.linked or me.role.covers(Role.OWNER)):
            return
        try:
            if self.workspace is not None:
                await look_after(self.workspace)
        except (ConneqtError, OSError) as error:
            self.live.tell(f"Retention or backup stopped: {error}", error=True)

    # -- going ----------------------------------------------------------------------------------

    @property
    def takes_keys(self) -> bool:
        """Not on the way from one screen to another: what is typed then is for the one to come."""
        going = any(one.group == "going" and not one.is_finished for one in self.workers)
        return super().takes_keys and not going

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.is_finished:
            self.keys_go_on()

    def open_board(self, board_id: str, view: str | None = None, words: str = "") -> None:
        """Show a board, with a view (`table`, `kanban`) and a filter if they are given."""
        self.run_worker(self.show_board(board_id, view, words), exclusive=True, group="going")

    async def show_board(self, board_id: str, view: str | None = None, words: str = "") -> None:
        await self.back_to_home()
        gone = await self.why_gone(board_id)
        if gone:
            self.live.tell(gone)
            return
        await self.push_screen(BoardScreen(self.live, board_id, view, words))
        await self.remember_board(board_id)

    def leave_board(self, board_id: str) -> None:
        """It was taken away while it was shown, perhaps under somebody's fingers."""
        writing = being_written(self.screen_stack)
        self.run_worker(self._leave_board(board_id, writing), exclusive=True, group="going")

    async def _leave_board(self, board_id: str, writing: str | None) -> None:
        gone = await self.why_gone(board_id)
        if not gone and writing is None:
            await self.show_board(board_id)
            return
        await self.back_to_home()
        await self.push_screen(TakenAway(gone or READ_ANEW, writing or ""))

    async def why_gone(self, board_id: str) -> str:
        """The sentence that says why a board cannot be shown; empty where it can."""
        try:
            frame = await self.live.query(OpenBoard(board_id=board_id))
        except NotFound:
            done, whole = (0, 0) if self.live.mark is None else self.live.mark.boards
            return NOT_READ_YET if done < whole else TAKEN_AWAY
        state = STATES.get(frame.board.state)
        return f"{BOARD_IS_GONE} It is {state}." if state else ""

    async def is_to_come(self, board_id: str) -> bool:
        """Whether a board that is not there may only not have been read from the server yet."""
        state = await Device(self.live.acting).state()
        return state is not None and f"board:{board_id}" not in state.scopes

    async def remember_board(self, board_id: str) -> None:
        """It comes first among the recent ones, and is shown at the next start."""
        known = self.live.preference(RECENT)
        recent = known if isinstance(known, dict) else {}
        others = {id: at for id, at in recent.items() if id != board_id}
        newest = dict(list(others.items())[-(MOST_RECENT - 1) :])
        await self.live.prefer(RECENT, {**newest, board_id: system_clock()})
        await self.live.prefer(LAST_BOARD, board_id)

    def open_item(self, item_id: str) -> None:
        """Show an item beside its board; the board comes first where another screen is shown."""
        self.run_worker(self.show_item(item_id), exclusive=True, group="going")

    async def show_item(self, item_id: str) -> None:
        try:
            (item,) = await self.live.query(FindItems(ids=(item_id,)))
        except (NotFound, ValueError):
            self.live.tell("This item is not there any more.")
            return
        board = self.shown_board
        if board is None or board.source.board_id != item.board_id:
            await self.show_board(item.board_id)
            board = self.shown_board
        from tui.screens.item import ItemScreen

        order = None
        if board is not None and item.parent_id is None:
            order = [number for lane in board.source.lanes for number in lane.numbers] or None
        await self.push_screen(ItemScreen(self.live, item.id, order), self._show_in_board)

    async def _show_in_board(self, number: int | None) -> None:
        """Put the board's cursor on the item whose panel was left."""
        if number is not None and self.shown_board is not None:
            await self.shown_board.shown.go_to(number)

    def go_home(self) -> None:
        """Back to the boards, which come first at the next start, too."""
        self.run_worker(self.show_home(), exclusive=True, group="going")

    async def show_home(self) -> None:
        await self.back_to_home()
        await self.live.prefer(LAST_BOARD, None)

    async def back_to_home(self) -> None:
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if not isinstance(self.screen, HomeScreen):
            left = self.shown_board
            came_from = left.source.board_id if left is not None else ""
            await self.switch_screen(HomeScreen(self.live, came_from))

    @property
    def shown_board(self) -> BoardScreen | None:
        """The board on the screen, also below an item's panel."""
        return next((s for s in reversed(self.screen_stack) if isinstance(s, BoardScreen)), None)

    # -- telling ----------------------------------------------------------------------------------

    def on_told(self, message: Told) -> None:
        for screen in reversed(self.screen_stack):
            for line in screen.query(StatusLine):
                line.tell(message.text, error=message.error)
                return

    # -- actions ----------------------------------------------------------------------------------

    async def action_undo(self) -> None:
        if self.workspace is not None:
            await self.live.undo()

    async def action_redo(self) -> None:
        if self.workspace is not None:
            await self.live.redo()

    async def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        await self.push_screen(HelpScreen(self.screen))

    async def action_palette(self) -> None:
        from tui.palette import Palette

        live = self.live if self.workspace is not None else None
        await self.push_screen(Palette(self.screen, live), self._found)

    def _found(self, found: "Found | None") -> None:
        """Whoever took the key may be of a screen that goes: what was chosen is not for it to wait for."""
        self.call_later(self.take_found, found)

    async def take_found(self, found: "Found | None") -> None:
        """Do what was chosen in the palette."""
        if found is None:
            return
        if found.kind == "board":
            self.open_board(found.id)
        elif found.kind == "item":
            self.open_item(found.id)
        else:
            await self.carry_out(BY_ID[found.id])

    async def carry_out(self, action: Action) -> None:
        """Do an action of the table, on the screen that is shown or in the app."""
        name = f"action_{action.name}"
        done = (getattr(self.screen, name, None) or getattr(self, name))()
        if isawaitable(done):
            await done

    def take_keys(self) -> None:
        """Put the keys of the settings in force; where two collide, those of the preset."""
        self.keymap, mistakes = keymap_of(self.settings)
        self.mistakes += mistakes
        single = {
            action.id: ",".join(key for key in self.keymap.of(action.id) if " " not in key)
            for action in ACTIONS
        }
        self.set_keymap(single)

    def set_setting(self, name: str, value: Value) -> None:
        """Change a setting in the file and at once. Raises ConneqtErrors."""
        change_setting(name, value)
        self.settings, self.mistakes = read_settings()
        self.take_keys()
        self.theme = THEME_NAMES[self.settings.theme]
