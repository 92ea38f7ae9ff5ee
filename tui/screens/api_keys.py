"""API keys: made, shown once, told apart by their prefix, revoked."""

from collections.abc import Mapping, Sequence
from typing import Final

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.api_keys import RevokeApiKey
from engine.errors import Invalid
from engine.model.actor import Role, Scope
from engine.queries.home import People, WhoAmI
from engine.queries.members import ApiKeys, KeyShown
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.spoken_time import spoken_day
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR

PREFIX_WIDTH: Final = 12
NAME_WIDTH: Final = 28
SCOPE_WIDTH: Final = 8
SCOPES: Final = {
    Scope.READ: "see what you see",
    Scope.WRITE: "also change boards and items, as a member can",
    Scope.ADMIN: "everything that you may do",
}
"""How far each scope reaches, as it is chosen by."""


class ApiKeysScreen(Listing):
    """One's own; for owners and admins those of everybody."""

    scope = "keys"
    hints = ("add", "open", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.keys: list[KeyShown] = []
        self.names: dict[str, str] = {}

    async def load(self) -> None:
        _, me = await self.live.query(WhoAmI())
        self.keys = await self.live.query(ApiKeys(all=me.role.covers(Role.ADMIN)))
        people = await self.live.query(People())
        self.names = {one.id: one.name for one in people if one.id != me.id}

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        valid = sum(not _ended(key) for key in self.keys)
        return "Privacy & Data", "API keys, for your own programs", f"{valid:,} valid"

    def entries_for(self, width: int) -> Sequence[Entry]:
        if not self.keys:
            add = self.keymap.shown("keys.add")
            return [AIR, _dim(f"There is no API key.  {add} makes one, for a script of yours.")]
        shown = [key for key in self.keys if self.fits(key.name, key.prefix, key.scope.value)]
        if not shown:
            return [AIR, _dim("No key has these words. esc shows all.")]
        return [AIR, *(self._entry(key, width) for key in shown)]

    def _entry(self, key: KeyShown, width: int) -> Entry:
        look = "dim" if _ended(key) else "title"
        owner = self.names.get(key.member_id, "")
        name = f"{key.name} · {owner}" if owner else key.name
        room = max(width - PREFIX_WIDTH - NAME_WIDTH - SCOPE_WIDTH, 8)
        runs = (
            Run(drawn(key.prefix, PREFIX_WIDTH), "dim"),
            Run(drawn(drawn_to(name, NAME_WIDTH - 2), NAME_WIDTH), look),
            Run(drawn(key.scope.value, SCOPE_WIDTH), "text" if look == "title" else "dim"),
            Run(drawn_to(_state(key), room), "dim"),
        )
        return Entry(f"key:{key.id}", (runs,))

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_add(self) -> None:
        options = [Choosable(scope.value, scope.value, what) for scope, what in SCOPES.items()]
        chosen = await self.ask(Choice("How far shall it reach?", options))
        if chosen is None:
            return

        async def work(typed: Mapping[str, str]) -> str:
            from tui.issuing import new_key

            days = typed.get("days", "").strip() or "0"
            if not days.isdecimal() or len(days) > 5:
                raise Invalid("Days are a whole number, or nothing for a key that does not end.")
            return await new_key(self.live.acting, typed["name"], Scope(chosen), days=int(days))

        fields = [
            Field("name", "What is it for?"),
            Field("days", "Ends after how many days?", placeholder="never", optional=True),
        ]
        key = await self.ask(Form(f"API key: {chosen}", fields, work))
        note = "Whoever has it acts as you. It cannot be shown again."
        if key:
            await self.load()  # made by a server it is not announced here
            self.draw()
            await self._copied(Confirm(key, yes="Copy it", note=note), key)

    async def _copied(self, shown: Confirm, key: str) -> None:
        if await self.ask(shown):
            self.live.copy(key, "The key")

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        key = next((one for one in self.keys if one.id == id), None)
        if kind != "key" or key is None:
            return
        if _ended(key):
            self.live.tell("This key has ended already.")
            return
        note = "The next call with it fails. This cannot be taken back."
        if await self.ask(Confirm(f"Revoke “{key.name}” ({key.prefix})?", yes="Revoke", note=note)):
            await self.live.execute(RevokeApiKey(key_id=key.id))


def _ended(key: KeyShown) -> bool:
    return bool(key.revoked_at) or 0 < key.expires_at <= system_clock()


def _state(key: KeyShown) -> str:
    if key.revoked_at:
        return f"revoked {_day(key.revoked_at)}"
    used = f"used {_day(key.last_used_at)}" if key.last_used_at else "never used"
    if not key.expires_at:
        return used
    return f"{used}, {'ended' if _ended(key) else 'until'} {_day(key.expires_at)}"


def _day(at: int) -> str:
    return spoken_day(at, system_clock(), local_utc_offset())


def _dim(text: str) -> Entry:
    return Entry("", ((Run(text, "dim"),),))
