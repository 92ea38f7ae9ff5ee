"""Making a tenant, and the few things that are known of tenants before one is chosen."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from engine.clock import new_id
from engine.errors import NotFound
from engine.model.actor import Actor, Role
from engine.model.organization import Member, Organization
from engine.model.text import clean_line
from engine.store.deeds import Envelope, first_head, read_head, record_deed, write_head
from engine.store.reading import SYSTEM_USER
from engine.store.session import Session, Step, Told
from engine.store.tables import member, organization
from engine.store.unit_of_work import UnitOfWork


async def create(
    session: Session, owner: Actor, name: str, person: Member, first: Sequence[Step]
) -> None:
    """One transaction: the organization, its head, its first owner, the first audit entry, and then the owner's
    own first steps."""
    now = person.created_at
    tenant = Organization(id=owner.organization_id, name=clean_line(name), created_at=now)

    def work(connection: Connection) -> None:
        actor = Actor(
            organization_id=tenant.id, user_id=SYSTEM_USER, device=owner.device,
            address=owner.address,
        )  # fmt: skip
        first_head(connection, tenant.id, epoch=new_id())
        state = read_head(connection, actor)
        unit = UnitOfWork(
            connection,
            actor,
            now,
            0,
            Role.OWNER,
            within_board=False,
            seq=1,
            item_number=0,
        )
        unit.insert(tenant)
        unit.insert(person)
        command_id = new_id()
        envelope = Envelope(
            command_id=command_id, gesture=command_id, op="organization.create@1",
            audit_name="organization.created", undoable=False,
        )  # fmt: skip
        record_deed(unit, envelope, None, state)
        for step in first:
            session.run_step(connection, owner, step, state, Told([], []))
        write_head(connection, actor, state)

    await session.database.write(tenant.id, work)


def all_ids(connection: Connection) -> list[str]:
    return list(connection.execute(select(organization.c.id).order_by(organization.c.id)).scalars())


def first_owner(connection: Connection) -> str:
    """The oldest owner of the transaction's organization; for the one person of a local workspace."""
    statement = select(member.c.id).where(member.c.role == Role.OWNER.value)
    found = connection.execute(statement.order_by(member.c.created_at, member.c.id)).scalar()
    if found is None:
        raise NotFound(
            "This workspace was closed: nobody is left in it. Its folder can be removed."
        )
    return str(found)
