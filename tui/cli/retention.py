"""`conneqtos retention`: what has been kept long enough, and letting it go."""

from argparse import Namespace

from msgspec import to_builtins

from engine.identity.keeping import keep_house
from engine.queries.retention import RetentionDue
from engine.retaining import run_retention
from tui.cli.item import when
from tui.cli.opening import chosen_folder, opened
from tui.cli.output import Rows, note, say, say_json
from tui.folders import MAIL


async def run(arguments: Namespace) -> None:
    """The counts are those of before the run."""
    async with opened(arguments) as acting:
        if arguments.dry_run:
            due = await acting.query(RetentionDue())
        else:
            due = await run_retention(acting)
            engine, outbox = acting.engine, chosen_folder(arguments) / MAIL
            await keep_house(engine, outbox, but=acting.actor.organization_id)
    if arguments.json:
        for one in due:
            removed = 0 if arguments.dry_run else one.count
            say_json({**to_builtins(one), "before": when(one.before), "removed": removed})
        return
    rows = Rows(["Rule", "What", "Kept", "From before", "Due"], right={4}, empty="")
    rows.print([
        [one.rule, one.title, one.kept, when(one.before)[:10], f"{one.count:,}"] for one in due
    ])  # fmt: skip
    if arguments.dry_run:
        note("Nothing was removed: this was a dry run.")
    elif not any(one.count for one in due):
        note("Nothing was due.")
    else:
        say(f"Removed for good: {sum(one.count for one in due):,}")
