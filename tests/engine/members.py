"""Records written past the door, for tests: members with accounts, and what only sync makes."""

from sqlalchemy import Connection, insert

from engine.api import Acting
from engine.clock import new_id
from engine.model.actor import Actor, Role
from engine.model.organization import Member
from engine.model.record import Record
from engine.store.rows import to_row
from engine.store.tables import TABLE_OF


async def add_account(acting: Acting, person: Member) -> None:
    """Write a member row into the actor's organization."""
    await add_record(acting, person)


async def add_record(acting: Acting, record: Record) -> None:
    organization_id = acting.actor.organization_id

    def write(connection: Connection) -> None:
        table = TABLE_OF[type(record)]
        connection.execute(insert(table).values(organization_id=organization_id, **to_row(record)))

    async with acting._session.database.writing(organization_id) as transaction:
        await transaction.run_sync(write)


async def colleague(
    acting: Acting, name: str = "Colleague", role: Role = Role.MEMBER, device: str = "laptop"
) -> Acting:
    """Another person of the same organization."""
    person = Member(id=new_id(), name=name, role=role, created_at=acting.engine.now())
    await add_account(acting, person)
    organization = acting.actor.organization_id
    return acting.engine.acting_as(
        Actor(organization_id=organization, user_id=person.id, device=device, address="local")
    )
