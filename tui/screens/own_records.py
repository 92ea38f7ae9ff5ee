"""The records of one kind that are held about you, as Privacy & Data and the policy show them."""

from collections.abc import Mapping, Sequence
from typing import Final

from engine.model.record import JSON
from engine.model.text import clean_line
from engine.queries.privacy import ACCOUNT_AT, Holding, OwnPage, OwnRecords
from engine.syncing import Device
from tui.live import Live
from tui.screens.listing import Listing
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, beside

TIME_WIDTH: Final = 18
WIDTH: Final = 100
NOTHING: Final = "There is nothing of this kind about you."
SAYING: Final = ("name", "title", "body", "audit_name", "email", "text", "purpose")
"""Fields that say in a line what a record is, the most telling first."""


class OwnRecordsScreen(Listing):
    """The records of one kind, the oldest first, read page by page as the cursor comes to the end."""

    scope = "privacy"
    hints = ("filter", "help", "close")

    def __init__(self, live: Live, holding: Holding) -> None:
        super().__init__()
        self.live = live
        self.holding = holding
        self.records: list[dict[str, JSON]] = []
        self.after: str | None = None
        self.omitted = 0
        self.server = ""  # the address of the server that this workspace is linked to

    async def load(self) -> None:
        """The first page; what has been read stays as it is."""
        state = await Device(self.live.acting).state()
        self.server = state.link.server if state is not None else ""
        if not self.loaded:
            await self._more()

    def title_parts(self) -> tuple[str, str, str]:
        return "Privacy & Data", self.holding.title, counted(self.holding.count)

    def entries_for(self, width: int) -> Sequence[Entry]:
        shown = [
            _record_entry(place, record, width)
            for place, record in enumerate(self.records)
            if self.fits(_saying(record))
        ]
        if not shown:
            return [AIR, Entry("", beside((), self._nothing, ("dim",), min(width, WIDTH)))]
        if self.after:
            shown.append(Entry("more:", ((Run("+ Show more", "dim"),),)))
        if self.omitted:
            shown.append(_dim(f"{self.omitted:,} more are on boards that you cannot see.", width))
        return [AIR, *shown]

    @property
    def _nothing(self) -> str:
        elsewhere = self.server and self.holding.of_account and not self.filter_words
        return ACCOUNT_AT.format(server=self.server) if elsewhere else NOTHING

    async def action_open(self) -> None:
        if self.here[0] == "more":
            await self._more()
            self.draw()

    def action_export(self) -> None:
        self.live.tell("The export of all your data is one step back.")

    async def _more(self) -> None:
        page: OwnPage = await self.live.query(
            OwnRecords(data_kind=self.holding.kind, after=self.after or "")
        )
        self.records += page.records
        self.after = page.after
        self.omitted += page.omitted


def counted(records: int) -> str:
    return f"{records:,} record{'' if records == 1 else 's'}"


def _record_entry(place: int, record: Mapping[str, JSON], width: int) -> Entry:
    at = str(record.get("at") or record.get("created_at") or "")[:16].replace("T", " ")
    text = drawn_to(_saying(record), max(width - TIME_WIDTH, 8))
    return Entry(f"record:{place}", ((Run(drawn(at, TIME_WIDTH), "dim"), Run(text, "text")),))


def _saying(record: Mapping[str, JSON]) -> str:
    told = (record[field] for field in SAYING if record.get(field))
    return clean_line(str(next(told, record.get("id") or "")))


def _dim(text: str, width: int) -> Entry:
    return Entry("", ((Run(drawn_to(text, width), "dim"),),))
