"""Privacy & Data: what is held about you, why and how long, each record of it, and your export."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from engine.clock import system_clock
from engine.queries.home import Boards
from engine.queries.privacy import ACCOUNT_AT, Held, Holding, WhatIsHeld
from engine.queries.retention import Due, Kept, RetentionDue
from engine.queries.rights import MyRights, Rights
from engine.syncing import Device
from tui.bootstrap import Opened
from tui.live import Live
from tui.screens.api_keys import ApiKeysScreen
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.screens.own_records import OwnRecordsScreen, counted
from tui.screens.policy import PolicyScreen
from tui.screens.privacy_rights import RightsActions, right_entries
from tui.screens.requests import RequestsScreen
from tui.screens.settings import SettingsScreen
from tui.settings import country
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR, beside, heading
from tui.widgets.progress import Progress
from tui.widgets.progress import Report as Told

COUNT_WIDTH: Final = 9
WIDTH: Final = 100
WHERE_LINES: Final = 6
OF_A_SERVER: Final = "Once linked to a server:"
OF_THIS_SERVER: Final = "At {server}:"
LOCAL: Final = "This workspace is local: one encrypted file on this device holds it all."
LINKED: Final = "It lives at {server}; an encrypted file on this device holds a copy."


class PrivacyScreen(Listing, RightsActions):
    """Your rights, and the categories of the policy, each with its kinds of records and how many are about you
    (C01, C27)."""

    scope = "privacy"
    hints = ("open", "export", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.held: list[Held] = []
        self.rights: Rights | None = None
        self.kept: list[tuple[str, str]] = []
        self.due: list[Due] = []
        self.server = ""  # the address of the server that this workspace is linked to

    @property
    def opened(self) -> Opened | None:
        return self.conneqt.workspace

    async def load(self) -> None:
        state = await Device(self.live.acting).state()
        self.server = state.link.server if state is not None else ""
        self.rights = await self.live.query(MyRights(country=country()))
        self.kept = await self.live.query(Kept())
        self.due = await self.live.query(RetentionDue()) if self.rights.is_owner else []
        self.loaded = True  # what one may do is known without the server
        self.held = await self.live.query(WhatIsHeld())

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        records = sum(holding.count for one in self.held for holding in one.holdings)
        return "Privacy & Data", "what is held about you", counted(records)

    def entries_for(self, width: int) -> Sequence[Entry]:
        where = LINKED.format(server=self.server) if self.server else LOCAL
        if self.server:
            where += f" {ACCOUNT_AT.format(server=self.server)}"
        first = Entry("", beside((), where, ("dim",), min(width, WIDTH), WHERE_LINES))
        shown = [entry for one in self.held for entry in self._category(one, width)]
        if self.held and not shown:
            return [
                AIR,
                Entry("", ((Run("Nothing here has these words. esc shows all.", "dim"),),)),
            ]
        return [AIR, first, *self._rights(width), *shown, *self._retention(width)]

    def _retention(self, width: int) -> Iterator[Entry]:
        """The whole table, and for owners how much of it is due."""
        due = {one.title: one.count for one in self.due}
        fitting = [one for one in self.kept if self.fits(*one, "retention")]
        if fitting:
            yield AIR
            yield heading("Retention", "what is older goes at each start")
        for title, kept in fitting:
            now = f"; {due[title]:,} due now" if due.get(title) else ""
            yield _labelled("", f"{title}: {kept}{now}", width)

    def _rights(self, width: int) -> Iterator[Entry]:
        if self.rights is not None and not self.filter_words:
            yield from right_entries(self.rights, width, self.server)

    def _category(self, one: Held, width: int) -> Iterator[Entry]:
        category = one.category
        fitting = [h for h in one.holdings if self.fits(h.title, h.kind, category.title)]
        if not fitting and not (self.fits(category.title, category.what) and not one.holdings):
            return
        yield AIR
        yield heading(category.title, f"kept {category.kept}")
        for holding in fitting:
            yield self._holding(holding, width)
        if not one.holdings:
            yield _labelled("0", "Nothing of this is stored here", width)
        others = ", ".join(f"{other.name} ({other.purpose})" for other in one.subprocessors)
        for purpose in one.purposes:
            yield _labelled("why", f"{purpose.title}: {purpose.basis}", width)
        at = OF_THIS_SERVER.format(server=self.server) if self.server else OF_A_SERVER
        yield _labelled("who", f"{at} {category.decides} decides; also {others}", width)

    def _holding(self, holding: Holding, width: int) -> Entry:
        title = drawn_to(holding.title, max(width - COUNT_WIDTH - 2, 8))
        count = holding.counted(self.server).rjust(COUNT_WIDTH)
        look = "title" if holding.count else "dim"
        return Entry(f"kind:{holding.kind}", ((Run(f"{count}  ", "text"), Run(title, look)),))

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_open(self) -> None:
        """Show me: the records of the kind under the cursor; or use the right there."""
        kind, name = self.here
        if kind == "kind":
            found = (h for one in self.held for h in one.holdings if h.kind == name)
            await self.app.push_screen(OwnRecordsScreen(self.live, next(found)))
        elif kind == "right" and name in self._doors:
            await self._doors[name]()
        elif kind == "right":
            await self.use(name)

    @property
    def _doors(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """Rights that have a place of their own."""
        return {
            "export": self._export_own,
            "export_all": self._export_all,
            "correct": lambda: self.app.push_screen(SettingsScreen(self.live)),
            "policy": lambda: self.app.push_screen(PolicyScreen(self.live)),
            "requests": lambda: self.app.push_screen(RequestsScreen(self.live)),
            "keys": lambda: self.app.push_screen(ApiKeysScreen(self.live)),
        }

    @asks
    async def action_export(self) -> None:
        await self._export_own()

    async def _export_own(self) -> None:
        from engine.transfer.personal_archive import export_personal_data

        whole = sum(holding.count for one in self.held for holding in one.holdings)
        export = partial(export_personal_data, server=self.server)
        await self._export("Export my data", "~/my-conneqtos-data.zip", export, whole)

    async def _export_all(self) -> None:
        from engine.transfer.organization_archive import export_organization

        whole = sum(one.items for one in await self.live.query(Boards()))
        await self._export("Export the workspace", "~/conneqtos.zip", export_organization, whole)

    async def _export(self, title: str, place: str, export: Any, whole: int) -> None:
        """Ask where to; then write it with a bar. `export` is one of engine.transfer's archives."""

        async def take(typed: Mapping[str, str]) -> str:
            return typed["path"].strip()

        path = await self.ask(Form(title, [Field("path", "Where to?", place)], take))
        if not path:
            return
        target = Path(path).expanduser()
        note = f"{target} is there already."
        if target.exists() and not await self.ask(
            Confirm("Write over it?", yes="Write", note=note)
        ):
            return

        async def work(report: Told) -> object:
            return await export(
                self.live.acting, target, at=system_clock(),
                progress=lambda done, whole: report(done),
            )  # fmt: skip

        if await self.ask(Progress(title, work, whole)) is not None:
            self.live.tell(f"It is in {target}, whole and with a manifest to check it by.")


def _labelled(label: str, text: str, width: int) -> Entry:
    """Dim lines, with a label where the counts of the other entries stand."""
    return Entry("", beside((Run(f"{label.rjust(COUNT_WIDTH)}  ", "dim"),), text, ("dim",), width))
