"""`conneqtos member …`: who belongs to the workspace, with which role, and who is invited."""

from argparse import Namespace
from collections.abc import Callable

from msgspec import to_builtins

from engine.api import Acting
from engine.columns.people_names import person_called
from engine.commands.devices import LimitOffline
from engine.commands.disclosures import AppointOfficer
from engine.commands.invitations import RevokeInvitation
from engine.commands.members import SetRole
from engine.commands.membership import HandOver, LeaveOrganization, RemoveMember
from engine.commands.registry import Command
from engine.commands.two_factor import RequireTwoFactor
from engine.errors import NotFound
from engine.identity.delivery import deliver_all
from engine.model.actor import Role
from engine.queries.devices import DevicesSeen
from engine.queries.home import People
from engine.queries.members import Members
from tui.cli.item import when
from tui.cli.opening import chosen_folder, opened
from tui.cli.output import Rows, note, say, say_json
from tui.folders import MAIL
from tui.issuing import new_invitation


async def list_members(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        found = await acting.query(Members())
    if arguments.json:
        for member in (*found.members, *found.names):
            shown = {
                "id": member.id,
                "name": member.name,
                "email": member.email,
                "role": member.role.value,
            }
            say_json({**shown, "member": member.account})
        for one in found.invitations:
            say_json({**to_builtins(one), "expires_at": when(one.expires_at), "invited": True})
        return
    rows = Rows(["Name", "Role", "Mail", ""], right=set(), empty="")
    lines = [[one.name, one.role.value, one.email, ""] for one in found.members]
    lines += [[one.name, "", one.email, "only a name"] for one in found.names]
    lines += [
        [one.email, one.role.value, one.email, f"invited until {when(one.expires_at)[:10]}"]
        for one in found.invitations
    ]
    rows.print(lines)


async def list_devices(arguments: Namespace) -> None:
    """Who was erased is gone from a device once it has been in touch: these have, or have not."""
    async with opened(arguments) as acting:
        found = await acting.query(DevicesSeen())
        names = {one.id: one.name for one in await acting.query(People())}
    if arguments.json:
        for device in found:
            say_json(to_builtins(device))
        return
    rows = Rows(["Device of", "Last here", "What was erased"], right=set(), empty="No device.")
    rows.print([
        [
            names.get(one.member_id, one.member_id), when(one.seen_at) if one.seen_at else "never",
            "not forgotten yet" if one.behind else "forgotten",
        ]
        for one in found
    ])  # fmt: skip


async def send_invitation(arguments: Namespace) -> None:
    """The code is all that is printed on stdout."""
    async with opened(arguments) as acting:
        code = await new_invitation(acting, arguments.email, Role(arguments.role))
        await deliver_all(acting.engine, chosen_folder(arguments) / MAIL)
    note("The code is in the mail, and shown here this once:")
    say(code)


async def revoke(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        waiting = (await acting.query(Members())).invitations
        found = next((one for one in waiting if one.email == arguments.email), None)
        if found is None:
            raise NotFound(f"No invitation to “{arguments.email}” waits.")
        await acting.execute(RevokeInvitation(invitation_id=found.id))
    say("The invitation is revoked.")


async def set_role(arguments: Namespace) -> None:
    await _on(arguments, lambda member: SetRole(member_id=member, role=Role(arguments.role)))


async def remove(arguments: Namespace) -> None:
    await _on(arguments, lambda member: RemoveMember(member_id=member))


async def hand_over(arguments: Namespace) -> None:
    await _on(arguments, lambda member: HandOver(member_id=member))


async def appoint(arguments: Namespace) -> None:
    await _on(arguments, lambda member: AppointOfficer(member_id=member))


async def leave(arguments: Namespace) -> None:
    await _do(arguments, LeaveOrganization())


async def require_two_factor(arguments: Namespace) -> None:
    await _do(arguments, RequireTwoFactor(required=arguments.required == "on"))


async def limit_offline(arguments: Namespace) -> None:
    days = 0 if arguments.days == "never" else int(arguments.days)
    await _do(arguments, LimitOffline(days=days))


async def _on(arguments: Namespace, command: Callable[[str], Command]) -> None:
    async with opened(arguments) as acting:
        member = await _called(acting, arguments.person)
        done = await acting.execute(command(member))
    say(" ".join(done.notes) or "Done.")


async def _do(arguments: Namespace, command: Command) -> None:
    async with opened(arguments) as acting:
        done = await acting.execute(command)
    say(" ".join(done.notes) or "Done.")


async def _called(acting: Acting, name: str) -> str:
    people = {member.id: member.name for member in (await acting.query(Members())).members}
    return person_called(name, people)
