"""The rights of Privacy & Data: each stands in a line with how it is with it now, and enter uses it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Final

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.closing import CloseOrganization, KeepOrganization
from engine.commands.consents import SetConsent
from engine.commands.deletion import AskDeletion, CancelDeletion
from engine.commands.registry import Command
from engine.commands.restriction import LiftRestriction, RestrictProcessing
from engine.queries.rights import Agreement, DeletionPreview, Rights
from tui import unlocking
from tui.bootstrap import Opened
from tui.live import Live
from tui.screens.asking import Asking
from tui.spoken_time import spoken_day
from tui.unlocking import Protection
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.form import Field, Form
from tui.widgets.item_fields import AIR, beside, heading

LABEL_WIDTH: Final = 26
BACKUP_DAYS: Final = 30
"""So long backups are kept that still know somebody who was erased."""
DEVICES: Final = "this one only; nobody signs in from afar while no server is linked"
DEVICES_AT: Final = "this one, and those signed in at {server}"
COOKIES: Final = "none: a terminal sets none, and nothing here tracks you"
NEVER: Final = "Nothing is written while it is so; you can lift it at any time."


def right_entries(rights: Rights, width: int, server: str) -> Iterator[Entry]:
    """The section of rights (GDPR Art. 7, 12–22): what each does, or since when it is so. `server` is where a linked
    workspace lives."""
    yield AIR
    yield heading("Your rights")
    for key, label, words, pressing in _lines(rights):
        yield _line(key, label, words, width, pressing=pressing)
    yield _line(
        "right:policy", "Privacy policy", "what is promised, and your records behind it", width
    )
    yield _line("right:keys", "API keys", "by which your own programs act as you", width)
    devices = DEVICES_AT.format(server=server) if server else DEVICES
    yield _line("", "Devices", devices, width)
    yield _line("", "Cookies", COOKIES, width)
    yield _line("", "Complain", rights.authority, width)
    yield _line("", "Ask us", ", ".join(rights.contacts.values()), width)


def _lines(rights: Rights) -> Iterator[tuple[str, str, str, bool]]:
    """Key of the entry, label, words, and whether it presses."""
    yield "right:correct", "Correct", "your name and colour, in the settings", False
    yield "right:export", "Export my data", "a ZIP with everything that is held about you", False
    if rights.is_owner:
        yield (
            "right:export_all",
            "Export the workspace",
            "all boards and files; it can be imported",
            False,
        )
    if rights.deletion_due_at:
        last = _day(rights.deletion_due_at + BACKUP_DAYS * 86_400_000)
        due = f"on {_day(rights.deletion_due_at)}, in backups until {last}; enter cancels it"
        yield "right:keep", "Deletion is asked for", due, True
    elif not rights.is_only_owner:
        yield "right:delete", "Delete my account", "7 days to think again", False
    if rights.closing_at:
        due = f"on {_day(rights.closing_at)}, with everything in it; enter cancels it"
        yield "right:keep_all", "Closing is asked for", due, True
    elif rights.is_owner:
        alone = (
            "you are its only owner: this deletes you and all of it"
            if rights.is_only_owner
            else "all of it"
        )
        yield (
            "right:close",
            f"Close “{rights.organization}”",
            f"{alone}; 7 days to think again",
            False,
        )
    if rights.restricted_at:
        since = f"since {_day(rights.restricted_at)}; enter lifts it"
        yield "right:lift", "Your data is restricted", since, True
    else:
        yield "right:restrict", "Restrict my data", "it is kept and not processed", False
    for one in rights.agreements:
        yield f"right:{one.purpose}", one.about.title, _agreement(one), False
    if rights.hold is not None:
        why = f"since {_day(rights.hold.since)}: {rights.hold.reason}; nothing of you is erased meanwhile"
        yield "", "There is a legal hold", why, True
    waiting = sum(request.state.is_open for request in rights.requests)
    said = f"{waiting} open" if waiting else "ask for anything else, answered within 30 days"
    yield "right:requests", "Requests", said, False


def _agreement(one: Agreement) -> str:
    if not one.history:
        return "not agreed to; enter agrees"
    latest = one.history[0]
    when = f"{'agreed' if latest.given else 'withdrawn'} on {_day(latest.at)}"
    return f"{when}; enter {'withdraws' if one.given else 'agrees'}"


def _line(key: str, label: str, words: str, width: int, *, pressing: bool = False) -> Entry:
    look = ("color", "red") if pressing else ("dim",)
    title = Run(drawn(drawn_to(label, LABEL_WIDTH - 2), LABEL_WIDTH), "title" if key else "dim")
    return Entry(key, beside((title,), words, look, width))


def _day(at: int) -> str:
    return spoken_day(at, system_clock(), local_utc_offset())


class RightsActions(Asking[None]):
    """What enter does on each of these lines."""

    live: Live
    rights: Rights | None

    @property
    def opened(self) -> Opened | None:
        """The workspace whose key says whether somebody is who they say."""
        raise TypeError(f"{type(self).__name__} has no workspace")

    async def use(self, right: str) -> None:
        """Carry out a line by the second part of its key."""
        if self.rights is None:
            return
        simple: dict[str, Command] = {
            "keep": CancelDeletion(), "keep_all": KeepOrganization(), "lift": LiftRestriction(),
        }  # fmt: skip
        asking: dict[str, Callable[[Rights], Coroutine[Any, Any, None]]] = {
            "delete": self._delete, "close": self._close, "restrict": self._restrict,
        }  # fmt: skip
        agreement = next((one for one in self.rights.agreements if one.purpose == right), None)
        if right in simple:
            await self.live.execute(simple[right])
        elif right in asking:
            await asking[right](self.rights)
        elif agreement is not None:
            await self._agree(agreement)

    async def _delete(self, rights: Rights) -> None:
        """Say what goes and what stays, and ask for the name."""
        fates = await self.live.query(DeletionPreview())
        told = [f"{one.count:,} × {one.title}: {one.fate.value}" for one in fates if one.count]
        await self._confirmed(
            "Delete my account", rights.name, "\n".join(told),
            lambda typed: AskDeletion(confirm=typed),
        )  # fmt: skip

    async def _close(self, rights: Rights) -> None:
        note = (
            f"All boards, files, comments and people of “{rights.organization}” go for good after 7 days. "
            "Export first what you want to keep."
        )
        await self._confirmed(
            f"Close “{rights.organization}”", rights.organization, note,
            lambda typed: CloseOrganization(confirm=typed),
        )  # fmt: skip

    async def _restrict(self, rights: Rights) -> None:
        if await self.ask(Confirm("Restrict your data?", yes="Restrict", note=NEVER)):
            await self.live.execute(RestrictProcessing())

    async def _agree(self, one: Agreement) -> None:
        """Withdrawing is one key; agreeing shows first what to."""
        agrees = not one.given
        if agrees and not await self.ask(
            Confirm(f"{one.about.title}?", yes="Agree", note=one.about.what)
        ):
            return
        await self.live.execute(SetConsent(purpose=one.purpose, given=agrees, source="app"))

    async def _confirmed(
        self, title: str, name: str, note: str, command: Callable[[str], Command]
    ) -> None:
        """Ask for the name and, where the workspace has one, the passphrase; then do it."""
        if not await self.ask(Confirm(f"{title}?", yes="Go on", note=note)):
            return
        fields = [Field("name", f"Type “{name}” to confirm")]
        locked = self._passphrase_folder()
        if locked is not None:
            fields.append(Field("passphrase", "Passphrase of the workspace", secret=True))

        async def work(typed: Mapping[str, str]) -> bool:
            if locked is not None:
                await asyncio.to_thread(unlocking.unlock_by, locked.folder, typed["passphrase"])
            done = await self.live.acting.execute(command(typed["name"]))
            for said in done.notes:
                self.live.tell(said)
            return True

        await self.ask(Form(title, fields, work))

    def _passphrase_folder(self) -> Opened | None:
        opened = self.opened
        if opened is None or opened.to_read:
            return None
        guarded = unlocking.protection_of(opened.folder) is Protection.PASSPHRASE
        return opened if guarded else None
