"""What every part of the item panel stands on: the source, the list, loading and following changes."""

import asyncio
from collections.abc import Sequence

from textual.screen import ModalScreen
from textual.widgets import Static

from engine.commands.registry import Command
from engine.errors import ConneqtError, NotFound
from engine.model.item import Attachment, Comment, Item
from engine.queries.item_detail import FindItems
from tui.item_source import ItemSource
from tui.keys_in_turn import keys_go_on
from tui.live import Changed, Live
from tui.put_away import STATES
from tui.screens.asking import Asking
from tui.screens.taking_keys import TakingKeys
from tui.widgets.attachments import attachment_entries
from tui.widgets.card_content import drawn_to
from tui.widgets.comments import Composer, comment_entries
from tui.widgets.entry_list import Entry, EntryList
from tui.widgets.history import history_entries
from tui.widgets.item_fields import AIR, field_entries, name_entry, subitem_entries
from tui.widgets.taken_away import TakenAway, being_written

NEEDS_NO_CHANGE = "You may look at this item, but not change it."
GONE = "This item is not there any more."


class ItemBase(Asking[int | None], TakingKeys[int | None], ModalScreen[int | None]):
    """Comes back with the number of the item that was shown last. Whatever changes the item goes through a
    command; the announcement of it brings what is shown."""

    def __init__(self, live: Live, item_id: str, numbers: Sequence[int] | None = None) -> None:
        super().__init__()
        self.live = live
        self.source = ItemSource(live, item_id, numbers)
        self.shows_history = False
        self.draft = ""
        self._loading = False
        self._load_again = False
        self.takes_keys = False  # until there is something that they could be about
        self._all_shown = asyncio.Event()
        self._wanted_key: str | None = None

    # -- parts ----------------------------------------------------------------------------------

    @property
    def entries(self) -> EntryList:
        return self.query_one(EntryList)

    @property
    def composer(self) -> Composer:
        return self.query_one(Composer)

    # -- loading --------------------------------------------------------------------------------

    def reload(self, key: str | None = None) -> None:
        """Read the item again and draw it, with the cursor on the entry `key` if that is given. Calls that
        come while one is under way are one more reading."""
        self._wanted_key = key or self._wanted_key
        self._load_again = True
        self._all_shown.clear()
        if not self._loading:
            self._loading = True
            self.run_worker(self._load(), group="item", exit_on_error=False)

    def on_changed(self, message: Changed) -> None:
        about = message.announcement
        people = any(entity == "member" for entity, _ in about.records)
        if people or not self.source.loaded or self.source.item.board_id in about.boards:
            self.reload()

    def on_screen_resume(self) -> None:
        """A window over the panel was closed: what came meanwhile is shown now."""
        self.reload()

    async def _load(self) -> None:
        try:
            while self._load_again:
                self._load_again = False
                await self.source.load(history=self.shows_history)
                await self.show_item()
                self.takes_keys = True
        except NotFound:
            if self.is_current:
                writing = being_written([self])
                self.live.tell(GONE)
                self.dismiss(None)
                if writing is not None:
                    await self.app.push_screen(TakenAway(GONE, writing))
        except ConneqtError as error:
            self.live.tell(str(error), title=error.title, error=True)
            if not self.source.loaded and self.is_current:
                self.dismiss(None)
        finally:
            self._loading = False
            self._all_shown.set()
            keys_go_on(self.app)

    async def all_shown(self) -> None:
        """Wait until what was asked for is on the screen: the next key is about that."""
        await self._all_shown.wait()

    async def show_item(self) -> None:
        """Draw what the source holds; an open draft stays as it is."""
        place, count = await self.source.place()
        self.show_path(place, count)
        key, self._wanted_key = self._wanted_key, None
        self.entries.show(self.build, key)

    def show_path(self, place: int, count: int) -> None:
        """Where the item is, at the left; which one it is, at the right."""
        whole, into = self.source.whole, self.entries.signs.into
        parts = [whole.board.name, whole.group.name]
        if whole.parent is not None:
            parts.append(whole.parent.name)
        board = STATES.get(whole.board.state)
        state = STATES.get(whole.item.state) or (board and f"board {board}")
        right = f"{whole.item.tag}" + (f" · {state}" if state else "")
        right += f" · {place}/{count}" if place else ""
        width = max(self.query_one("#item-path").size.width, 20)
        room = width - len(right) - 2
        left = drawn_to(f" {into} ".join(parts), max(room, 1))
        self.query_one("#item-path", Static).update(f"{left}{right:>{width - _cells(left)}}")

    def build(self, width: int) -> list[Entry]:
        """All entries, for a width in cells."""
        source, signs = self.source, self.entries.signs
        if self.shows_history:
            return [name_entry(source, width), AIR, *history_entries(source, width, signs)]
        return [
            name_entry(source, width),
            AIR,
            *field_entries(source, width, signs),
            AIR,
            *subitem_entries(source, width, signs),
            *([] if source.item.parent_id else [AIR]),
            *attachment_entries(source, width, signs),
            AIR,
            *comment_entries(source, width, draft=self.draft),
        ]

    # -- what is acted on -----------------------------------------------------------------------

    @property
    def here(self) -> tuple[str, str]:
        """What the cursor's entry is, and its id: (`column`, …), (`subitem`, …), (`add`, `comment`), …"""
        kind, _, id = self.entries.key.partition(":")
        return kind, id

    def subitem_here(self) -> Item | None:
        kind, id = self.here
        found = (item for item in self.source.whole.subitems if item.id == id)
        return next(found, None) if kind == "subitem" else None

    def attachment_here(self) -> Attachment | None:
        kind, id = self.here
        found = (one for one in self.source.whole.attachments if one.id == id)
        return next(found, None) if kind == "file" else None

    def comment_here(self) -> Comment | None:
        kind, id = self.here
        found = (comment for comment in self.source.whole.comments if comment.id == id)
        return next(found, None) if kind == "comment" else None

    def may_edit(self) -> bool:
        """Whether this person may change the item; says so if not."""
        if not self.source.can_edit:
            self.live.tell(self.source.why_unchanged or NEEDS_NO_CHANGE, error=True)
        return self.source.can_edit

    async def execute(self, *commands: Command) -> bool:
        """Carry out one gesture; False when it failed, or is not to be, and that was told."""
        if self.source.why_unchanged:
            self.live.tell(self.source.why_unchanged, error=True)
            return False
        return await self.live.execute(*commands) is not None

    async def number_of(self, item_id: str) -> int | None:
        found = await self.live.query(FindItems(ids=(item_id,)))
        return found[0].number if found else None


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
