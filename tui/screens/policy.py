"""The privacy policy, sentence by sentence: each with its clauses and with your records behind it."""

from collections.abc import Iterator, Sequence
from typing import Final

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.policy import AcknowledgePolicy
from engine.queries.policy import Policy, PolicyNow
from engine.queries.privacy import Holding, WhatIsHeld
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.screens.own_records import OwnRecordsScreen
from tui.settings import country
from tui.spoken_time import spoken_day
from tui.widgets.card_content import Run
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, heading
from tui.widgets.wrapped_text import wrapped

CLAUSE_WIDTH: Final = 18


class PolicyScreen(Listing):
    """Enter shows the records behind a sentence, or puts an announcement away."""

    scope = "policy"
    hints = ("open", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.now: PolicyNow | None = None
        self.holdings: dict[str, Holding] = {}

    async def load(self) -> None:
        self.now = await self.live.query(Policy(country=country()))
        self.loaded = True  # what is promised is known without the server
        held = await self.live.query(WhatIsHeld())
        self.holdings = {holding.kind: holding for one in held for holding in one.holdings}

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        if self.now is None:
            return "Privacy policy", "", ""
        version = self.now.version
        return "Privacy policy", f"version {version.number}", f"last updated {version.published}"

    def entries_for(self, width: int) -> Sequence[Entry]:
        if self.now is None:
            return []
        shown = [*self._coming(self.now, width), *self._sections(self.now, width)]
        return shown or [
            AIR,
            Entry("", ((Run("No sentence has these words. esc shows all.", "dim"),),)),
        ]

    def _coming(self, now: PolicyNow, width: int) -> Iterator[Entry]:
        if now.coming is None or self.filter_words:
            return
        day = spoken_day(now.coming_at, system_clock(), local_utc_offset())
        words = f"From {day} version {now.coming.number} holds: {now.coming.changes}"
        yield AIR
        look = ("dim",) if now.coming_read else ("color", "yellow")
        lines = tuple((Run(line, *look),) for line in wrapped(words, width, 4))
        yield Entry("" if now.coming_read else "coming:", lines)

    def _sections(self, now: PolicyNow, width: int) -> Iterator[Entry]:
        for at, section in enumerate(now.sections):
            fitting = [
                (place, sentence)
                for place, sentence in enumerate(section.sentences)
                if self.fits(section.title, sentence.text, *sentence.clauses)
            ]
            if not fitting:
                continue
            yield AIR
            yield heading(section.title)
            for place, sentence in fitting:
                texts = wrapped(sentence.text, max(width - CLAUSE_WIDTH, 20), 6)
                clauses = _named(sentence.clauses)
                key = f"sentence:{at}.{place}"
                yield Entry(key, tuple(_lines(clauses, texts, known=bool(sentence.kinds))))

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        if kind == "coming" and self.now is not None and self.now.coming is not None:
            await self.live.execute(AcknowledgePolicy(version=self.now.coming.number, source="app"))
        elif kind == "sentence" and self.now is not None:
            section, _, place = id.partition(".")
            kinds = self.now.sections[int(section)].sentences[int(place)].kinds
            await self._show(kinds)

    async def _show(self, kinds: tuple[str, ...]) -> None:
        """My rows behind the sentence."""
        found = [self.holdings[kind] for kind in kinds if kind in self.holdings]
        if not found:
            self.live.tell("Nothing is stored about you for this sentence.")
            return
        chosen: str | None = found[0].kind
        if len(found) > 1:
            options = [Choosable(one.kind, one.title, f"{one.count:,}") for one in found]
            chosen = await self.ask(Choice("Your records behind it", options))
        if chosen is not None:
            await self.app.push_screen(OwnRecordsScreen(self.live, self.holdings[chosen]))


def _named(clauses: tuple[str, ...]) -> str:
    """“C03–C06”, “C27, C31”."""
    numbers = [int(clause[1:]) for clause in clauses]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{clauses[0]}–{clauses[-1]}"
    return ", ".join(clauses[:3])


def _lines(clauses: str, texts: Sequence[str], *, known: bool) -> Iterator[tuple[Run, ...]]:
    for at, text in enumerate(texts):
        label = clauses if at == 0 else ""
        yield (Run(drawn(label, CLAUSE_WIDTH), "dim"), Run(text, "title" if known else "text"))
