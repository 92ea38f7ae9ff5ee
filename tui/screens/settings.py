"""The settings: how the app looks and which keys it has, the person, the workspace, and where all lies."""

from collections.abc import Iterator, Sequence
from typing import Final

from engine.commands.members import EditPerson, RenameOrganization
from engine.errors import ConneqtError, Invalid
from engine.model.actor import Role
from engine.model.board import COLORS
from engine.model.organization import Member, Organization
from engine.model.text import clean_line
from engine.queries.home import WhoAmI
from tui import bootstrap
from tui.folders import config_file, log_file, spoken
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.settings import CHOICES, EXPLANATIONS, Value
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, beside, heading
from tui.widgets.prompt import Prompt

LABEL_WIDTH: Final = 20
VALUE_WIDTH: Final = 20
_TITLES: Final = {
    "theme": "Theme",
    "density": "Cards",
    "keys": "Keys",
    "mouse": "Mouse",
    "lock": "Lock",
    "presence": "Seen by others",
    "files": "Attached files",
}
_WORDS: Final[dict[Value, str]] = {True: "on", False: "off"}


class SettingsScreen(Listing):
    """Enter takes the next choice, or asks where there are many."""

    scope = "settings"
    hints = ("open", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.tenant: Organization | None = None
        self.me: Member | None = None

    async def load(self) -> None:
        self.tenant, self.me = await self._who()

    async def _who(self) -> tuple[Organization, Member]:
        return await self.live.query(WhoAmI())

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        return "Settings", "", spoken(config_file())

    def entries_for(self, width: int) -> Sequence[Entry]:
        return list(self._all(width)) if self.tenant and self.me else []

    def _all(self, width: int) -> Iterator[Entry]:
        settings = self.conneqt.settings
        yield AIR
        yield heading("App")
        for name, title in _TITLES.items():
            value = getattr(settings, name)
            yield _entry(
                f"setting:{name}", title, _WORDS.get(value, value), EXPLANATIONS[name], width
            )
        yield from self._person(width)
        yield from self._workspace(width)
        yield AIR
        yield heading("Files")
        yield _entry("", "Settings", spoken(config_file()), "", width)
        for mistake in self.conneqt.mistakes:
            yield _entry("", "", mistake, "", width)
        yield _entry("", "Log", spoken(log_file()), "", width)

    def _person(self, width: int) -> Iterator[Entry]:
        assert self.me is not None
        yield AIR
        yield heading("You")
        yield _entry("person:name", "Name", self.me.name, "as others see it on items", width)
        yield _entry("person:color", "Colour", self.me.color, "", width, self.me.color)

    def _workspace(self, width: int) -> Iterator[Entry]:
        assert self.tenant is not None
        opened = self.conneqt.workspace
        yield AIR
        yield heading("Workspace")
        yield _entry("workspace:name", "Name", self.tenant.name, "", width)
        if opened is not None:
            protection = bootstrap.protection_words(opened)
            yield _entry("", "Data", spoken(opened.folder), "", width)
            yield _entry("", "Its key", protection, "", width)

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_open(self) -> None:
        kind, name = self.here
        if kind == "setting":
            self._next_choice(name)
        elif (kind, name) == ("person", "name"):
            await self._rename_me()
        elif (kind, name) == ("person", "color"):
            await self._color_me()
        elif kind == "workspace":
            await self._rename_workspace()

    def _next_choice(self, name: str) -> None:
        choices = CHOICES[name]
        value = getattr(self.conneqt.settings, name)
        wanted = choices[(choices.index(value) + 1) % len(choices)]
        try:
            self.conneqt.set_setting(name, wanted)
        except ConneqtError as error:
            self.live.tell(str(error), title=error.title, error=True)
            return
        if name == "mouse":
            self.live.tell("The mouse changes at the next start.")
        self.draw()

    async def _rename_me(self) -> None:
        if self.me is None:
            return
        answer = await self.ask(Prompt(_name, title="Your name", text=self.me.name))
        if answer is not None:
            await self.live.execute(EditPerson(member_id=self.me.id, name=answer.value))

    async def _color_me(self) -> None:
        if self.me is None:
            return
        options = [Choosable(color, color.capitalize()) for color in COLORS]
        color = await self.ask(Choice("Your colour", options, chosen=self.me.color))
        if color is not None:
            await self.live.execute(EditPerson(member_id=self.me.id, color=color))

    async def _rename_workspace(self) -> None:
        if self.tenant is None or self.me is None:
            return
        if self.me.role is not Role.OWNER:
            self.live.tell("Only an owner can rename the workspace.")
            return
        answer = await self.ask(Prompt(_name, title="Name of the workspace", text=self.tenant.name))
        if answer is not None and await self.live.execute(RenameOrganization(name=answer.value)):
            await self.conneqt.remember_workspace(answer.value)


def _entry(key: str, label: str, value: str, note: str, width: int, color: str = "") -> Entry:
    """A line that can be changed if it has a key."""
    shown, title = clean_line(str(value)), Run(drawn(label, LABEL_WIDTH), "dim")
    if color:
        return Entry(key, ((title, Run(f" {shown} ", "chip", color)),))
    if note and width > LABEL_WIDTH + VALUE_WIDTH + 10:
        values = drawn(drawn_to(shown, VALUE_WIDTH - 2), VALUE_WIDTH)
        return Entry(key, beside((title, Run(values, "title")), note, ("dim",), width))
    return Entry(key, beside((title,), shown, ("title" if key else "text",), width))


def _name(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid("A name needs at least one letter.")
    return name
