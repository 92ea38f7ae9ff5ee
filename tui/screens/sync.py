"""How this workspace and its server stand: what waits, what was refused and why, and edits that met others'."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from engine.api import local_utc_offset
from engine.commands.conflicts import DismissConflict
from engine.commands.items import RenameItem, SetValues
from engine.commands.registry import Command
from engine.commands.views import SetPreference
from engine.model.conflict import Conflict
from engine.model.exchange import Sent
from engine.queries.conflicts import Conflicts
from engine.queries.home import WhoAmI
from engine.syncing import Device, Held, SyncState, Waiting
from tui.live import Live, Marked
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.screens.refused import decide
from tui.screens.server_link import Deed, carry_out, deeds_of, entries_of
from tui.spoken_time import spoken_time
from tui.sync_mark import spoken_mark
from tui.sync_names import Names
from tui.sync_words import conflict_subject, said, where_and_when
from tui.widgets.card_content import Line, Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR
from tui.widgets.wrapped_text import wrapped

MOST_WAITING: Final = 100
WIDTH: Final = 100
MOST_LINES: Final = 4


class SyncScreen(Listing):
    """Nothing is here that the person could lose: what was refused stays until it is put away."""

    scope = "sync"
    hints = ("open", "now", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.device = Device(live.acting)
        self.state: SyncState | None = None
        self.deeds: list[Deed] = []
        self.waiting: list[Waiting] = []
        self.held: list[Held] = []
        self.conflicts: list[Conflict] = []
        self.names: Names

    async def load(self) -> None:
        self.state = await self.device.state()
        _, me = await self.live.query(WhoAmI())
        mark = self.live.mark
        unknown = mark is not None and mark.standing.value == "needs you" and not mark.held
        self.deeds = deeds_of(self.state, me.role, unknown=unknown)
        self.waiting = [
            one for one in await self.device.waiting() if one.command.op != SetPreference.OP
        ]
        self.held = await self.device.held()
        self.conflicts = await self.live.query(Conflicts())
        told = [one.command for one in self.held]
        told += [one.command for one in self.waiting[:MOST_WAITING]]
        self.names = await Names.of(self.live.acting, told, self.conflicts)

    async def on_marked(self, message: Marked) -> None:
        await self.load()
        self.draw()

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        if self.state is None:
            return "Sync", "this workspace is a local one", ""
        mark = self.live.mark
        return (
            "Sync",
            self.state.link.server,
            "" if mark is None else spoken_mark(mark).plain.strip(),
        )

    def entries_for(self, width: int) -> Sequence[Entry]:
        deeds = _section("This workspace", list(entries_of(self.deeds, width)))
        if self.state is None:
            return [AIR, _dim("Everything is here, and nothing is sent anywhere."), *deeds]
        if self.state.link.taking:
            return [AIR, *self._on_its_way(width), *_section("Waiting for the server", self._waiting(width)), *deeds]  # fmt: skip
        parts = [
            *_section("Refused by the server", [self._held(one, width) for one in self.held]),
            *_section(
                "Your edits that met somebody else's",
                [self._conflict(one, width) for one in self.conflicts],
            ),
            *_section("Waiting for the server", self._waiting(width)),
        ]
        whole = (
            []
            if parts
            else [AIR, _dim("Everything is on the server, and everything of it is here.")]
        )
        return [AIR, _dim(self._figures(self.state)), *whole, *parts, *deeds]

    def _on_its_way(self, width: int) -> list[Entry]:
        """While the workspace is being taken to its server, or where that will not have it."""
        mark = self.live.mark
        reason = mark.reason if mark is not None else ""
        said = (
            reason
            or "It is on its way to the server. Go on working: what you do waits and goes behind it."
        )
        return [_dim(line) for line in wrapped(said, min(width, WIDTH), MOST_LINES)]

    def _figures(self, state: SyncState) -> str:
        offset, now = local_utc_offset(), self.live.acting.engine.now()
        boards = sum(scope.startswith("board:") for scope in state.scopes)
        last = state.link.last_at
        said = [
            f"Last exchange {spoken_time(last, now, offset)}" if last else "No exchange yet",
            f"{boards:,} {'board' if boards == 1 else 'boards'} here",
        ]
        if state.link.gaps:
            said.append(f"{state.link.gaps:,} read anew, as rows were missing")
        return "  ·  ".join(said)

    def _held(self, one: Held, width: int) -> Entry:
        first = self._headed(one.command, width, "title")
        return Entry(f"held:{one.command.id}", (first, (Run(drawn_to(one.reason, width), "dim"),)))

    def _conflict(self, one: Conflict, width: int) -> Entry:
        names = self.names
        board = names.called(one.board_id) if one.board_id != one.entity_id else ""
        note = " · ".join(word for word in (board, names.time(one.at)) if word)
        yours = f"Yours: {names.value(one.field, one.lost)}"
        theirs = f"{names.person(one.won_by)}: {names.value(one.field, one.won)}"
        first = _beside(conflict_subject(one, names), note, width, "title")
        rest = ((Run(drawn_to(yours, width), "text"),), (Run(drawn_to(theirs, width), "dim"),))
        return Entry(f"conflict:{one.id}", (first, *rest))

    def _waiting(self, width: int) -> list[Entry]:
        entries = [Entry("", self._waits(one, width)) for one in self.waiting[:MOST_WAITING]]
        more = len(self.waiting) - MOST_WAITING
        return [*entries, _dim(f"and {more:,} more")] if more > 0 else entries

    def _waits(self, one: Waiting, width: int) -> tuple[Line, ...]:
        first = self._headed(one.command, width, "text")
        trouble = drawn_to(f"will be refused: {one.trouble}", width)
        return (first, (Run(trouble, "dim"),)) if one.trouble else (first,)

    def _headed(self, sent: Sent, width: int, style: str) -> Line:
        return _beside(said(sent, self.names), where_and_when(sent, self.names), width, style)

    # -- actions ----------------------------------------------------------------------------------

    async def action_now(self) -> None:
        if self.live.loop is not None:
            self.live.loop.wake()

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        held = {one.command.id: one for one in self.held}
        conflicts = {one.id: one for one in self.conflicts}
        if kind == "held" and id in held:
            await decide(self, held[id])
        elif kind == "conflict" and id in conflicts:
            await self._decide_conflict(conflicts[id])
        elif kind == "deed" and await carry_out(self, id):
            return  # the workspace goes from this device
        await self.load()
        self.draw()

    async def _decide_conflict(self, one: Conflict) -> None:
        names, mine = self.names, _putting_back(one)
        now = one.won if mine is None else names.stands(one.entity_id, one.field)
        options = [Choosable("away", "put it away", f"{names.value(one.field, now)} stays")]
        if mine is not None:
            options.insert(0, Choosable("mine", "take mine", names.value(one.field, one.lost)))
        match await self.ask(Choice(conflict_subject(one, names), options)):
            case "mine" if mine is not None:
                if await self.live.execute(mine) is not None:
                    await self.live.execute(DismissConflict(conflict_id=one.id))
            case "away":
                await self.live.execute(DismissConflict(conflict_id=one.id))


def _putting_back(one: Conflict) -> Command | None:
    """What gives the field the value that gave way; None where it is not a field of an item."""
    if one.entity != "item":
        return None
    if one.field == "name":
        return RenameItem(item_id=one.entity_id, name=str(one.lost))
    if one.field.startswith("values."):
        return SetValues(
            item_ids=(one.entity_id,), values={one.field.removeprefix("values."): one.lost}
        )
    return None


def _beside(what: str, note: str, width: int, style: str) -> Line:
    """The note stands dim at the right end."""
    kept = drawn_to(note, width // 2)
    room = max(width - cell_len(kept) - 2, 0)
    return (Run(f"{drawn(what, room)}  ", style), Run(kept, "dim"))


def _section(title: str, entries: list[Entry]) -> list[Entry]:
    return [AIR, Entry("", ((Run(title.upper(), "heading"),),)), *entries] if entries else []


def _dim(text: str) -> Entry:
    return Entry("", ((Run(text, "dim"),),))
