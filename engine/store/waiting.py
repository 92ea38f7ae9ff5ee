"""What a linked device keeps for its server: the link itself, commands that wait, were refused, or were taken."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, to_builtins
from msgspec.structs import replace
from sqlalchemy import Connection, case, delete, func, insert, select, update

from engine.model.exchange import Ack, Sent, Status
from engine.model.record import JSON
from engine.store.tables import conflict, head, held, journal, link, outbox, scope_cursor

JOURNAL_MS: Final = 31 * 86_400_000
"""How long after a command was taken it can be offered again: a server goes back to a backup of 30 days at most."""
ERASED: Final = "erased"
"""Why a command was refused of which no word may stay."""


class Link(Struct, frozen=True, kw_only=True):
    """The server that decides; `acked` is the last command of which its verdict is known. `last_at` is the last
    exchange, 0 before the first; `sent_n` the last command that the server may know of, `ticket` what asks it whether
    the member still is one. `checked_at` is when its rows were last compared with the server's, and `gaps` how often they
    were not the same; `schema` is the version of this store when it last read; `taking` is
    the file, as `digest-size`, that takes the organization to the server and has not arrived, "" for none. `forgotten` is up
    to which seq this device forgot what was erased, where the server has not been told, else 0; it is negative while the
    bytes of it are still to go. `token` shows the
    server who this is: it lies here only, in the encrypted store."""

    server: str
    token: str
    epoch: str
    member_id: str
    last_n: int
    acked_n: int
    acked_id: str
    last_at: int
    sent_n: int = 0
    ticket: str = ""
    checked_at: int = 0
    gaps: int = 0
    schema: str = ""
    taking: str = ""
    forgotten: int = 0


class Waiting(Struct, frozen=True, kw_only=True):
    """A command in the outbox. `trouble` is why it has no effect on this device, "" where it has."""

    command: Sent
    trouble: str


class Held(Struct, frozen=True, kw_only=True):
    """A command that the server refused, and why."""

    command: Sent
    code: str
    reason: str
    held_at: int

    @property
    def of_file(self) -> bool:
        """Whether only a file was refused, whose attachment stands: its id is the digest."""
        return self.command.id == self.command.arguments.get("digest")


def find_link(connection: Connection, organization_id: str) -> Link | None:
    statement = select(*(link.c[name] for name in Link.__struct_fields__))
    row = connection.execute(statement.where(link.c.organization_id == organization_id)).first()
    return None if row is None else Link(**row._mapping)


def linked_member(connection: Connection, organization_id: str) -> str | None:
    """Whose device this is, where a server decides."""
    found = find_link(connection, organization_id)
    return None if found is None else found.member_id


def write_link(connection: Connection, organization_id: str, **fields: Any) -> None:
    connection.execute(
        update(link).where(link.c.organization_id == organization_id).values(**fields)
    )


def note_forgotten(connection: Connection, organization_id: str, seq: int) -> None:
    """The bytes have gone too, unless another program on this store has taken in more meanwhile."""
    mine = (link.c.organization_id == organization_id, link.c.forgotten == -seq)
    connection.execute(update(link).where(*mine).values(forgotten=seq))


def note_told(connection: Connection, organization_id: str, seq: int) -> None:
    """The server has heard that up to this seq all is forgotten; not what came since."""
    mine = (link.c.organization_id == organization_id, link.c.forgotten.between(1, seq))
    connection.execute(update(link).where(*mine).values(forgotten=0))


def make_link(connection: Connection, organization_id: str, made: Link, replica_id: str) -> None:
    """From here on the server decides what becomes of this organization."""
    connection.execute(insert(link).values(organization_id=organization_id, **to_builtins(made)))
    set_replica(connection, organization_id, replica_id)


def set_replica(connection: Connection, organization_id: str, replica_id: str) -> None:
    connection.execute(
        update(head).where(head.c.organization_id == organization_id).values(replica_id=replica_id)
    )


def replica_of(connection: Connection, organization_id: str) -> str:
    statement = select(head.c.replica_id).where(head.c.organization_id == organization_id)
    return str(connection.execute(statement).scalar_one())


# -- the outbox ---------------------------------------------------------------------------------


def append(connection: Connection, organization_id: str, sent: Mapping[str, Any]) -> None:
    """Put a command behind all others that wait; `sent` has all of it but the number."""
    mine = link.c.organization_id == organization_id
    n = connection.execute(select(link.c.last_n).where(mine)).scalar_one() + 1
    connection.execute(update(link).where(mine).values(last_n=n))
    row = {**sent, "command_id": sent["id"]}
    row.pop("id")
    connection.execute(
        insert(outbox).values(organization_id=organization_id, n=n, trouble="", **row)
    )


def waiting(
    connection: Connection, organization_id: str, limit: int = -1, after: int = 0
) -> list[Waiting]:
    """What waits behind the number `after`, the first first."""
    mine = (outbox.c.organization_id == organization_id, outbox.c.n > after)
    statement = select(outbox).where(*mine).order_by(outbox.c.n)
    if limit >= 0:
        statement = statement.limit(limit)
    return [
        Waiting(command=_sent(row), trouble=row.trouble) for row in connection.execute(statement)
    ]


def is_waiting(connection: Connection, organization_id: str, ack: Ack) -> bool:
    """Whether the command that was decided is still in the outbox, under its number."""
    mine = (outbox.c.organization_id == organization_id, outbox.c.n == ack.n)
    found = connection.execute(select(outbox.c.command_id).where(*mine)).first()
    return found is not None and found.command_id == ack.id


ATTACHES: Final = "attachment.add@1"
"""What is said of a file that was refused while its attachment stands."""
QUIET: Final = "preference.set@1"
"""What the app remembers by itself, like the board shown last: it waits as all else, but is nobody's work."""


