"""`conneqtos key …`: API keys, by which one's own programs act: put one into CONNEQTOS_TOKEN."""

from argparse import Namespace

from msgspec import to_builtins

from engine.commands.api_keys import RevokeApiKey
from engine.errors import NotFound
from engine.model.actor import Scope
from engine.queries.members import ApiKeys, KeyShown
from tui.cli.item import when
from tui.cli.opening import opened
from tui.cli.output import Rows, note, say, say_json
from tui.issuing import new_key


async def list_keys(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        keys = await acting.query(ApiKeys(all=arguments.all))
    if arguments.json:
        for key in keys:
            say_json({**to_builtins(key), "state": _state(key)})
        return
    rows = Rows(
        ["Prefix", "Name", "Scope", "Made", "Last used", "State"],
        right=set(),
        empty="There is no API key.",
    )
    rows.print([
        [key.prefix, key.name, key.scope.value, when(key.created_at)[:10], _day(key.last_used_at), _state(key)]
        for key in keys
    ])  # fmt: skip


async def make_key(arguments: Namespace) -> None:
    """The key is all that is printed on stdout."""
    async with opened(arguments) as acting:
        key = await new_key(acting, arguments.name, Scope(arguments.scope), days=arguments.days)
    note("Keep it now: it is shown this once.")
    say(key)


async def revoke(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        keys = await acting.query(ApiKeys(all=True))
        found = next((key for key in keys if key.prefix == arguments.prefix), None)
        if found is None:
            raise NotFound(f"There is no key “{arguments.prefix}”. See: conneqtos key list")
        await acting.execute(RevokeApiKey(key_id=found.id))
    say("The key is revoked: the next call with it fails.")


def _day(at: int) -> str:
    return when(at)[:10] if at else "never"


def _state(key: KeyShown) -> str:
    if key.revoked_at:
        return f"revoked {when(key.revoked_at)[:10]}"
    return f"until {when(key.expires_at)[:10]}" if key.expires_at else "valid"
