"""`conneqtos audit verify`: walks the chain of the audit trail and names the first bad entry."""

from argparse import Namespace

from msgspec import to_builtins

from engine.errors import Damaged
from tui.cli.opening import opened
from tui.cli.output import say, say_json


async def verify(arguments: Namespace) -> int:
    async with opened(arguments) as acting:
        verdict = await acting.verify_audit()
    whole = verdict.bad_number is None
    if arguments.json:
        say_json({"ok": whole, **to_builtins(verdict)})
        return 0 if whole else Damaged.exit_status
    if not whole:
        raise Damaged(
            f"The audit trail is broken at entry {verdict.bad_number}: {verdict.reason}. "
            f"{verdict.checked:,} entries before it are right. Compare it with a copy."
        )
    say(f"The audit trail is whole: {verdict.checked:,} entries checked.")
    return 0
