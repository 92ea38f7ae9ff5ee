"""Makes the store of a linked device one that decides by itself: with what its server has given it, or (`come_home`) with
everything that its server has sent for that."""

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from engine.clock import new_id
from engine.model.actor import Actor
from engine.model.board import Board
from engine.model.exchange import Sent
from engine.model.record import Record
from engine.store.audit_chain import GENESIS
from engine.store.deeds import forget_deed, read_head, write_head
from engine.store.pull_notes import forget_pull_notes
from engine.store.reading import SYSTEM_USER
from engine.store.rebasing import Rebase
from engine.store.scopes import KINDS_OF
from engine.store.session import Session, Step, Told
from engine.store.tables import (
    ENTITY_NAMES,
    TABLE_OF,
    TENANT_TABLES,
    board_member,
    change,
    directory,
    head,
    held,
    history,
    item,
    journal,
    link,
    member,
    outbox,
    scope_cursor,
    shadow,
    stored_file,
)
from engine.store.unpacking import Unpacking, remove_all
from engine.store.waiting import rows_until, waiting

OF_LINK: Final = (link, scope_cursor, outbox, held, journal)
SYNCED: Final[tuple[type[Record], ...]] = (
    Board,
    *(kind for kinds in KINDS_OF.values() for kind in kinds),
)
OF_DEVICE: Final = {
    *OF_LINK, head, shadow, history, change, stored_file, *(TABLE_OF[kind] for kind in SYNCED),
}  # fmt: skip


def unlink(
    session: Session, connection: Connection, actor: Actor, reader: Callable[[Sent], Step], leave: Step
) -> tuple[list[str], Told]:  # fmt: skip
    """What waits is carried out here, where it gets its numbers and its place in the audit trail; comes back with why some
    of it could not be. `leave` is written down last."""
    mine = actor.organization_id
    rebase = Rebase(session, connection, actor, lambda: iter(()), reader)
    kept = waiting(connection, mine)
    rebase.intake.put_shadows_back()
    for one in kept:
        forget_deed(connection, mine, one.command.id)
    for table in OF_LINK:
        connection.execute(delete(table).where(table.c.organization_id == mine))
    forget_pull_notes(connection, mine)
    _alone(connection, actor)
    last = select(func.max(item.c.number)).where(item.c.organization_id == mine)
    connection.execute(
        update(head)
        .where(head.c.organization_id == mine)
        .values(replica_id="", epoch=new_id(), item_number=connection.execute(last).scalar() or 0)
    )
    state = read_head(connection, actor)
    rebase.intake.end()
    troubles = [trouble for one in kept if (trouble := rebase.again(one.command, state))]
    session.run_step(connection, _system(actor), leave, state, rebase.told)
    write_head(connection, actor, state)
    return troubles, rebase.told


def come_home(
    session: Session, connection: Connection, actor: Actor, lines: Iterable[bytes],
    leave: Callable[[Unpacking], Step],
) -> Told | None:  # fmt: skip
    """Everything that was here gives way to what the server has sent; None where newer rows are here than those, and
    nothing was done. Raises Refused and Invalid."""
    unpacking = Unpacking(connection, session.sealing_key, lines)
    step = leave(unpacking)
    if max(rows_until(connection, actor.organization_id).values(), default=0) > unpacking.head.seq:
        return None
    remove_all(connection, actor.organization_id)
    unpacking.unpack(new_id())
    told = Told([], [])
    state = read_head(connection, actor)
    session.run_step(connection, _system(actor), step, state, told)
    write_head(connection, actor, state)
    return told


def forget_what_the_server_keeps(
    connection: Connection, organization_id: str, member_id: str
) -> None:
    """From here on this store holds what a device of this member holds. The rest (audit trail, requests, holds, keys, …)
    the server has, or nobody needs: no erasure would find it here. Places of others on boards did not arrive there."""
    _forget_places_of_others(connection, organization_id, member_id)
    mine = [table for table in reversed(TENANT_TABLES) if table not in OF_DEVICE]
    for table in (*mine, directory):
        connection.execute(delete(table).where(table.c.organization_id == organization_id))
    known = [ENTITY_NAMES[kind] for kind in SYNCED]
    connection.execute(
        update(change)
        .where(change.c.organization_id == organization_id, change.c.entity.not_in(known))
        .values(before=None, after=None)
    )
    connection.execute(
        update(head)
        .where(head.c.organization_id == organization_id)
        .values(audit_number=0, audit_hash=GENESIS)
    )


def _alone(connection: Connection, actor: Actor) -> None:
    """Nobody else has an account here."""
    others = member.c.id != actor.user_id
    connection.execute(
        update(member)
        .where(member.c.organization_id == actor.organization_id, others)
        .values(account=False)
    )
    _forget_places_of_others(connection, actor.organization_id, actor.user_id)


def _forget_places_of_others(connection: Connection, organization_id: str, member_id: str) -> None:
    """On boards: only who has an account there has one."""
    others = board_member.c.member_id != member_id
    connection.execute(
        delete(board_member).where(board_member.c.organization_id == organization_id, others)
    )


def _system(actor: Actor) -> Actor:
    return Actor(
        organization_id=actor.organization_id, user_id=SYSTEM_USER, device=actor.device,
        address=actor.address,
    )  # fmt: skip
