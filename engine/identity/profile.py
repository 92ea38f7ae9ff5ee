"""Name, colour and the name of one's own place: changed in the account, and in every organization it belongs to."""

from engine.api import Engine
from engine.commands.members import EditPerson, RenameOrganization
from engine.commands.registry import Command
from engine.errors import NotFound
from engine.identity.caller import Caller
from engine.identity.sessions import Signed, as_account, enter
from engine.queries.accounts import AboutMyAccount


async def edit(
    engine: Engine, caller: Caller, signed: Signed, *, name: str | None = None,
    color: str | None = None, workspace: str | None = None,
) -> None:  # fmt: skip
    """What is None stays. Raises Invalid; then nothing was changed in the account."""
    account = as_account(engine, caller, signed)
    commands: list[Command] = []
    if name is not None or color is not None:
        commands.append(EditPerson(member_id=signed.account_id, name=name, color=color))
    if workspace is not None:
        commands.append(RenameOrganization(name=workspace))
    await account.execute(*commands)
    if not (name or color):
        return
    for place in (await account.query(AboutMyAccount())).organizations:
        try:
            inside = await enter(engine, caller, signed, place.id, second_factor=False)
        except NotFound:
            continue
        await inside.execute(EditPerson(member_id=place.member_id, name=name, color=color))
