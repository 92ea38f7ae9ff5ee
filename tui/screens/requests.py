"""Requests about personal data: one's own, and for owners and admins the whole queue, the late ones in red (C35)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.requests import FileRequest, WorkOnRequest
from engine.model.rights import Request, RequestState
from engine.model.text import clean_line
from engine.queries.home import WhoAmI
from engine.queries.rights import MyRights, RequestKinds, RequestQueue
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.spoken_time import spoken_day, spoken_time
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.entry_list import Entry
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR, beside

NUMBER_WIDTH: Final = 6
STATE_WIDTH: Final = 26
WARNING_DAYS: Final = 5
DAY: Final = 86_400_000
_WORDS: Final = {
    RequestState.IN_WORK: ("Take it on", ""),
    RequestState.ANSWERED: ("Answer it", "Your answer"),
    RequestState.EXTENDED: ("Extend it by 60 days, once", "Why it takes longer"),
    RequestState.REFUSED: ("Refuse it", "Why, and that they can complain"),
    RequestState.WITHDRAWN: ("Withdraw it", ""),
}  # fmt: skip


class RequestsScreen(Listing):
    """The most pressing first. Enter says what can be done with one."""

    scope = "requests"
    hints = ("add", "open", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.requests: list[Request] = []
        self.kinds: Mapping[str, Any] = {}
        self.me = ""
        self.answers = False

    async def load(self) -> None:
        self.kinds = await self.live.query(RequestKinds())
        _, me = await self.live.query(WhoAmI())
        rights = await self.live.query(MyRights())
        self.me, self.answers = me.id, rights.answers_requests
        self.requests = await self.live.query(RequestQueue())

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        waiting = sum(request.state.is_open for request in self.requests)
        return "Privacy & Data", "requests", f"{waiting:,} open"

    def entries_for(self, width: int) -> Sequence[Entry]:
        shown = [
            one
            for one in self.requests
            if self.fits(str(one.number), one.text, one.sender, one.kind)
        ]
        if not self.requests:
            key = self.keymap.shown("requests.add")
            return [
                AIR,
                _dim(f"There is no request.  {key} files one; it is answered within 30 days."),
            ]
        if not shown:
            return [AIR, _dim("No request has these words. esc shows all.")]
        return [entry for one in shown for entry in self._entries(one, width)]

    def _entries(self, one: Request, width: int) -> Iterator[Entry]:
        yield AIR
        number = Run(drawn(f"{one.number}", NUMBER_WIDTH), "title")
        state = _state(one)
        title = self.kinds[one.kind].title if one.kind in self.kinds else one.kind
        who = f"  from {clean_line(one.sender)}" if one.sender else ""
        room = max(width - NUMBER_WIDTH - STATE_WIDTH, 8)
        head = (number, state, Run(drawn_to(f"{title}{who}", room), "title"))
        text = [*_paragraph(one.text, width), *self._log(one, width)]
        yield Entry(f"request:{one.id}", (head, *text))

    def _log(self, one: Request, width: int) -> list[tuple[Run, ...]]:
        now, offset = system_clock(), local_utc_offset()
        lines = []
        for step in one.log:
            lines += _paragraph(f"{spoken_time(step.at, now, offset)}  {step.what}", width, "dim")
        return lines

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_add(self) -> None:
        """File a request, or (owners and admins) note one that came by mail."""
        options = [Choosable(key, one.title, one.article) for key, one in self.kinds.items()]
        kind = await self.ask(Choice("What do you ask for?", options))
        if kind is None:
            return
        fields = [Field("text", "In your words")]
        if self.answers:
            fields.append(Field("sender", "Came by mail from (empty: it is yours)", optional=True))

        async def file(typed: Mapping[str, str]) -> bool:
            done = await self.live.acting.execute(
                FileRequest(
                    request_kind=kind, text=typed["text"], sender=typed.get("sender", "")
                )
            )  # fmt: skip
            self.live.tell(" ".join(done.notes))
            return True

        wanted = self.kinds[kind]
        await self.ask(Form(wanted.title, fields, file, hint=wanted.self_service))

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        request = next((one for one in self.requests if one.id == id), None)
        if kind != "request" or request is None:
            return
        states = self._possible(request)
        if not states:
            self.live.tell(f"Request {request.number} is closed.")
            return
        options = [Choosable(state.value, _WORDS[state][0]) for state in states]
        chosen = await self.ask(Choice(f"Request {request.number}", options))
        if chosen is not None:
            await self._move(request, RequestState(chosen))

    def _possible(self, request: Request) -> list[RequestState]:
        if not request.state.is_open:
            return []
        answering = [state for state in _WORDS if state is not RequestState.WITHDRAWN]
        own = [RequestState.WITHDRAWN] if request.subject_id == self.me else []
        return [*(answering if self.answers else []), *own]

    async def _move(self, request: Request, state: RequestState) -> None:
        label = _WORDS[state][1]

        async def move(typed: Mapping[str, str]) -> bool:
            text = typed.get("text", "")
            await self.live.acting.execute(
                WorkOnRequest(request_id=request.id, to=state, text=text)
            )
            return True

        if label:
            await self.ask(Form(f"Request {request.number}", [Field("text", label)], move))
        else:
            await self.live.execute(WorkOnRequest(request_id=request.id, to=state))


def _state(one: Request) -> Run:
    """The state, and by when an open one must be answered: red when that has passed, yellow when it is near."""
    if not one.state.is_open:
        return Run(drawn(one.state.value, STATE_WIDTH), "dim")
    now = system_clock()
    day = spoken_day(one.due_at, now, local_utc_offset())
    if one.due_at < now:
        return Run(drawn(f"late: was due {day}", STATE_WIDTH), "color", "red")
    near = one.due_at < now + WARNING_DAYS * DAY
    look = ("color", "yellow") if near else ("text",)
    return Run(drawn(f"{one.state.value}, due {day}", STATE_WIDTH), *look)


def _paragraph(text: str, width: int, look: str = "text") -> list[tuple[Run, ...]]:
    return list(beside((Run(" " * NUMBER_WIDTH, "text"),), text, (look,), width, 6))


def _dim(text: str) -> Entry:
    return Entry("", ((Run(text, "dim"),),))
