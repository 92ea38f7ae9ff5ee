"""`conneqtos audit`: lists the trail, writes it to a file, and walks its chain to name the first bad entry."""

from argparse import Namespace
from pathlib import Path

from msgspec import to_builtins

from engine.errors import Damaged
from engine.queries.audit import MOST, AuditAboutMe, AuditLine, AuditTrail
from tui.cli.item import when
from tui.cli.opening import opened
from tui.cli.output import Rows, say, say_json


async def list_entries(arguments: Namespace) -> None:
    """The newest first."""
    kind = AuditAboutMe if arguments.mine else AuditTrail
    rows = Rows(
        ["Number", "When", "Who", "What", "Count", "Device", "Address"], right={0, 4},
        empty="No entry has these words.",
    )  # fmt: skip
    left, before = arguments.limit, 0
    async with opened(arguments) as acting:
        while left > 0:
            query = kind(words=arguments.filter, before=before, limit=min(left, MOST))
            page = await acting.query(query)
            if arguments.json:
                for line in page:
                    say_json({**to_builtins(line), "at": when(line.at)})
            elif page or not before:
                rows.print([_row(line) for line in page])
            if len(page) < min(left, MOST):
                return
            left, before = left - len(page), page[-1].number


def _row(line: AuditLine) -> list[str]:
    at = when(line.at)[:19].replace("T", " ")
    return [
        str(line.number), at, line.actor, line.words, str(line.count), line.device, line.address
    ]  # fmt: skip


async def export(arguments: Namespace) -> None:
    from engine.transfer.audit_file import export_audit

    target = Path(arguments.output).expanduser()
    async with opened(arguments) as acting:
        count = await export_audit(acting, target)
    say(f"{count:,} entries are in {target}")


async def verify(arguments: Namespace) -> int:
    async with opened(arguments) as acting:
        verdict = await acting.verify_audit()
        compared = None
        if arguments.against and verdict.bad_number is None:
            from engine.transfer.audit_file import compare_audit

            compared = await compare_audit(acting, Path(arguments.against).expanduser())
    changed = compared.bad_number if compared is not None else None
    whole = verdict.bad_number is None and changed is None
    if arguments.json:
        against = {} if compared is None else {"against": to_builtins(compared)}
        say_json({"ok": whole, **to_builtins(verdict), **against})
        return 0 if whole else Damaged.exit_status
    if verdict.bad_number is not None:
        raise Damaged(
            f"The audit trail is broken at entry {verdict.bad_number}: {verdict.reason}. "
            f"{verdict.checked:,} entries before it are right. Compare it with a copy."
        )
    if changed is not None:
        raise Damaged(
            f"Entry {changed} is not the one in {arguments.against}: the trail was cut or rewritten "
            "from there on. Keep both, and ask who could write to the workspace."
        )
    say(f"The audit trail is whole: {verdict.checked:,} entries checked.")
    if compared is not None:
        say(f"All {compared.compared:,} entries of {arguments.against} are in it unchanged.")
    return 0
