"""The first screen where no workspace is open: make one, open one, try the demo, or type the passphrase."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from engine.errors import ConneqtError, Invalid, UsageError
from engine.model.text import clean_line, folded
from tui import bootstrap, demo_workspace, unlocking
from tui.bootstrap import Opened
from tui.folders import data_folder, spoken
from tui.linking import join_workspace
from tui.recent_workspaces import known_workspaces, server_of
from tui.screens.asking import asks
from tui.screens.joining import enter_server
from tui.screens.listing import Listing
from tui.unlocking import Protection
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.entry_list import Entry
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR, beside, heading
from tui.widgets.wrapped_text import wrapped

WIDTH: Final = 76
LABEL_WIDTH: Final = 24
OPEN_NOW: Final = "open now"
_CHOICES: Final = (
    ("create", "Create a workspace", "name it and choose where it lies"),
    ("join", "Join a server", "an organization that you share with others"),
    ("demo", "Try the demo", "sample boards; nothing to set up"),
    ("open", "Open a workspace", "a folder that has one, also from another computer"),
)


class FirstRunScreen(Listing):
    """`locked` is a workspace to ask the passphrase of at once; with `leave` esc goes back; `reason` says why the workspace that
    was open is not on this device any more."""

    scope = "first"
    hints = ("open", "create", "join", "demo", "open_folder", "help", "close")

    def __init__(
        self, locked: Path | None = None, *, leave: bool = False, reason: str = ""
    ) -> None:
        super().__init__()
        self.locked = locked
        self.reason = reason
        self.may_go_back = leave

    async def on_mount(self) -> None:
        if self.locked is not None:
            self.ask_passphrase(self.locked)

    def title_parts(self) -> tuple[str, str, str]:
        from tui.version import version

        return "ConneqtOS", "boards in the terminal, offline, in one encrypted file", version()

    def entries_for(self, width: int) -> Sequence[Entry]:
        known = [*self._choices(width), *self._known(width)]
        return [*self._why(width), AIR, *known, AIR, *_promises(width)]

    def _why(self, width: int) -> Iterator[Entry]:
        if self.reason:
            lines = wrapped(self.reason, min(width, WIDTH), 4)
            yield from (AIR, Entry("", tuple((Run(line, "color", "red"),) for line in lines)))

    def _choices(self, width: int) -> Iterator[Entry]:
        yield heading("Start")
        for id, title, note in _CHOICES:
            before = (Run(drawn(title, LABEL_WIDTH), "title"),)
            yield Entry(f"start:{id}", beside(before, note, ("dim",), width))

    @property
    def _open_now(self) -> Path | None:
        """The folder of the workspace that esc goes back to."""
        opened = getattr(self.app, "workspace", None)
        return opened.folder if isinstance(opened, Opened) else None

    def _known(self, width: int) -> Iterator[Entry]:
        known = [
            (folder, name) for folder, name in known_workspaces() if self.fits(name, str(folder))
        ]
        if not known:
            return
        yield AIR
        yield heading("Used before")
        for folder, name in known:
            room = max(width - LABEL_WIDTH, 0)
            server = server_of(folder).partition("//")[2]
            now = OPEN_NOW if folder == self._open_now else ""
            where = "  ·  ".join(one for one in (now, server, spoken(folder)) if one)
            place = drawn_to(where, room)
            title = drawn(drawn_to(clean_line(name), LABEL_WIDTH - 2), LABEL_WIDTH)
            yield Entry(f"known:{folder}", ((Run(title, "title"), Run(place, "dim")),))

    # -- actions ----------------------------------------------------------------------------------

    async def action_open(self) -> None:
        kind, id = self.here
        if kind == "known":
            self.run_worker(self.open_known(Path(id)), exclusive=True)
        elif kind == "start":
            actions = {
                "create": self.action_create,
                "join": self.action_join,
                "demo": self.action_demo,
                "open": self.action_open_folder,
            }
            await actions[id]()

    async def action_create(self) -> None:
        asks, kept = _key_of_new()
        fields = [
            Field("name", "Name", placeholder="what to call it: your team, your company, you"),
            Field("folder", "Folder", placeholder=spoken(data_folder() / "…"), optional=True),
        ]
        if asks:
            fields += _new_passphrase()
        await self.app.push_screen(
            Form("Create a workspace", fields, self._create, hint=kept), self._entered
        )

    async def _create(self, typed: Mapping[str, str]) -> Opened:
        name = clean_line(typed["name"])
        if not name:
            raise Invalid("Type a name of at least one letter.")
        _check_new_passphrase(typed)
        named = typed["folder"].strip()
        folder = Path(named).expanduser() if named else free_folder(name)
        return await bootstrap.create_workspace(
            folder, name=name, ask_new=lambda: typed.get("passphrase", "")
        )

    @asks
    async def action_join(self) -> None:
        """Sign in, choose the organization where there are several, and make a workspace that is linked to it."""
        try:
            entered = await enter_server(self)
        except ConneqtError as error:
            self.tell_error(error)
            return
        if entered is None:
            return
        joining, place = entered
        asks_new, kept = _key_of_new()
        fields = [
            Field("folder", "Folder", placeholder=spoken(data_folder() / "…"), optional=True),
            *(_new_passphrase() if asks_new else []),
        ]

        async def make(typed: Mapping[str, str]) -> Opened:
            _check_new_passphrase(typed)
            named = typed["folder"].strip()
            folder = Path(named).expanduser() if named else free_folder(place.name)
            return await join_workspace(
                folder, joining.url, joining.token, place.organization_id,
                ask_new=lambda: typed.get("passphrase", ""),
            )  # fmt: skip

        title = f"Join “{clean_line(place.name)}”"
        self._entered(await self.ask(Form(title, fields, make, hint=kept)))

    async def action_demo(self) -> None:
        asks = unlocking.best_protection() is Protection.PASSPHRASE
        if not asks or unlocking.given_passphrase() is not None or demo_workspace.demo_is_there():
            self.run_worker(self._open_demo({}), exclusive=True)
            return
        hint = "There is no keyring here: choose a passphrase. It is asked for at each start."
        fields = _new_passphrase()
        await self.app.push_screen(
            Form("Try the demo", fields, self._make_demo, hint=hint), self._entered
        )

    async def _make_demo(self, typed: Mapping[str, str]) -> Opened:
        _check_new_passphrase(typed)
        folder = await demo_workspace.make_demo(ask_new=lambda: typed["passphrase"])
        return await bootstrap.open_workspace(folder, lambda prompt: typed["passphrase"])

    async def _open_demo(self, typed: Mapping[str, str]) -> None:
        try:
            await self.open_known(await demo_workspace.make_demo())
        except ConneqtError as error:
            self.tell_error(error)

    async def action_open_folder(self) -> None:
        fields = [Field("folder", "Folder", placeholder="~/boards")]
        hint = "The folder that holds workspace.json and workspace.db."
        await self.app.push_screen(
            Form("Open a workspace", fields, self._find, hint=hint), self._found
        )

    async def _find(self, typed: Mapping[str, str]) -> Path:
        folder = Path(typed["folder"].strip()).expanduser().absolute()
        unlocking.protection_of(folder)  # says what is wrong with it
        return folder

    def _found(self, folder: Path | None) -> None:
        if folder is not None:
            self.run_worker(self.open_known(folder), exclusive=True)

    async def open_known(self, folder: Path) -> None:
        """Open it with the key at hand, or ask for its passphrase."""
        import asyncio

        try:
            unlocked = await asyncio.to_thread(unlocking.unlock, folder)
            if unlocked is None:
                self.ask_passphrase(folder)
                return
            self._entered(await bootstrap.open_unlocked(unlocked))
        except ConneqtError as error:
            self.tell_error(error)

    def ask_passphrase(self, folder: Path) -> None:
        async def unlock(typed: Mapping[str, str]) -> Opened:
            return await bootstrap.open_workspace(folder, lambda prompt: typed["passphrase"])

        name = next((name for known, name in known_workspaces() if known == folder), folder.name)
        fields = [Field("passphrase", "Passphrase", secret=True)]
        form = Form(f"Unlock “{clean_line(name)}”", fields, unlock, hint=spoken(folder))
        self.app.push_screen(form, self._entered)

    def _entered(self, opened: Opened | None) -> None:
        if opened is not None:
            self.app.run_worker(self.conneqt.enter(opened), exclusive=True, group="going")

    def tell_error(self, error: ConneqtError) -> None:
        from tui.live import Told

        self.app.post_message(Told(str(error), title=error.title, error=True))

    def tell(self, text: str) -> None:
        from tui.live import Told

        self.app.post_message(Told(text))

    def action_close(self) -> None:
        if self.clear_filter():
            return
        if self.may_go_back:
            self.app.pop_screen()
        else:
            self.app.exit()


def _promises(width: int) -> Iterator[Entry]:
    """What a person who has never seen the program wants to know first."""
    for line in wrapped(_PROMISE, min(width, WIDTH), 4):
        yield Entry("", ((Run(line, "dim"),),))


_PROMISE: Final = (
    "What you write stays on this computer, in one encrypted file. Without a server there is no account, and "
    "nothing is sent anywhere."
)
_TYPED: Final = (
    "There is no keyring here: the passphrase is asked for at each start. Without it nobody can open the workspace, and "
    "nobody can reset it."
)
_GIVEN: Final = "Its key is wrapped by the passphrase that this program was started with, and needs it at each start."
_KEYRING: Final = "Its key is kept in the keyring of this computer."


def _key_of_new() -> tuple[bool, str]:
    """Whether a passphrase is asked for when a workspace is made, and what will keep its key."""
    if unlocking.best_protection() is not Protection.PASSPHRASE:
        return False, _KEYRING
    given = unlocking.given_passphrase() is not None
    return not given, _GIVEN if given else _TYPED


def _new_passphrase() -> list[Field]:
    """The two lines of a passphrase that is being chosen."""
    least = f"at least {unlocking.LEAST_PASSPHRASE} letters: several words are strong"
    return [
        Field("passphrase", "Passphrase", secret=True, placeholder=least),
        Field("again", "The same again", secret=True),
    ]


def _check_new_passphrase(typed: Mapping[str, str]) -> None:
    """Where one was asked for. Raises UsageError."""
    if typed.get("passphrase") != typed.get("again"):
        raise UsageError("The two passphrases differ. Type the same one twice.")
    if "passphrase" in typed:
        unlocking.check_new_passphrase(typed["passphrase"])


def free_folder(name: str) -> Path:
    """A folder among our own data that is named like the workspace and is not there yet."""
    letters = "".join(letter if letter.isalnum() else "-" for letter in folded(name))
    slug = "-".join(part for part in letters.split("-") if part)[:40] or "workspace"
    folder, number = data_folder() / slug, 2
    while folder.exists():
        folder, number = data_folder() / f"{slug}-{number}", number + 1
    return folder