def count_waiting(connection: Connection, organization_id: str) -> tuple[int, int]:
    """How many commands wait, and how many are held."""
    first, second = (
        connection.execute(
            select(func.count()).where(table.c.organization_id == organization_id)
        ).scalar_one()
        for table in (outbox, held)
    )
    return int(first), int(second)


def count_quiet(connection: Connection, organization_id: str) -> int:
    """How many of those that wait nobody gave."""
    statement = select(func.count()).where(
        outbox.c.organization_id == organization_id, outbox.c.op == QUIET
    )
    return int(connection.execute(statement).scalar_one())


def count_conflicts(connection: Connection, organization_id: str, member_id: str) -> int:
    """How many edits of theirs met somebody else's, and are not put away."""
    statement = select(func.count()).where(
        conflict.c.organization_id == organization_id, conflict.c.member_id == member_id
    )
    return int(connection.execute(statement).scalar_one())


def mark_trouble(connection: Connection, organization_id: str, n: int, trouble: str) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.organization_id == organization_id, outbox.c.n == n)
        .values(trouble=trouble)
    )


def settle(
    connection: Connection, organization_id: str, one: Waiting, ack: Ack, now: int, taken_at: int
) -> None:
    """Move a command to where its verdict says: the journal, or what is held. `taken_at` is by whichever clock is ahead,
    the server's or this device's (`forget_journal`)."""
    connection.execute(
        delete(outbox).where(
            outbox.c.organization_id == organization_id, outbox.c.n == one.command.n
        )
    )
    if ack.status is Status.REJECTED:
        kept = replace(one.command, arguments={}, was=None) if ack.code == ERASED else one.command
        hold(connection, organization_id, kept, ack.code, ack.reason, now)
    else:
        row = _row(organization_id, one.command)
        connection.execute(
            insert(journal).values(n=one.command.n, seq=ack.seq, taken_at=taken_at, **row)
        )


def hold(
    connection: Connection, organization_id: str, sent: Sent, code: str, reason: str, now: int
) -> None:
    row = _row(organization_id, sent)
    connection.execute(insert(held).values(code=code, reason=reason, held_at=now, **row))


# Of what was taken before this was kept, the time at which it was given.
_taken_at: Final = case((journal.c.taken_at == 0, journal.c.at), else_=journal.c.taken_at)


def forget_journal(connection: Connection, organization_id: str, now: int) -> None:
    """`now` is by whichever clock is behind: one that is wrong for a while lets nothing go."""
    connection.execute(
        delete(journal).where(
            journal.c.organization_id == organization_id, _taken_at < now - JOURNAL_MS
        )
    )


def journalled(connection: Connection, organization_id: str) -> list[tuple[int, Sent]]:
    """What was taken of late, with the seq it got; the first first."""
    statement = select(journal).where(journal.c.organization_id == organization_id)
    return [(row.seq, _sent(row)) for row in connection.execute(statement.order_by(journal.c.n))]


