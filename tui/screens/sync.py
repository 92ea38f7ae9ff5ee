"""How this workspace and its server stand: what waits, what was refused and why, and edits that met others'."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.cells import cell_len

from engine.api import local_utc_offset
from engine.commands.views import SetPreference
from engine.model.conflict import Conflict
from engine.model.exchange import Sent
from engine.queries.conflicts import Conflicts
from engine.queries.home import WhoAmI
from engine.syncing import Device, Held, SyncState, Waiting
from tui.live import Live, Marked
from tui.screens.asking import asks
from tui.screens.conflicts import decide_conflict
from tui.screens.listing import Listing
from tui.screens.refused import decide
from tui.screens.server_link import STAY, Deed, carry_out, deeds_of, entries_of
from tui.sync_mark import spoken_mark
from tui.sync_names import Names
from tui.sync_standing import WHOLE, figures, outcome, trouble
from tui.sync_words import conflict_subject, conflict_values, said, where_and_when
from tui.widgets.card_content import Line, Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry, EntryList
from tui.widgets.item_fields import AIR, beside
from tui.widgets.status_line import StatusLine
from tui.widgets.wrapped_text import wrapped

MOST_WAITING: Final = 100
WIDTH: Final = 100
MOST_LINES: Final = 4
MOST_TOLD: Final = 8
EXCHANGE: Final = "exchange:"
LOCAL: Final = "This workspace is a local one: there is no server to exchange with."
NOTHING: Final = "Nothing here has these words. esc shows all."
WAITS: Final = "It goes to the server by itself, as soon as that can be reached."
WAITING: Final = (
    Choosable("stay", "let it wait"), Choosable("now", "send it now", "if the server can be reached"),
)  # fmt: skip
MOST_STEPS: Final = 5
ASKED_FIRST: Final = {
    STAY.id: (
        "Stop taking it to the server?", "Stay local",
        "It goes on as a local workspace with all that it holds.",
    ),
}  # fmt: skip
"""Deeds that change where the workspace lives and ask nothing themselves: question, yes, note."""


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
        self.waiting: list[list[Waiting]] = []  # by gesture
        self.held: list[Held] = []
        self.conflicts: list[Conflict] = []
        self.names: Names
        self._work: list[str] = []  # keys of the lines that are about work, as they were drawn last
        self._awaited = False

    async def load(self) -> None:
        self.state = await self.device.state()
        footer = self.query_one(StatusLine)
        footer.actions = tuple(one for one in self.hints if self.state is not None or one != "now")
        footer.show()
        _, me = await self.live.query(WhoAmI())
        mark = self.live.mark
        unknown = mark is not None and mark.standing.value == "needs you" and not mark.held
        self.deeds = deeds_of(self.state, me.role, unknown=unknown)
        waiting = [one for one in await self.device.waiting() if one.command.op != SetPreference.OP]
        self.waiting = [
            list(one) for _, one in groupby(waiting, key=lambda one: one.command.gesture)
        ]
        self.held = await self.device.held()
        self.conflicts = await self.live.query(Conflicts())
        told = [one.command for one in self.held]
        told += [first.command for first, *_ in self.waiting[:MOST_WAITING]]
        self.names = await Names.of(self.live.acting, told, self.conflicts)

    async def on_marked(self, message: Marked) -> None:
        await self.read()
        self.draw()
        mark, state = self.live.mark, self.state
        said = outcome(mark, state.link.server) if mark is not None and state is not None else ""
        if self._awaited and said:
            self._awaited = False
            self.live.tell(said)

    def draw(self, key: str | None = None) -> None:
        """The cursor begins at the first line that is about work. Where its line is gone it goes to the work in its place:
        never by itself to what makes something else of the workspace."""
        before, self._work = self._work, list(self._keys_of_work())
        super().draw(key or self._resting(before))

    def _keys_of_work(self) -> Iterator[str]:
        if self.state is None:
            return
        yield from (f"held:{one.command.id}" for one in self.held if self._fits_held(one))
        yield from (f"conflict:{one.id}" for one in self.conflicts if self._fits_conflict(one))
        yield from map(_waiting_key, self._waiting_that_fit[:MOST_WAITING])

    def _resting(self, before: list[str]) -> str | None:
        """Where the cursor goes by itself; None where it stays."""
        if self.state is None or not self.query(EntryList):
            return None
        here, deeds = self.entries.key, [f"deed:{one.id}" for one in self.deeds]
        if here in (*self._work, *deeds) or (here == EXCHANGE and not self.filter_words):
            return None
        place = before.index(here) if here in before else 0
        return self._work[min(place, len(self._work) - 1)] if self._work else EXCHANGE

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
        parts = [
            *_section(
                "Refused by the server",
                [self._held(one, width) for one in self.held if self._fits_held(one)],
            ),
            *_section(
                "Your edits that met somebody else's",
                [self._conflict(one, width) for one in self.conflicts if self._fits_conflict(one)],
            ),
            *_section("Waiting for the server", self._waiting(width)),
        ]
        if self.filter_words and not parts:
            parts = [AIR, _dim(NOTHING)]
        return [AIR, *self._stands(self.state, width, whole=not parts), *parts, *deeds]

    def _stands(self, state: SyncState, width: int, *, whole: bool) -> Iterator[Entry]:
        """Enter on its first line exchanges now."""
        now, offset, mark = self.live.acting.engine.now(), local_utc_offset(), self.live.mark
        wrong, room = trouble(mark, now, offset), min(width, WIDTH)
        yield Entry(EXCHANGE, ((Run(drawn_to(figures(state, now, offset), width), "dim"),),))
        yield from (Entry("", ((Run(one, "text"),),)) for one in wrapped(wrong, room, MOST_LINES) if one)  # fmt: skip
        if whole and not wrong and mark is not None and mark.standing.value == "synced":
            yield from (AIR, _dim(WHOLE))

    def _fits_held(self, one: Held) -> bool:
        return self._fits_sent(one.command, one.reason)

    def _fits_conflict(self, one: Conflict) -> bool:
        names = self.names
        values = (value for _, value in conflict_values(one, names))
        return self.fits(conflict_subject(one, names), names.called(one.board_id), *values)

    def _fits_sent(self, sent: Sent, *more: str) -> bool:
        return self.fits(said(sent, self.names), where_and_when(sent, self.names), *more)

    @property
    def _waiting_that_fit(self) -> list[list[Waiting]]:
        if not self.filter_words:  # those beyond the ones that are shown have no names
            return self.waiting
        named = self.waiting[:MOST_WAITING]
        return [one for one in named if self._fits_sent(one[0].command)]

    def _held(self, one: Held, width: int) -> Entry:
        lines = self._headed(one.command, width, "title")
        why = beside((), one.reason, ("dim",), width, MOST_LINES)
        return Entry(f"held:{one.command.id}", (*lines, *why))

    def _conflict(self, one: Conflict, width: int) -> Entry:
        names = self.names
        board = names.called(one.board_id) if one.board_id != one.entity_id else ""
        note = " · ".join(word for word in (board, names.time(one.at)) if word)
        lines = _with_note(conflict_subject(one, names), note, width, "title")
        looks = ("text", "dim")
        for (whose, value), look in zip(conflict_values(one, names), looks, strict=False):
            before = (Run(f"{drawn_to(whose, width // 3)}: ", look),) if whose else ()
            lines += beside(before, value, (look,), width, MOST_LINES)
        return Entry(f"conflict:{one.id}", lines)

    def _waiting(self, width: int) -> list[Entry]:
        fitting = self._waiting_that_fit
        entries = [
            Entry(_waiting_key(one), self._waits(one, width)) for one in fitting[:MOST_WAITING]
        ]
        more = sum(map(len, fitting[MOST_WAITING:]))
        return [*entries, _dim(f"and {more:,} more")] if more else entries

    def _waits(self, gesture: list[Waiting], width: int) -> tuple[Line, ...]:
        count = f"  ({len(gesture):,} steps)" if len(gesture) > 1 else ""
        lines = self._headed(gesture[0].command, width, "text", count)
        troubles = [f"will be refused: {step.trouble}" for step in gesture if step.trouble]
        for one in troubles[:1]:
            lines += beside((), one, ("dim",), width, MOST_LINES)
        return lines

    def _headed(self, sent: Sent, width: int, style: str, count: str = "") -> tuple[Line, ...]:
        what, note = f"{said(sent, self.names)}{count}", where_and_when(sent, self.names)
        return _with_note(what, note, width, style)

    # -- actions ----------------------------------------------------------------------------------

    async def action_now(self) -> None:
        """Exchange at once; how that went is told when it is over."""
        loop, mark, state = self.live.loop, self.live.mark, self.state
        if loop is None or mark is None or state is None:
            self.live.tell(LOCAL)
            return
        if mark.stopped:
            self.live.tell(mark.reason, error=True)
            return
        self._awaited = True
        self.live.tell(f"Asking {state.link.server}…")
        loop.wake()

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        held = {one.command.id: one for one in self.held}
        conflicts = {one.id: one for one in self.conflicts}
        if kind == "held" and id in held:
            await decide(self, held[id])
        elif kind == "conflict" and id in conflicts:
            await decide_conflict(self, conflicts[id])
        elif kind == "waiting":
            await self._show_waiting(id)
        elif kind == "exchange":
            await self.action_now()
        elif kind == "deed" and await self._is_sure(id) and await carry_out(self, id):
            return  # the workspace goes from this device
        if self.live.loop is not None:
            await self.live.loop.recount()
        await self.read()
        self.draw()

    async def _show_waiting(self, id: str) -> None:
        """All that a line of what waits has no room for."""
        gesture = next((one for one in self.waiting if one[0].command.id == id), None)
        if gesture is None:
            return
        commands = [one.command for one in gesture[:MOST_STEPS]]
        names = await Names.of(self.live.acting, commands)
        told = [said(one, names) for one in commands]
        if len(gesture) > MOST_STEPS:
            told.append(f"and {len(gesture) - MOST_STEPS:,} more")
        note = "\n".join((*told, where_and_when(commands[0], names)))
        if (
            await self.ask(Choice("Waiting for the server", WAITING, note=note, hint=WAITS))
            == "now"
        ):
            await self.action_now()

    async def _is_sure(self, deed: str) -> bool:
        if deed not in ASKED_FIRST:
            return True
        question, yes, note = ASKED_FIRST[deed]
        return await self.ask(Confirm(question, yes=yes, note=note)) is not None


def _waiting_key(gesture: list[Waiting]) -> str:
    return f"waiting:{gesture[0].command.id}"


def _with_note(what: str, note: str, width: int, style: str) -> tuple[Line, ...]:
    """The note stands dim at the right end of the first line; none of the words is cut for it."""
    kept = drawn_to(note, width // 2)
    room = max(width - cell_len(kept) - 2, 1)
    (first,), *rest = beside((), what, (style,), room, MOST_TOLD)
    return ((Run(f"{drawn(first.text, room)}  ", style), Run(kept, "dim")), *rest)


def _section(title: str, entries: list[Entry]) -> list[Entry]:
    return [AIR, Entry("", ((Run(title.upper(), "heading"),),)), *entries] if entries else []


def _dim(text: str) -> Entry:
    return Entry("", ((Run(text, "dim"),),))
