"""The audit trail: who did what, when and from where; the whole organization's, or what it says about oneself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from textual import on

from engine.api import local_utc_offset
from engine.clock import iso_time, system_clock
from engine.errors import ConneqtError, Forbidden
from engine.model.text import clean_line
from engine.queries.audit import MOST, AuditAboutMe, AuditLine, AuditTrail
from tui.live import Live
from tui.screens.asking import asks, faults_told
from tui.screens.listing import Listing
from tui.spoken_time import spoken_time
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.filter_bar import FilterBar
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR
from tui.widgets.progress import Progress
from tui.widgets.progress import Report as Told

TIME_WIDTH: Final = 18
WHO_WIDTH: Final = 20
PAGE: Final = 200
LABEL_WIDTH: Final = 10


class AuditScreen(Listing):
    """The newest entries first; older ones are read when they are asked for."""

    scope = "audit"
    hints = ("open", "filter", "switch", "verify", "export", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.mine = False
        self.lines: list[AuditLine] = []
        self.more = False
        self.opened = 0

    async def load(self) -> None:
        try:
            await self._read()
        except Forbidden:  # the whole trail is for owners and admins
            self.mine = True
            await self._read()

    async def _read(self, *, older: bool = False) -> None:
        kind = AuditAboutMe if self.mine else AuditTrail
        before = self.lines[-1].number if older and self.lines else 0
        size = PAGE if older else min(max(PAGE, len(self.lines)), MOST)
        found = await self.live.query(kind(words=self.filter_words, before=before, limit=size))
        self.lines = [*self.lines, *found] if older else found
        self.more = len(found) == size

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        about = "what it says about you" if self.mine else "the whole organization"
        return "Audit trail", about, f"{len(self.lines):,}{'+' if self.more else ''} entries"

    def entries_for(self, width: int) -> Sequence[Entry]:
        if not self.lines:
            return [AIR, Entry("", ((Run("No entry has these words. esc shows all.", "dim"),),))]
        entries = [self._entry(line, width) for line in self.lines]
        if self.more:
            entries.append(Entry("more:", ((Run("+ Show older entries", "dim"),),)))
        return [AIR, *entries]

    def _entry(self, line: AuditLine, width: int) -> Entry:
        at = spoken_time(line.at, system_clock(), local_utc_offset())
        who = drawn_to(clean_line(line.actor), WHO_WIDTH - 2)
        count = f" ({line.count:,})" if line.count > 1 else ""
        what = drawn_to(f"{line.words}{count}", max(width - TIME_WIDTH - WHO_WIDTH, 8))
        first = (
            Run(drawn(at, TIME_WIDTH), "dim"), Run(drawn(who, WHO_WIDTH), "title"), Run(what, "text"),
        )  # fmt: skip
        details = _details(line, width) if line.number == self.opened else ()
        return Entry(f"entry:{line.number}", (first, *details))

    # -- actions ----------------------------------------------------------------------------------

    @on(FilterBar.Typed)
    def _words_typed(self) -> None:
        self.run_worker(self._search(), exclusive=True, group="search")

    async def _search(self) -> None:
        with faults_told(self):
            await self._read()
        self.draw()

    async def action_open(self) -> None:
        """Show or hide the details of the entry; or read older entries."""
        kind, id = self.here
        if kind == "more":
            await self._read(older=True)
        elif kind == "entry":
            self.opened = 0 if self.opened == int(id) else int(id)
        self.draw()

    async def action_switch(self) -> None:
        self.mine = not self.mine
        try:
            await self._read()
        except ConneqtError as error:
            self.mine = not self.mine
            self.live.tell(str(error), title=error.title, error=True)
        self.draw()

    @asks
    async def action_verify(self) -> None:
        """Walk the whole chain, as `conneqtos audit verify` does."""
        verdict = await self.live.acting.verify_audit()
        if verdict.bad_number is None:
            self.live.tell(f"The audit trail is whole: {verdict.checked:,} entries checked.")
        else:
            self.live.tell(
                f"The audit trail is broken at entry {verdict.bad_number}: {verdict.reason}.",
                error=True,
            )

    @asks
    async def action_export(self) -> None:
        async def take(typed: Mapping[str, str]) -> str:
            return typed["path"].strip()

        field = Field("path", "Where to?", "~/conneqtos-audit.jsonl")
        path = await self.ask(Form("Export the audit trail", [field], take))
        if path:
            await self._export(Path(path).expanduser())

    async def _export(self, target: Path) -> None:
        from engine.transfer.audit_file import export_audit

        note = f"{target} is there already."
        if target.exists() and not await self.ask(
            Confirm("Write over it?", yes="Write", note=note)
        ):
            return

        async def work(report: Told) -> int:
            return await export_audit(self.live.acting, target, progress=report)

        whole = self.lines[0].number if self.lines else 0
        answer = await self.ask(Progress("Exporting the audit trail", work, whole))
        if answer is not None:
            self.live.tell(f"{answer.value:,} entries are in {target}.")

    async def action_close(self) -> None:
        if self.clear_filter():
            await self._search()
        else:
            self.app.pop_screen()


def _details(line: AuditLine, width: int) -> tuple[tuple[Run, ...], ...]:
    """What stands below the entry that is open."""
    at = iso_time(line.at)
    shown = (
        ("entry", f"{line.number:,} · {line.name} · {at}"),
        ("device", line.device or "erased, or not known"),
        ("address", line.address or "not known"),
        ("records", ", ".join(line.targets) or "none"),
    )
    room = max(width - LABEL_WIDTH - TIME_WIDTH, 8)
    return tuple(
        (
            Run(f"{'':{TIME_WIDTH}}{label:{LABEL_WIDTH}}", "dim"),
            Run(drawn_to(clean_line(text), room), "text"),
        )
        for label, text in shown
    )
