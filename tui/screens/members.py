"""Members: who belongs to the workspace and may do what, who is only a name, and who is invited."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.commands.disclosures import AppointOfficer
from engine.commands.invitations import RevokeInvitation
from engine.commands.members import AddPerson, SetRole
from engine.commands.membership import HandOver, LeaveOrganization, RemoveMember
from engine.commands.registry import Command
from engine.commands.two_factor import RequireTwoFactor
from engine.model.actor import Role
from engine.model.organization import Member
from engine.queries.members import Invited, Members, Membership
from tui import upkeep
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
from tui.widgets.item_fields import AIR, heading

NAME_WIDTH: Final = 28
ROLE_WIDTH: Final = 10
ROLES: Final = {
    Role.OWNER: "everything, also closing it",
    Role.ADMIN: "members, all boards, the audit trail",
    Role.MEMBER: "make and edit boards",
    Role.VIEWER: "see the main boards",
    Role.GUEST: "only boards shared with them",
}
"""What each role may do, as it is chosen by."""


class MembersScreen(Listing):
    """Enter says what can be done with the line."""

    scope = "members"
    hints = ("add", "open", "filter", "help", "close")

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live
        self.found: Membership | None = None

    async def load(self) -> None:
        self.found = await self.live.query(Members())

    # -- what is shown ----------------------------------------------------------------------------

    def title_parts(self) -> tuple[str, str, str]:
        if self.found is None:
            return "Members", "", ""
        count = len(self.found.members)
        return "Members", self.found.organization, f"{count:,} member{'' if count == 1 else 's'}"

    def entries_for(self, width: int) -> Sequence[Entry]:
        found = self.found
        if found is None:
            return []
        shown = [*self._section("Members", found.members, width), *self._invited(found, width)]
        shown += self._section(
            "Only names", found.names, width, "can be picked in people columns, and cannot act"
        )
        if not shown:
            return [AIR, Entry("", ((Run("Nobody has these words. esc shows all.", "dim"),),))]
        return [*shown, *self._rules(found, width)]

    def _section(
        self, title: str, people: Sequence[Member], width: int, note: str = ""
    ) -> list[Entry]:
        fitting = [one for one in people if self.fits(one.name, one.email, one.role.value)]
        lines = [self._person(one, width) for one in fitting]
        return [AIR, heading(title, note), *lines] if lines else []

    def _person(self, one: Member, width: int) -> Entry:
        assert self.found is not None
        mine = " (you)" if one.id == self.found.me.id else ""
        name = Run(drawn(drawn_to(f"{one.name}{mine}", NAME_WIDTH - 2), NAME_WIDTH), "title")
        role = Run(drawn(one.role.value if one.account else "", ROLE_WIDTH), "text")
        rest = Run(drawn_to(one.email, max(width - NAME_WIDTH - ROLE_WIDTH, 8)), "dim")
        return Entry(f"member:{one.id}", ((name, role, rest),))

    def _invited(self, found: Membership, width: int) -> Iterator[Entry]:
        fitting = [one for one in found.invitations if self.fits(one.email, one.role.value)]
        if not fitting:
            return
        yield AIR
        yield heading("Invited", "by mail; each code works once, for that address")
        for one in fitting:
            day = spoken_day(one.expires_at, system_clock(), local_utc_offset())
            email = Run(drawn(drawn_to(one.email, NAME_WIDTH - 2), NAME_WIDTH), "title")
            role = Run(drawn(one.role.value, ROLE_WIDTH), "text")
            until = Run(drawn_to(f"until {day}", max(width - NAME_WIDTH - ROLE_WIDTH, 8)), "dim")
            yield Entry(f"invitation:{one.id}", ((email, role, until),))

    def _rules(self, found: Membership, width: int) -> Iterator[Entry]:
        if found.me.role is not Role.OWNER or self.filter_words:
            return
        yield AIR
        yield heading("Rules")
        label = Run(drawn("Second factor", NAME_WIDTH), "title")
        words = (
            "everybody needs one to get in"
            if found.two_factor
            else "everybody may choose; enter requires it"
        )
        yield Entry(
            "rule:two_factor", ((label, Run(drawn_to(words, max(width - NAME_WIDTH, 8)), "dim")),)
        )

    # -- actions ----------------------------------------------------------------------------------

    @asks
    async def action_add(self) -> None:
        """Invite somebody by mail, or write down a name for people columns."""
        options = [
            Choosable("invite", "Invite by mail", "a code that works once, for 7 days"),
            Choosable("name", "Add a name", "for people columns; cannot act"),
        ]
        chosen = await self.ask(Choice("Add whom?", options))
        if chosen == "name":
            await self._add_name()
        elif chosen == "invite":
            await self._invite()

    async def _add_name(self) -> None:
        async def add(typed: Mapping[str, str]) -> bool:
            await self.live.acting.execute(
                AddPerson(name=typed["name"], email=typed.get("email", ""))
            )
            return True

        fields = [Field("name", "Name"), Field("email", "Mail", optional=True)]
        await self.ask(Form("Add a name", fields, add))

    async def _invite(self) -> None:
        role = await self._role("Invite as")
        if role is None:
            return

        async def send(typed: Mapping[str, str]) -> str:
            from tui.issuing import new_invitation

            code = await new_invitation(self.live.acting, typed["email"], role)
            opened = self.conneqt.workspace
            if opened is not None:
                await upkeep.deliver_mails(opened)
            return code

        code = await self.ask(
            Form(f"Invite as {role.value}", [Field("email", "Their address")], send)
        )
        if code:
            shown = Confirm("The code, shown this once", yes="Copy it", note=code)
            await self._copied(shown, code)

    async def _copied(self, shown: Confirm, code: str) -> None:
        if await self.ask(shown):
            self.live.copy(code, "The code")

    @asks
    async def action_open(self) -> None:
        kind, id = self.here
        if self.found is None:
            return
        if kind == "rule":
            await self.live.execute(RequireTwoFactor(required=not self.found.two_factor))
        elif kind == "invitation":
            await self._revoke(next(one for one in self.found.invitations if one.id == id))
        elif kind == "member":
            everybody = (*self.found.members, *self.found.names)
            await self._change(next(one for one in everybody if one.id == id))

    async def _revoke(self, one: Invited) -> None:
        if await self.ask(Confirm(f"Revoke the invitation of {one.email}?", yes="Revoke")):
            await self.live.execute(RevokeInvitation(invitation_id=one.id))

    async def _change(self, one: Member) -> None:
        options = list(self._possible(one))
        if not options:
            self.live.tell("There is nothing that you can change here.")
            return
        chosen = await self.ask(Choice(one.name, options))
        if chosen == "role":
            role = await self._role(f"{one.name} as", one.role)
            if role is not None:
                await self.live.execute(SetRole(member_id=one.id, role=role))
        elif chosen is not None:
            command, question, note = self._commands(one)[chosen]
            if not question or await self.ask(Confirm(question, yes="Do it", note=note)):
                await self.live.execute(command)

    def _possible(self, one: Member) -> Iterator[Choosable]:
        assert self.found is not None
        me = self.found.me
        if not one.account:
            return
        if me.role.covers(Role.ADMIN) and one.id != me.id:
            yield Choosable("role", "Change the role", one.role.value)
            yield Choosable("remove", "Remove", "what they wrote stays")
        if me.role is Role.OWNER:
            yield Choosable("officer", "Make Data Protection Officer", "sees and answers requests")
        if me.role is Role.OWNER and one.id != me.id:
            yield Choosable(
                "hand_over", "Hand the workspace over", "they become owner, you an admin"
            )
        if one.id == me.id:
            yield Choosable("leave", "Leave the workspace", "what you wrote stays")

    def _commands(self, one: Member) -> dict[str, tuple[Command, str, str]]:
        """By choice: the command, and what is asked before."""
        return {
            "remove": (
                RemoveMember(member_id=one.id), f"Remove {one.name}?",
                "Their keys end at once, and their devices lose the data. What they wrote stays.",
            ),
            "officer": (AppointOfficer(member_id=one.id), "", ""),
            "hand_over": (
                HandOver(member_id=one.id), f"Hand over to {one.name}?",
                "They become owner, and you an admin. Only they can give it back.",
            ),
            "leave": (LeaveOrganization(), "Leave the workspace?", "Somebody must invite you again."),
        }  # fmt: skip

    async def _role(self, title: str, now: Role | None = None) -> Role | None:
        assert self.found is not None
        mine = self.found.me.role
        options = [
            Choosable(role.value, role.value, what)
            for role, what in ROLES.items()
            if mine.covers(role)
        ]
        chosen = await self.ask(
            Choice(title, options, chosen=now.value if now else Role.MEMBER.value)
        )
        return None if chosen is None else Role(chosen)
