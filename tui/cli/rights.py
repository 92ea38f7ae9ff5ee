"""`conneqtos privacy …`: using one's rights from the command line, as the screen Privacy & Data does."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from msgspec import to_builtins

from engine.api import Acting
from engine.clock import system_clock
from engine.columns.people_names import person_called
from engine.commands.closing import CloseOrganization, KeepOrganization
from engine.commands.consents import SetConsent
from engine.commands.deletion import AskDeletion, CancelDeletion
from engine.commands.disclosures import RecordDisclosure
from engine.commands.holds import LiftHold, SetHold
from engine.commands.registry import Command
from engine.commands.requests import FileRequest, WorkOnRequest
from engine.commands.restriction import LiftRestriction, RestrictProcessing
from engine.errors import Damaged, NotFound, WorkspaceError
from engine.model.rights import Request, RequestState
from engine.queries.home import People
from engine.queries.policy import Policy, policy_at
from engine.queries.rights import DeletionPreview, Disclosures, MyRights, RequestQueue
from engine.receipts import check, read, receipts_of
from tui.cli.item import when
from tui.cli.opening import opened
from tui.cli.output import Rows, note, say, say_json
from tui.settings import country

DAY: Final = 86_400_000


async def rights(arguments: Namespace) -> None:
    """How it stands with each right, in a line."""
    async with opened(arguments) as acting:
        mine = await acting.query(MyRights(country=country()))
    if arguments.json:
        say_json(to_builtins(mine))
        return
    dates = (
        ("Deletion of your account on", mine.deletion_due_at),
        (f"“{mine.organization}” will be closed on", mine.closing_at),
        ("Your data is restricted since", mine.restricted_at),
    )
    for words, at in dates:
        if at:
            say(f"{words} {when(at)[:10]}")
    for hold in (*mine.holds, *([mine.hold] if mine.hold and not mine.holds else [])):
        say(f"Legal hold since {when(hold.since)[:10]}: {hold.reason}")
    for one in mine.agreements:
        say(f"{one.about.title}: {'agreed' if one.given else 'not agreed'}")
    say(f"Open requests: {sum(request.state.is_open for request in mine.requests)}")
    say(f"Complain: {mine.authority}")
    for name, address in mine.contacts.items():
        say(f"{name}: {address}")


async def policy(arguments: Namespace) -> None:
    """The text, with the clauses of each sentence: also for who signs up, and has no workspace yet."""
    try:
        async with opened(arguments) as acting:
            now = await acting.query(Policy(country=country()))
    except WorkspaceError:
        now = policy_at(system_clock(), country())
    if arguments.json:
        say_json(to_builtins(now))
        return
    say(f"Version {now.version.number}, last updated {now.version.published}")
    if now.coming is not None:
        say(
            f"From {when(now.coming_at)[:10]} version {now.coming.number} holds: {now.coming.changes}"
        )
    for section in now.sections:
        say(f"\n{section.title}")
        for sentence in section.sentences:
            say(f"  {sentence.text}  [{', '.join(sentence.clauses)}]")


async def delete(arguments: Namespace) -> None:
    """Ask for the deletion of the account, or only say what it would do."""
    async with opened(arguments) as acting:
        if arguments.dry_run:
            fates = await acting.query(DeletionPreview())
            if arguments.json:
                for one in fates:
                    say_json(to_builtins(one))
                return
            rows = Rows(["What", "Records", "Becomes of it", "Why it stays"], right={1}, empty="")
            rows.print([[f.title, f"{f.count:,}", f.fate.value, f.why_kept] for f in fates])
            note("Nothing was asked for: this was a dry run.")
            return
    await _do(arguments, AskDeletion(confirm=arguments.confirm))


async def keep(arguments: Namespace) -> None:
    await _do(arguments, CancelDeletion())


async def close(arguments: Namespace) -> None:
    await _do(arguments, CloseOrganization(confirm=arguments.confirm))


async def reopen(arguments: Namespace) -> None:
    await _do(arguments, KeepOrganization())


async def restrict(arguments: Namespace) -> None:
    await _do(arguments, RestrictProcessing())


async def lift(arguments: Namespace) -> None:
    await _do(arguments, LiftRestriction())


async def hold(arguments: Namespace) -> None:
    """On a person by their name; owners only."""
    async with opened(arguments) as acting:
        member_id = await _person(acting, arguments.person)
        done = await acting.execute(SetHold(member_id=member_id, reason=arguments.reason))
    say(" ".join(done.notes))


async def release(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        done = await acting.execute(LiftHold(member_id=await _person(acting, arguments.person)))
    say(" ".join(done.notes))


async def disclose(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        hidden = acting.engine.now() + arguments.hidden_days * DAY if arguments.hidden_days else 0
        done = await acting.execute(
            RecordDisclosure(
                member_id=await _person(acting, arguments.person), recipient=arguments.recipient,
                ground=arguments.ground, what=arguments.what, hidden_until=hidden,
            )
        )  # fmt: skip
    say(" ".join(done.notes))


async def list_disclosures(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        found = await acting.query(Disclosures())
        names = {member.id: member.name for member in await acting.query(People())}
    if arguments.json:
        for one in found:
            say_json({**to_builtins(one), "at": when(one.at)})
        return
    rows = Rows(
        ["When", "About", "To", "Ground", "What"], right=set(), empty="Nothing was released."
    )
    rows.print([
        [when(one.at)[:10], names.get(one.subject_id, ""), one.recipient, one.ground, one.what]
        for one in found
    ])  # fmt: skip


async def list_receipts(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        found = [(path, read(path)) for path in receipts_of(acting.engine)]
    if arguments.json:
        for path, receipt in found:
            say_json({"file": str(path), **to_builtins(receipt)})
        return
    rows = Rows(["Erased", "In backups until", "File"], right=set(), empty="Nobody was erased yet.")
    rows.print([[one.erased_at[:10], one.in_backups_until[:10], str(path)] for path, one in found])


async def check_receipt(arguments: Namespace) -> int:
    """The status is 13 where it is not true any more."""
    async with opened(arguments) as acting:
        found = await check(acting, Path(arguments.file).expanduser())
    if arguments.json:
        say_json(to_builtins(found))
    else:
        receipt = found.receipt
        say(
            f"Erased on {receipt.erased_at[:10]}; the last backup that knew them is gone on {receipt.in_backups_until[:10]}."
        )
        for one in receipt.outcomes:
            why = f" ({one.why_kept})" if one.why_kept else ""
            say(f"  {one.records:,} × {one.title}: {one.fate}{why}")
        say(
            "It is as it was written"
            + (", by this workspace." if found.signed_here else ", by another workspace.")
        )
        say(
            "It is still true here."
            if found.still_true
            else "IT IS NOT TRUE HERE: run conneqtos retention run"
        )
    return 0 if found.still_true or not found.signed_here else Damaged.exit_status


async def _person(acting: Acting, name: str) -> str:
    people = {member.id: member.name for member in await acting.query(People())}
    return person_called(name, people)


async def consent(arguments: Namespace) -> None:
    given = arguments.act == "give"
    await _do(arguments, SetConsent(purpose=arguments.purpose, given=given, source="command line"))


async def file_request(arguments: Namespace) -> None:
    await _do(
        arguments,
        FileRequest(
            request_kind=arguments.kind, text=arguments.text, sender=arguments.sender or ""
        ),
    )  # fmt: skip


async def requests(arguments: Namespace) -> None:
    """The queue: the most pressing first."""
    async with opened(arguments) as acting:
        queue = await acting.query(RequestQueue())
    if arguments.json:
        for one in queue:
            say_json(to_builtins(one))
        return
    rows = Rows(["Number", "Kind", "State", "Due", "Text"], right={0}, empty="There is no request.")
    rows.print([
        [str(one.number), one.kind, one.state.value, when(one.due_at)[:10], one.text]
        for one in queue
    ])  # fmt: skip


async def move_request(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        queue = await acting.query(RequestQueue())
    request = _numbered(queue, arguments.number)
    to = RequestState(arguments.to)
    await _do(arguments, WorkOnRequest(request_id=request.id, to=to, text=arguments.text or ""))


def _numbered(queue: list[Request], number: int) -> Request:
    for request in queue:
        if request.number == number:
            return request
    known = ", ".join(str(request.number) for request in queue) or "none"
    raise NotFound(f"There is no request {number} here. Known: {known}.")


async def _do(arguments: Namespace, command: Command) -> None:
    async with opened(arguments) as acting:
        done = await acting.execute(command)
    for said in done.notes or ("Done.",):
        say(said)
