"""Who sees a board: its kind, and the places of members on it."""

from collections.abc import Iterator, Sequence
from typing import Final

from engine.commands.boards import EditBoard, ShareBoard, UnshareBoard
from engine.model.actor import Role
from engine.model.board import BoardKind
from engine.model.organization import Member
from engine.model.text import clean_line
from engine.queries.members import Access, BoardAccess, Members
from tui.live import Live
from tui.screens.asking import asks
from tui.screens.listing import Listing
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, heading

NAME_WIDTH: Final = 28
KINDS: Final = {
    BoardKind.MAIN: "every member of the workspace sees it, but no guest",
    BoardKind.PRIVATE: "only members who have a place on it see it",
    BoardKind.SHAREABLE: "only who has a place on it sees it, guests too",
}
ROLES: Final = {
    Role.ADMIN: "edit everything, and share it",
    Role.MEMBER: "edit items",
    Role.VIEWER: "see it",
}
GONE: Final = "off"


class SharingScreen(Listing):
    """Enter changes the kind, or the place of a member; `o` gives somebody a place."""

    scope = "sharing"
    hints = ("add", "open", "filter", "help", "close")

    def __init__(self, live: Live, board_id: str) -> None:
        super().__init__()
        self.live = live
        self.board_id = board_id
        self.access: Access | None = None
        self.members: tuple[Member, ...] = ()

    async def load(self) -> None:
        self.access = await self.live.query(BoardAccess(board_id=self.board_id))
        self.members = (await self.live.query(Members())).members

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        if self.access is None:
            return "Sharing", "", ""
        return (
            clean_line(self.access.board.name),
            "who sees it",
            f"{len(self.access.places)} with a place",
        )

    def entries_for(self, width: int) -> Sequence[Entry]:
        return [] if self.access is None else list(self._entries(self.access, width))

    def _entries(self, access: Access, width: int) -> Iterator[Entry]:
        kind = access.board.kind
        if not self.filter_words:
            yield AIR
            label = Run(drawn(kind.value, NAME_WIDTH), "title")
            yield Entry(
                "kind:", ((label, Run(drawn_to(KINDS[kind], max(width - NAME_WIDTH, 8)), "dim")),)
            )
        fitting = [one for one in access.places if self.fits(one.name, one.role.value)]
        if fitting:
            yield AIR
            yield heading("Places")
        for one in fitting:
            name = Run(drawn(drawn_to(one.name, NAME_WIDTH - 2), NAME_WIDTH), "title")
            yield Entry(f"place:{one.member_id}", ((name, Run(one.role.value, "text")),))
        if not access.places:
            add = self.keymap.shown("sharing.add")
            yield AIR
            yield Entry(
                "", ((Run(f"Nobody has a place of their own.  {add} gives somebody one.", "dim"),),)
            )

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_add(self) -> None:
        seated = {one.member_id for one in self.access.places} if self.access else set()
        options = [
            Choosable(one.id, one.name, one.role.value)
            for one in self.members
            if one.id not in seated
        ]
        if not options:
            self.live.tell("Everybody has a place. Invite somebody on the screen of members first.")
            return
        member_id = await self.ask(Choice("Share with whom?", options))
        if member_id is not None:
            await self._seat(member_id)

    async def _seat(self, member_id: str, now: Role | None = None) -> None:
        options = [Choosable(role.value, role.value, what) for role, what in ROLES.items()]
        if now is not None:
            options.append(Choosable(GONE, "take the place away", "they see it as its kind says"))
        chosen = await self.ask(Choice("May do what?", options, chosen=(now or Role.MEMBER).value))
        if chosen == GONE:
            await self.live.execute(UnshareBoard(board_id=self.board_id, member_id=member_id))
        elif chosen is not None:
            role = Role(chosen)
            await self.live.execute(
                ShareBoard(board_id=self.board_id, member_id=member_id, role=role)
            )

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        if self.access is None:
            return
        if kind == "place":
            place = next(one for one in self.access.places if one.member_id == id)
            await self._seat(id, place.role)
        elif kind == "kind":
            options = [Choosable(one.value, one.value, what) for one, what in KINDS.items()]
            now = self.access.board.kind.value
            chosen = await self.ask(Choice("Who shall see it?", options, chosen=now))
            if chosen is not None and chosen != now:
                await self.live.execute(EditBoard(board_id=self.board_id, kind=BoardKind(chosen)))