def renumber(connection: Connection, organization_id: str, commands: list[Sent]) -> None:
    """Make these the whole outbox, numbered from 1; nothing is acknowledged."""
    mine = organization_id
    connection.execute(delete(outbox).where(outbox.c.organization_id == mine))
    connection.execute(delete(journal).where(journal.c.organization_id == mine))
    for n, sent in enumerate(commands, start=1):
        connection.execute(insert(outbox).values(n=n, trouble="", **_row(mine, sent)))
    write_link(connection, mine, last_n=len(commands), acked_n=0, acked_id="", sent_n=0)


def renumber_behind(
    connection: Connection,
    organization_id: str,
    first: int,
    front: list[Waiting],
    back: list[Waiting],
) -> tuple[list[Waiting], list[Waiting]]:
    """Give commands that were never sent, which are all from number `first` on, another order."""
    mine = outbox.c.organization_id == organization_id
    connection.execute(delete(outbox).where(mine, outbox.c.n >= first))
    numbered = [
        replace(one, command=replace(one.command, n=n))
        for n, one in enumerate((*front, *back), start=first)
    ]
    for one in numbered:
        row = _row(organization_id, one.command)
        connection.execute(insert(outbox).values(n=one.command.n, trouble=one.trouble, **row))
    return numbered[: len(front)], numbered[len(front) :]


# -- what is held -------------------------------------------------------------------------------


def all_held(connection: Connection, organization_id: str) -> list[Held]:
    statement = select(held).where(held.c.organization_id == organization_id)
    rows = connection.execute(statement.order_by(held.c.held_at, held.c.command_id))
    return [
        Held(command=_sent(row), code=row.code, reason=row.reason, held_at=row.held_at)
        for row in rows
    ]


def let_go(connection: Connection, organization_id: str, command_id: str) -> bool:
    """Put a refused command away. False where there is none such."""
    found = connection.execute(
        delete(held).where(
            held.c.organization_id == organization_id, held.c.command_id == command_id
        )
    )
    return bool(found.rowcount)


# -- how far each scope was read ----------------------------------------------------------------


def cursors(connection: Connection, organization_id: str) -> dict[str, int]:
    """Of the scopes that have been read and are not to be read anew."""
    return {scope: seq for scope, seq in _written(connection, organization_id) if seq >= 0}


def rows_until(connection: Connection, organization_id: str) -> dict[str, int]:
    """How new the rows are that are here, also of scopes that are to be read anew: what a person sees until then."""
    return {scope: abs(seq) for scope, seq in _written(connection, organization_id)}


def _written(connection: Connection, organization_id: str) -> list[tuple[str, int]]:
    statement = select(scope_cursor.c.scope, scope_cursor.c.seq)
    rows = connection.execute(statement.where(scope_cursor.c.organization_id == organization_id))
    return [(row.scope, row.seq) for row in rows]


def read_all_anew(connection: Connection, organization_id: str) -> None:
    """Of a scope whose cursor is negative the rows are still here."""
    mine = scope_cursor.c.organization_id == organization_id
    connection.execute(
        update(scope_cursor).where(mine, scope_cursor.c.seq > 0).values(seq=-scope_cursor.c.seq)
    )


def write_cursors(
    connection: Connection, organization_id: str, seqs: Mapping[str, int], roles: Mapping[str, str]
) -> None:
    """All scopes there are now; one that is not among `seqs` has not been read, and one with a negative seq is to be
    read anew (`rows_until`)."""
    connection.execute(
        delete(scope_cursor).where(scope_cursor.c.organization_id == organization_id)
    )
    for scope, seq in seqs.items():
        connection.execute(
            insert(scope_cursor).values(
                organization_id=organization_id, scope=scope, seq=seq, role=roles.get(scope, "")
            )
        )


_COMMAND: Final = ("gesture", "op", "arguments", "at", "undoable", "base", "was")


def _sent(row: Any) -> Sent:
    fields: dict[str, JSON] = {name: getattr(row, name) for name in _COMMAND}
    return Sent(n=getattr(row, "n", 0), id=row.command_id, **fields)  # type: ignore[arg-type]


def _row(organization_id: str, sent: Sent) -> dict[str, Any]:
    fields = {name: getattr(sent, name) for name in _COMMAND}
    return {"organization_id": organization_id, "command_id": sent.id, **fields}
